/** What is verified and by what: bundle, digests of the file, trust root. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { BuildSystem } from '#core/generated/index.ts';
import { bundleLimits, OriginError, parseTrustRoot, type TrustRoot } from '#core/origin/index.ts';
import { publicGoodTrustRoot } from '#core/origin/public-good/index.ts';
import { CliError } from '../error.ts';
import { readBounded, TooLargeError } from '../read-bounded.ts';

const unreadable = (file: string, error: unknown): CliError =>
  new CliError('USAGE', `${file} can’t be read: ${(error as Error).message}`, error);

/** However long it is, and whatever it says of its size: a pipe says nothing. */
export async function readInput(file: string, what: string): Promise<Buffer> {
  const bytesMax = bundleLimits.charactersMax;
  try {
    return await readBounded(file, bytesMax);
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw unreadable(file, error);
    const message = `${file} is too large for ${what}: at most ${bytesMax} bytes are read.`;
    throw new CliError('REFUSED', message, error);
  }
}

async function readJson(file: string, what: string): Promise<unknown> {
  const text = (await readInput(file, what)).toString();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    // Tools that fetch attestations write one bundle on each line.
    const lines = text.split('\n').filter((line) => line.trim() !== '').length;
    const hint =
      lines > 1 && file.endsWith('.jsonl') ? ' It has several lines: name a file with one of them.' : '';
    throw new CliError('REFUSED', `${file} is no JSON: ${(error as Error).message}.${hint}`, error);
  }
}

export const readBundleFile = (file: string): Promise<unknown> => readJson(file, 'a bundle');

export interface Digests {
  readonly sha256: string;
  readonly sha512: string;
  readonly sizeBytes: number;
}

export async function digestFile(file: string): Promise<Digests> {
  const [sha256, sha512] = [createHash('sha256'), createHash('sha512')];
  let sizeBytes = 0;
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
      sha256.update(chunk);
      sha512.update(chunk);
      sizeBytes += chunk.length;
    }
  } catch (error) {
    throw unreadable(file, error);
  }
  return { sha256: sha256.digest('hex'), sha512: sha512.digest('hex'), sizeBytes };
}

export interface NamedTrustRoot {
  readonly trustRoot: TrustRoot;
  /** For people: which it is. */
  readonly name: string;
}

/** What installations call the public instance's, as the guide of trust roots has it. */
const publicRootName = 'sigstore-public-good';

/** `file` null: the public instance's, unless the build system says that its root is another. */
export async function readTrustRoot(
  file: string | null,
  buildSystem: BuildSystem | null,
): Promise<NamedTrustRoot> {
  const kind = buildSystem?.tuf?.kind ?? 'custom';
  const named = buildSystem?.trustRoot ?? publicRootName;
  if (file === null && buildSystem?.tuf === undefined && named !== publicRootName) {
    throw new CliError(
      'USAGE',
      `--trust-root is missing: the trust root of ${buildSystem?.name ?? named} is the one that the signer was installed with as ${named}, and by the public one another verdict could come out`,
    );
  }
  if (file === null && buildSystem?.tuf !== undefined && kind !== 'public-good') {
    throw new CliError(
      'USAGE',
      `--trust-root is missing: the trust root of ${buildSystem.name} comes from ${buildSystem.tuf.mirror}, and nothing is fetched here`,
    );
  }
  const json: unknown =
    file === null ? JSON.parse(publicGoodTrustRoot()) : await readJson(file, 'a trust root');
  try {
    const name = file ?? 'the public Sigstore instance’s trust root, as this command carries it';
    return { trustRoot: parseTrustRoot(json, kind), name };
  } catch (error) {
    if (!(error instanceof OriginError)) throw error;
    throw new CliError('REFUSED', `${file ?? 'The trust root'}: ${error.message}`, error);
  }
}
