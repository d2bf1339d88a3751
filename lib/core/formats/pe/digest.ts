import { createHash } from 'node:crypto';
import { readChunks, type RandomAccessSource } from '../random-access.ts';
import { tableAlignment } from './certificate-table.ts';
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
  const hash = createHash(algorithm);
  const end = programEnd(layout);
  const ranges = [
    [0, layout.checksumOffset],
    [layout.checksumOffset + 4, layout.certificateDirectoryOffset],
    [layout.certificateDirectoryOffset + 8, end],
  ] as const;
  for (const [start, stop] of ranges) {
    for await (const chunk of readChunks(source, start, stop)) hash.update(chunk);
  }
  return Uint8Array.from(hash.update(new Uint8Array(paddingBytes(end))).digest());
}
