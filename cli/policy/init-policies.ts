/** `countersign init-policies DIR`: writes a foundation's first policy into an empty folder, and says how it is committed. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { isError } from '#core/error/index.ts';
import { parseSshPublicKeyLine } from '#core/pki/sshsig/index.ts';
import { CliError } from '../error.ts';
import { readBounded } from '../read-bounded.ts';
import { firstPolicyFiles, type FirstMaintainer, type FirstPolicies } from './first-policies.ts';
import { formatReport, hasErrors } from './report.ts';
import { checkFiles } from './validate.ts';

export const initPoliciesUsage = `  countersign init-policies DIR --foundation NAME --homepage URL --contact ADDRESS --country CC [--locality PLACE]
        --maintainer HANDLE=KEY.pub=github:ID[=NAME] …`;

export const initPoliciesOptions = [
  'foundation',
  'homepage',
  'contact',
  'country',
  'locality',
  'maintainer',
] as const;

const publicKeyBytesMax = 16 * 1024;
/** The host, and the account's number there: a name can come to belong to somebody else. */
const accountForm = /^(github|gitlab):([1-9][0-9]{0,18})$/;
const handleForm = /^[a-z][a-z0-9-]{0,38}$/;

/** Arguments after the verb → exit status. Writes nothing where one of them can't be used. */
export async function initPolicies(args: readonly string[], print: (text: string) => void): Promise<0 | 1> {
  const { folder, given } = await readArguments(args);
  const files = firstPolicyFiles(given);
  const bytes = new Map([...files].map(([file, text]) => [file, new TextEncoder().encode(text)]));
  const { entries } = checkFiles(bytes, new Date());
  if (hasErrors(entries)) {
    print(formatReport(entries, 'text', folder));
    return 1;
  }
  await makeEmpty(folder);
  for (const [file, text] of files) {
    const target = path.join(folder, ...file.split('/'));
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, text, { flag: 'wx' });
  }
  print(nextSteps(folder, given));
  return 0;
}

async function readArguments(args: readonly string[]): Promise<{ folder: string; given: FirstPolicies }> {
  let parsed;
  try {
    const text = { type: 'string' } as const;
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        foundation: text,
        homepage: text,
        contact: text,
        country: text,
        locality: text,
        maintainer: { ...text, multiple: true },
      },
    });
  } catch (error) {
    throw wrong((error as Error).message);
  }
  const { values, positionals } = parsed;
  const [folder, surplus] = positionals;
  if (folder === undefined) throw wrong('DIR is missing');
  if (surplus !== undefined) throw wrong(`init-policies doesn't know what to do with ${surplus}`);
  const needed = (name: 'foundation' | 'homepage' | 'contact' | 'country'): string => {
    const value = values[name];
    if (value === undefined || value.trim() === '') throw wrong(`--${name} is missing`);
    return value;
  };
  const given = {
    foundation: needed('foundation'),
    homepage: needed('homepage'),
    contact: needed('contact'),
    country: needed('country'),
    locality: values.locality ?? null,
    maintainers: await readMaintainers(values.maintainer ?? []),
  };
  return { folder: path.resolve(folder), given };
}

async function readMaintainers(named: readonly string[]): Promise<readonly FirstMaintainer[]> {
  if (named.length === 0) throw wrong('--maintainer is missing: without one nobody could change the policy');
  if (named.length > 20) throw wrong('more than 20 maintainers are named');
  const found: FirstMaintainer[] = [];
  for (const one of named) {
    const [handle = '', file = '', account = '', ...name] = one.split('=');
    const [, host, id] = accountForm.exec(account) ?? [];
    if (!handleForm.test(handle) || file === '' || host === undefined || id === undefined)
      throw wrong(
        `--maintainer ${one}: write HANDLE=KEY.pub=github:ID or …=gitlab:ID, the handle in small letters, digits and hyphens, the account's id in digits`,
      );
    if (found.some((other) => other.handle === handle)) throw wrong(`--maintainer ${handle} is named twice`);
    const publicKey = await readPublicKey(file);
    if (found.some((other) => keyOf(other.publicKey) === keyOf(publicKey)))
      throw wrong(`--maintainer ${handle}: ${file} is another maintainer's key, so one person would be two`);
    found.push({ handle, name: name.join('=') || handle, account: { [host]: id }, publicKey });
  }
  return found;
}

/** Type and key, without the comment. */
const keyOf = (line: string): string => line.split(' ').slice(0, 2).join(' ');

async function readPublicKey(file: string): Promise<string> {
  const line = new TextDecoder().decode(await readBounded(file, publicKeyBytesMax)).trim();
  if (line.includes('PRIVATE KEY'))
    throw new CliError('REFUSED', `${file} is a private key: name the public one, ${file}.pub`);
  try {
    parseSshPublicKeyLine(line);
  } catch (error) {
    throw new CliError('REFUSED', `${file} is no SSH public key that can sign: ${(error as Error).message}`);
  }
  return line;
}

async function makeEmpty(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
    const found = (await readdir(folder)).filter((name) => name !== '.git');
    if (found.length === 0) return;
    throw new CliError('REFUSED', `${folder} isn’t empty (${found[0] ?? ''}): name a new folder`);
  } catch (error) {
    if (isError(error, CliError)) throw error;
    throw new CliError('REFUSED', `${folder} can't be written: ${(error as Error).message}`);
  }
}

/** For a shell: a word that it takes as it is. */
const quoted = (word: string): string =>
  /^[A-Za-z0-9_./~@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

function nextSteps(folder: string, { maintainers }: FirstPolicies): string {
  const git = `git -C ${quoted(folder)}`;
  const [first] = maintainers;
  return `A first policy of ${maintainers.length === 1 ? 'one maintainer' : `${maintainers.length} maintainers`} is in ${folder}. Read it and add what is missing; check it again with:

  countersign validate ${quoted(folder)}

Then ${first?.name ?? ''} commits it, signed with the key that it names, and publishes it:

  ${git} init --initial-branch=main
  ${git} add --all
  ${git} -c gpg.format=ssh -c user.signingkey=KEY.pub commit -S --message 'The first policy'
  ${git} push URL main
  ${git} rev-parse HEAD

The last line is policyRepository.initialCommit of the signer's configuration. A second person compares it.
`;
}

const wrong = (message: string): CliError => new CliError('USAGE', `${message}\n\n${initPoliciesUsage}`);
