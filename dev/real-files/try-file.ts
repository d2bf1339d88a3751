/** One real file through the engine, and before other programs. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import type { Engine, Signed } from '../sign-file/engine.ts';
import type { FoundFile, RealFormat } from './found-file.ts';
import type { Judge } from './judge.ts';
import { isKnownRefusal } from './known-refusals.ts';
import type { Tried } from './table.ts';

const replaced = 'method: authenticode, existingSignature: replace';
const signs: Readonly<Record<RealFormat, string>> = {
  pe: replaced,
  msi: replaced,
  cab: replaced,
  catalog: replaced,
  powershell: replaced,
  'windows-script': replaced,
  jar: 'method: jar, existingSignature: replace',
  nuget: 'method: nuget',
};

const configurationOf = (root: string): string =>
  `apiVersion: countersign/v1\nkind: ArtifactConfiguration\nroot: ${root}\n`;

/** A script's language is in its name alone, which only an archive keeps. */
async function signOne(engine: Engine, { format, file }: FoundFile, folder: string): Promise<Signed> {
  const sign = `sign: { ${signs[format]} }`;
  if (format !== 'windows-script') return engine.sign(configurationOf(`{ type: ${format}, ${sign} }`), file);
  const [archive, name] = [join(folder, 'in.zip'), basename(file)];
  await promisify(execFile)('zip', ['-qj', archive, file]);
  const root = `{ type: zip, contents: [{ type: ${format}, path: '${name}', ${sign} }] }`;
  const signed = await engine.sign(configurationOf(root), archive);
  if (signed.file === null) return signed;
  const options = { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 } as const;
  const { stdout } = await promisify(execFile)('unzip', ['-p', signed.file, name], options);
  await writeFile(join(folder, 'out'), stdout);
  return { ...signed, file: join(folder, 'out') };
}

export async function tryFile(engine: Engine, judge: Judge, found: FoundFile): Promise<Omit<Tried, 'found'>> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-real-file-'));
  try {
    return await tryIn(folder, engine, judge, found);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function tryIn(
  folder: string,
  engine: Engine,
  judge: Judge,
  found: FoundFile,
): Promise<Omit<Tried, 'found'>> {
  let signed;
  try {
    signed = await signOne(engine, found, folder);
  } catch (error) {
    return {
      outcome: 'disagreement',
      why: `the engine failed: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  if (signed.file !== null) {
    const against = await judge.against(found, signed.file);
    return against === null ? { outcome: 'accepted', why: '' } : { outcome: 'disagreement', why: against };
  }
  const [reason] = signed.findings.filter(({ outcome }) => outcome === 'fail');
  if (reason === undefined) return { outcome: 'disagreement', why: 'refused without a reason' };
  const why = `${reason.rule}: ${reason.message}${reason.found === null ? '' : ` [${reason.found}]`}`;
  if (isKnownRefusal(found.format, reason)) return { outcome: 'refused', why };
  // Nobody signs it: then it's the file.
  const elsewhere = await judge.signsElsewhere(found);
  return {
    outcome: elsewhere === false ? 'refused' : 'disagreement',
    why: elsewhere === true ? `${why} (others sign it)` : why,
  };
}
