/** What the signer takes, for whoever is about to upload something; whether it was within the limits, the signer says. */
import { formatBytes } from '#core/text/size/index.ts';
import type { HealthProbe } from '../health/index.ts';

interface Limits {
  readonly artifactBytes: number;
  readonly sampleBytes: number;
  readonly unpack: {
    readonly entryCountMax: number;
    readonly entrySizeBytesMax: number;
    readonly unpackedSizeBytesMax: number;
    readonly ratioMax: number;
    readonly depthMax: number;
  };
  /** The largest file that the scanner is used for: one that can't read it to its end isn't used at all. */
  readonly scannedFileBytes: number;
}

export function tellLimits({ artifactBytes, sampleBytes, unpack, scannedFileBytes }: Limits): HealthProbe {
  const detail =
    `artifacts up to ${formatBytes(artifactBytes)}, ${unpack.entryCountMax} files in them, unpacked ` +
    `${formatBytes(unpack.unpackedSizeBytesMax)}, archives ${unpack.depthMax} deep, ` +
    `files up to ${formatBytes(scannedFileBytes)} scanned as they are`;
  return {
    component: 'limits',
    probe: () =>
      Promise.resolve({
        state: 'ok',
        detail,
        measures: {
          artifact_bytes: artifactBytes,
          sample_bytes: Math.min(sampleBytes, artifactBytes),
          files: unpack.entryCountMax,
          file_bytes: unpack.entrySizeBytesMax,
          unpacked_bytes: unpack.unpackedSizeBytesMax,
          ratio: unpack.ratioMax,
          depth: unpack.depthMax,
          scanned_file_bytes: scannedFileBytes,
        },
      }),
  };
}
