/** One archive of a seed: of any format, written oddly or rewritten as the signer does it. */
import type { ContainerType } from '#core/artifact/index.ts';
import { ArchiveError, defaultUnpackLimits, UnpackBudget } from '#core/formats/archive/index.ts';
import { readGzipHeader, writeGzip } from '#core/formats/gzip/index.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { rewriteTar } from '#core/formats/tar/index.ts';
import { rewriteZip } from '#core/formats/zip/index.ts';
import { tarStream } from '../../signer/inspector/child/open-container.ts';
import { writeOddGzip } from './gzip-writer.ts';
import type { Archive } from './judge.ts';
import { Random } from './random.ts';
import { writeTar } from './tar-writer.ts';
import { writeZip } from './zip-writer.ts';

const rewrittenPart = 0.2;

/** The same archive for the same seed and number. */
export async function drawArchive(seed: number, number: number): Promise<Archive> {
  const random = new Random(seed, number);
  const type = random.pick<ContainerType>(['tar', 'tar', 'tar.gz', 'zip', 'zip']);
  const bytes =
    type === 'zip'
      ? writeZip(random)
      : type === 'tar'
        ? writeTar(random)
        : writeOddGzip(writeTar(random), random);
  const archive: Archive = { type, bytes };
  return random.chance(rewrittenPart) ? rewritten(archive, random) : archive;
}

/** With about half of its files replaced, as if they were signed; as it is, where the inspector refuses it. */
async function rewritten({ type, bytes }: Archive, random: Random): Promise<Archive> {
  const source = memorySource(bytes);
  const budget = new UnpackBudget(defaultUnpackLimits);
  const replaced = (sizeBytes: number): Buffer | null =>
    sizeBytes > 0 && random.chance(0.5) ? random.bytes(random.pick([1, 511, 512, 513, 3000])) : null;
  const chunks: Uint8Array[] = [];
  try {
    const rewriting =
      type === 'zip'
        ? rewriteZip(source, budget, (entry) => {
            const content = replaced(entry.sizeBytes);
            return Promise.resolve(content === null ? null : () => streamOf(content));
          })
        : rewriteTar(tarStream(type, source, budget), budget, (entry) => {
            const content = replaced(entry.sizeBytes);
            return Promise.resolve(
              content === null ? null : { sizeBytes: content.length, content: streamOf(content) },
            );
          });
    const whole = type === 'tar.gz' ? writeGzip(await readGzipHeader(source), rewriting) : rewriting;
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
