/** Draws one archive from a seed: of any format, written unusually, or rewritten as the signer does it. */
import { containers, type ArchiveType } from '#core/formats/archive-formats.ts';
import { ArchiveError, defaultUnpackLimits, UnpackBudget } from '#core/formats/archive/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { writeOddGzip } from './gzip-writer.ts';
import type { Archive } from './judge.ts';
import { Random } from './random.ts';
import { writeTar } from './tar-writer.ts';
import { writeZip } from './zip-writer.ts';

const rewrittenPart = 0.2;

/** The same archive for the same seed and number. */
export async function drawArchive(seed: number, number: number): Promise<Archive> {
  const random = new Random(seed, number);
  const type = random.pick<ArchiveType>(['tar', 'tar', 'tar.gz', 'zip', 'zip']);
  const bytes =
    type === 'zip'
      ? writeZip(random)
      : type === 'tar'
        ? writeTar(random)
        : writeOddGzip(writeTar(random), random);
  const archive: Archive = { type, bytes };
  return random.chance(rewrittenPart) ? rewritten(archive, random) : archive;
}

/** With about half of its files replaced or given a file beside them, as if they were signed; as it is, where the inspector refuses it. */
async function rewritten({ type, bytes }: Archive, random: Random): Promise<Archive> {
  const source = memorySource(bytes);
  const budget = new UnpackBudget(defaultUnpackLimits);
  const replace = ({ sizeBytes }: { readonly sizeBytes: number }) => {
    if (sizeBytes === 0 || !random.chance(0.5)) return null;
    const content = random.bytes(random.pick([1, 511, 512, 513, 3000]));
    return { sizeBytes: content.length, content: () => streamOf(content) };
  };
  let names = 0;
  const added = ({ path }: { readonly path: string }) => {
    if (!random.chance(0.3)) return Promise.resolve([]);
    const folder = path.slice(0, path.lastIndexOf('/') + 1);
    const name = `${'n'.repeat(random.pick([1, 90, 120]))}${(names += 1)}.p7s`;
    return Promise.resolve([{ path: folder + name, content: random.bytes(random.pick([1, 512, 3000])) }]);
  };
  const chunks: Uint8Array[] = [];
  try {
    const whole = containers[type].rewrite(source, budget, { replace, added });
    for await (const chunk of whole) chunks.push(Uint8Array.from(chunk));
  } catch (error) {
    if (error instanceof ArchiveError) return { type, bytes };
    throw error;
  }
  return { type, bytes: Buffer.concat(chunks) };
}

async function* streamOf(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(content);
}
