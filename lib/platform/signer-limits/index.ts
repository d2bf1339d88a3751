/** What the signer takes, as it reports it: told before somebody uploads what would be refused. */
import { z } from 'zod';
import type { Portal } from '../portal/index.ts';

export interface SignerLimits {
  /** Of one artifact. */
  readonly artifactBytes: number;
  /** Of a sample, that a configuration is to be suggested for. */
  readonly sampleBytes: number;
  /** In all archives of an artifact together. */
  readonly files: number;
  readonly fileBytes: number;
  readonly unpackedBytes: number;
  /** Unpacked bytes for each packed one. */
  readonly ratio: number;
  /** Archives inside one another; 1 is an archive with none in it. */
  readonly depth: number;
  /** The largest file that the virus scanner is proved to read to its end; a larger one has to be an archive that the signer opens. */
  readonly scannedFileBytes: number;
}

const whole = z.int().nonnegative();
const measures = z
  .object({
    artifact_bytes: whole,
    sample_bytes: whole,
    files: whole,
    file_bytes: whole,
    unpacked_bytes: whole,
    ratio: whole,
    depth: whole,
    scanned_file_bytes: whole,
  })
  .transform((told): SignerLimits => ({
    artifactBytes: told.artifact_bytes,
    sampleBytes: told.sample_bytes,
    files: told.files,
    fileBytes: told.file_bytes,
    unpackedBytes: told.unpacked_bytes,
    ratio: told.ratio,
    depth: told.depth,
    scannedFileBytes: told.scanned_file_bytes,
  }));

/** Of all signers, any of which may take the request: those that report now, or else the last that did. */
const reportsMilliseconds = 60_000;

/** null: no signer has reported any yet. They are its configuration, so an old report is as good as a new one. */
export async function readSignerLimits({ db }: Pick<Portal, 'db'>): Promise<SignerLimits | null> {
  const rows = await db.signerHealth.findMany({
    where: { component: 'limits' },
    orderBy: { checkedAt: 'desc' },
    take: 200,
  });
  const newest = rows[0]?.checkedAt.getTime() ?? 0;
  const told = rows
    .filter((row) => newest - row.checkedAt.getTime() < reportsMilliseconds)
    .flatMap((row) => measures.safeParse(row.measures).data ?? []);
  return told.reduce<SignerLimits | null>((least, one) => (least === null ? one : leastOf(least, one)), null);
}

/** What every one of them takes. */
const leastOf = (one: SignerLimits, other: SignerLimits): SignerLimits => ({
  artifactBytes: Math.min(one.artifactBytes, other.artifactBytes),
  sampleBytes: Math.min(one.sampleBytes, other.sampleBytes),
  files: Math.min(one.files, other.files),
  fileBytes: Math.min(one.fileBytes, other.fileBytes),
  unpackedBytes: Math.min(one.unpackedBytes, other.unpackedBytes),
  ratio: Math.min(one.ratio, other.ratio),
  depth: Math.min(one.depth, other.depth),
  scannedFileBytes: Math.min(one.scannedFileBytes, other.scannedFileBytes),
});
