/** Step "release", first half: the artifact with its signed files in place of the unsigned ones, all else untouched. */
import type { RequestId, Sha256Hex } from '#core/ids/index.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { asUnavailable } from '../checks/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import type { SignedFile } from './sign-files.ts';

interface RepackInput {
  readonly requestId: RequestId;
  readonly artifactSha256: Sha256Hex;
  readonly inspector: Inspector;
  readonly file: string;
  readonly effective: EffectivePolicy;
  readonly signed: readonly SignedFile[];
}

export interface Repacked {
  readonly file: string;
  readonly sha256: Sha256Hex;
  readonly sizeBytes: number;
}

export async function repackArtifact(input: RepackInput): Promise<Repacked> {
  try {
    const done = await input.inspector.repack({
      folder: input.requestId,
      file: input.file,
      sha256: input.artifactSha256,
      configuration: input.effective.artifactConfiguration,
      replacements: input.signed.map((one) => ({
        path: one.target.path,
        file: one.signedFile,
        sha256: one.signedSha256,
      })),
    });
    return { file: done.outputFile, sha256: done.sha256, sizeBytes: done.sizeBytes };
  } catch (error) {
    throw asUnavailable(error);
  }
}
