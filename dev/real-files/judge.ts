/** Other programs' word on a file that was signed here, and whether they sign one that was refused here. */
import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { FoundFile, RealFormat } from './found-file.ts';

const secondReader = join(import.meta.dirname, '../../lib/core/formats/nuget/second-reader.py');

/** Programs that have to be there for a format. */
export const judges: Readonly<Record<RealFormat, readonly string[]>> = {
  pe: ['osslsigncode', 'sbverify'],
  msi: ['osslsigncode', 'msiinfo'],
  cab: ['osslsigncode', 'cabextract'],
  catalog: ['osslsigncode'],
  jar: ['jarsigner', 'keytool', 'unzip'],
  nuget: ['openssl', 'python3', 'unzip'],
  powershell: ['osslsigncode'],
  'windows-script': ['openssl', 'zip', 'unzip'],
};

export interface Judge extends AsyncDisposable {
  /** What speaks against the signed file; null: nothing. `before`: the file as it was. */
  against(found: FoundFile, signed: string): Promise<string | null>;
  /** Whether another program signs the file as it is; null: there is none to ask. */
  signsElsewhere(found: FoundFile): Promise<boolean | null>;
}

interface Outcome {
  readonly ok: boolean;
  readonly text: string;
}

async function run(program: string, ...args: readonly string[]): Promise<Outcome> {
  const options = {
    encoding: 'utf8',
    timeout: 120_000,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  } as const;
  try {
    const { stdout, stderr } = await promisify(execFile)(program, [...args], options);
    return { ok: true, text: stdout + stderr };
  } catch (error) {
    const {
      stdout = '',
      stderr = '',
      message,
    } = error as { stdout?: string; stderr?: string; message: string };
    return { ok: false, text: stdout + stderr || message };
  }
}

/** `root`: PEM of what every certificate here leads to. `folder`: its files go there. */
export async function openJudge(root: string, parent: string): Promise<Judge> {
  const folder = await mkdtemp(join(parent, 'judge-'));
  const at = (name: string): string => join(folder, name);
  await run(
    'openssl',
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-subj',
    '/CN=Elsewhere',
    '-keyout',
    at('other.key'),
    '-out',
    at('other.pem'),
    '-addext',
    'extendedKeyUsage=codeSigning',
  );
  await run(
    'keytool',
    '-importcert',
    '-noprompt',
    '-storetype',
    'PKCS12',
    '-storepass',
    'changeit',
    '-keystore',
    at('trust.p12'),
    '-alias',
    'root',
    '-file',
    root,
  );
  await run(
    'keytool',
    '-genkeypair',
    '-keyalg',
    'RSA',
    '-storetype',
    'PKCS12',
    '-storepass',
    'changeit',
    '-keystore',
    at('other.p12'),
    '-alias',
    'other',
    '-dname',
    'CN=Elsewhere',
  );
  const trust = ['-CAfile', root, '-TSA-CAfile', root];

  const authenticode = async (file: string): Promise<string | null> => {
    const { ok, text } = await run('osslsigncode', 'verify', ...trust, '-in', file);
    if (!ok || !/^Succeeded/m.test(text)) return `osslsigncode: ${lastLines(text)}`;
    return /MISMATCH|Calculated DigitalSignature.*mismatch/i.test(text)
      ? `osslsigncode: ${lastLines(text)}`
      : null;
  };
  const first = async (...questions: readonly (() => Promise<string | null>)[]): Promise<string | null> => {
    for (const ask of questions) {
      const answer = await ask();
      if (answer !== null) return answer;
    }
    return null;
  };
  const accepts =
    (program: string, ...args: readonly string[]) =>
    async (): Promise<string | null> => {
      const { ok, text } = await run(program, ...args);
      return ok ? null : `${program}: ${lastLines(text)}`;
    };
  /** The same answer of one program about both files. */
  const sameOf =
    (
      program: string,
      before: readonly string[],
      after: readonly string[],
      of = (text: string): string => text,
    ) =>
    async () => {
      const [one, other] = await Promise.all([run(program, ...before), run(program, ...after)]);
      return of(one.text) === of(other.text) ? null : `${program} says other things of the signed file`;
    };

  return {
    async against({ format, file, toolchain }, signedFile) {
      // Programs go by what a file is called.
      const signed = at(`signed${extname(file)}`);
      await copyFile(signedFile, signed);
      switch (format) {
        case 'pe':
          return first(
            () => authenticode(signed),
            toolchain.startsWith('firmware')
              ? accepts('sbverify', '--cert', root, signed)
              : () => Promise.resolve(null),
          );
        case 'msi':
          return first(
            () => authenticode(signed),
            sameOf('msiinfo', ['suminfo', file], ['suminfo', signed]),
            sameOf('msiinfo', ['tables', file], ['tables', signed]),
            sameOf('msiinfo', ['export', file, 'Property'], ['export', signed, 'Property']),
          );
        case 'cab':
          return first(
            () => authenticode(signed),
            // Test suites have cabinets with damaged content: it has to be as it was.
            sameOf('cabextract', ['-t', file], ['-t', signed], outcomesOf),
          );
        case 'catalog':
        case 'powershell':
          return authenticode(signed);
        case 'jar':
          return first(
            accepts(
              'jarsigner',
              '-verify',
              '-strict',
              '-keystore',
              at('trust.p12'),
              '-storepass',
              'changeit',
              signed,
            ),
            accepts('unzip', '-tqq', signed),
          );
        case 'nuget':
          return first(accepts('unzip', '-tqq', signed), () => packageHolds(file, signed));
        case 'windows-script':
          return scriptHolds(file, signed);
      }
    },

    async signsElsewhere({ format, file }) {
      const [input, output] = [at(`in${extname(file)}`), at(`out${extname(file)}`)];
      await rm(output, { force: true });
      await copyFile(file, input);
      switch (format) {
        case 'nuget':
        case 'windows-script':
          return null;
        case 'jar':
          return (
            await run(
              'jarsigner',
              '-keystore',
              at('other.p12'),
              '-storepass',
              'changeit',
              '-signedjar',
              output,
              input,
              'other',
            )
          ).ok;
        default:
          return (
            await run(
              'osslsigncode',
              'sign',
              '-certs',
              at('other.pem'),
              '-key',
              at('other.key'),
              '-h',
              'sha256',
              '-in',
              input,
              '-out',
              output,
            )
          ).ok;
      }
    },

    async [Symbol.asyncDispose]() {
      await rm(folder, { recursive: true, force: true });
    },
  };

  /** NuGet itself isn't in Debian: its steps in Python give the digest of the package before, and openssl verifies what states it. */
  async function packageHolds(file: string, signed: string): Promise<string | null> {
    const read = await run('python3', secondReader, signed, 'sha256', at('signature.p7s'));
    const before = await run('sha256sum', file);
    if (!read.ok || read.text.trim() !== before.text.slice(0, 64))
      return `the package without its signature is another: ${lastLines(read.text)}`;
    const verified = await run(
      'openssl',
      'cms',
      '-verify',
      '-binary',
      '-inform',
      'DER',
      '-in',
      at('signature.p7s'),
      '-purpose',
      'any',
      '-CAfile',
      root,
    );
    const stated = Buffer.from(read.text.trim(), 'hex').toString('base64');
    return verified.ok && verified.text.includes(`-Hash:${stated}`)
      ? null
      : `openssl: ${lastLines(verified.text)}`;
  }

  /** No program here reads these signatures: the script has to stand before the block as it was, and openssl verifies the block. */
  async function scriptHolds(file: string, signed: string): Promise<string | null> {
    const [before, after] = [await readFile(file), await readFile(signed)];
    const wide = after[0] === 0xff && after[1] === 0xfe;
    const text = after.toString(wide ? 'utf16le' : 'latin1');
    const lines = [
      ...text.matchAll(/^(?:\/\/|''|\*\*) SIG (?:\/\/|''|\*\*) ([A-Za-z0-9+/=]{1,64})\r?$/gm),
    ].map((match) => match[1] ?? '');
    const kept = before.toString(wide ? 'utf16le' : 'latin1');
    const at0 = text.search(/\r\n(?:(?:\/\/|'') SIG|<signature>)/);
    if (lines.length === 0 || at0 < 0 || !kept.startsWith(text.slice(0, at0)))
      return 'the script before the block is another';
    await writeFile(at('block.der'), Buffer.from(lines.join(''), 'base64'));
    const printed = await run('openssl', 'pkcs7', '-inform', 'DER', '-in', at('block.der'), '-print_certs');
    return printed.ok && printed.text.includes('subject=') ? null : `openssl: ${lastLines(printed.text)}`;
  }
}

/** Of each file in a cabinet, and of all. */
const outcomesOf = (text: string): string =>
  text
    .split('\n')
    .filter((line) => /^ {2}|All done/.test(line))
    .join('\n');

const lastLines = (text: string): string =>
  text.trim().split('\n').slice(-3).join(' / ').replaceAll(/\s+/g, ' ').slice(0, 300);
