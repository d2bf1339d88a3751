import { createHash } from 'node:crypto';
import { lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { tableAlignment } from './certificate-table.ts';
import { PeChecksum } from './checksum.ts';
import type { PeLayout } from './layout.ts';

export type PeDigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

/** Zero bytes between the program and its certificate table; the digest covers them. */
export function paddingBytes(sizeBytes: number): number {
  return (tableAlignment - (sizeBytes % tableAlignment)) % tableAlignment;
}

/** Where the program ends and its certificate table, if it has one, begins. */
export const programEnd = ({ certificateTable, sizeBytes }: PeLayout): number =>
  certificateTable?.offset ?? sizeBytes;

/** The program's digests, each computed once, and only when it is asked for. */
export function digestsOf(
  source: RandomAccessSource,
  layout: PeLayout,
): (algorithm: PeDigestAlgorithm) => Promise<Uint8Array> {
  const digests = new Map<PeDigestAlgorithm, Promise<Uint8Array>>();
  return (algorithm) => {
    const digest = digests.get(algorithm) ?? peDigest(source, layout, algorithm);
    digests.set(algorithm, digest);
    return digest;
  };
}

/** What one reading of the program gives. */
export interface PeSums {
  readonly digest: Uint8Array;
  /** Of the bytes before the certificate table, with zeros for checksum and certificate directory; to be copied. */
  readonly checksum: PeChecksum;
}

/** Of the optional header’s field. */
export const checksumBytes = 4;
/** Of a data directory’s entry. */
export const directoryBytes = 8;
const sumsByContent = new WeakMap<object, Map<PeDigestAlgorithm, Promise<PeSums>>>();

/**
 * The Authenticode digest: everything in file order except the checksum, the certificate directory entry and
 * the certificate table. Equal for a program before and after signing, because an unsigned one is hashed
 * with the padding that signing will add. Source: Windows Authenticode Portable Executable Signature
 * Format, "Calculating the PE Image Hash"; linear, so that gaps and data after the sections count too.
 */
export async function peDigest(
  source: RandomAccessSource,
  layout: PeLayout,
  algorithm: PeDigestAlgorithm = 'sha256',
): Promise<Uint8Array> {
  return Uint8Array.from((await peSums(source, layout, algorithm)).digest);
}

/** The checksum that the program's header should state, over the present file; `algorithm`: whose digest is computed with it, and asked for too. */
export async function peChecksum(
  source: RandomAccessSource,
  layout: PeLayout,
  algorithm: PeDigestAlgorithm = 'sha256',
): Promise<number> {
  return checksumWith(await peSums(source, layout, algorithm), source, layout);
}

/** The same, where the sums of the program are known: from the bytes of a program that is the same byte for byte. */
export async function checksumWith(
  { checksum: ofProgram }: Pick<PeSums, 'checksum'>,
  source: RandomAccessSource,
  layout: PeLayout,
): Promise<number> {
  const checksum = ofProgram.copy();
  const { certificateDirectoryOffset } = layout;
  checksum.replaceZeros(
    certificateDirectoryOffset,
    await readExactly(source, certificateDirectoryOffset, directoryBytes),
  );
  for await (const chunk of lentChunks(source, checksum.length, source.size)) checksum.update(chunk);
  return checksum.value();
}

/** Read once for as long as the bytes are the same, as far as the source knows. */
export function peSums(
  source: RandomAccessSource,
  layout: PeLayout,
  algorithm: PeDigestAlgorithm,
): Promise<PeSums> {
  const { content } = source;
  if (content === undefined) return readSums(source, layout, algorithm);
  const known = sumsByContent.get(content) ?? new Map<PeDigestAlgorithm, Promise<PeSums>>();
  sumsByContent.set(content, known);
  const sums = known.get(algorithm) ?? readSums(source, layout, algorithm);
  known.set(algorithm, sums);
  // What couldn't be read once may be read again.
  sums.catch(() => known.delete(algorithm));
  return sums;
}

async function readSums(
  source: RandomAccessSource,
  layout: PeLayout,
  algorithm: PeDigestAlgorithm,
): Promise<PeSums> {
  const hash = createHash(algorithm);
  const checksum = new PeChecksum();
  const end = programEnd(layout);
  const gaps = [
    { start: layout.checksumOffset, end: layout.checksumOffset + checksumBytes },
    {
      start: layout.certificateDirectoryOffset,
      end: layout.certificateDirectoryOffset + directoryBytes,
    },
  ];
  let at = 0;
  for await (const chunk of lentChunks(source, 0, end)) {
    let hashed = 0;
    for (const gap of gaps) {
      const [from, to] = [gap.start - at, gap.end - at].map((place) =>
        Math.min(Math.max(place, 0), chunk.length),
      ) as [number, number];
      if (from === to) continue;
      hash.update(chunk.subarray(hashed, from));
      chunk.fill(0, from, to);
      hashed = to;
    }
    hash.update(chunk.subarray(hashed));
    checksum.update(chunk);
    at += chunk.length;
  }
  const digest = Uint8Array.from(hash.update(new Uint8Array(paddingBytes(end))).digest());
  return { digest, checksum };
}
