/** Step "release": repack, store, and write down in one transaction that the file may leave. */
import { randomUUID } from 'node:crypto';
import { pass } from '#core/wire/finding/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import type { GoverningPolicy } from '../checks/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import { saveRelease, saveSignature, type ClaimedRequest } from '../requests/index.ts';
import { repackArtifact, type SignedFile, type VerifiedFile } from '../signing/index.ts';
import type { SignerContext } from './context.ts';
import type { Run, StepResult } from '../run/index.ts';

interface ReleaseInput {
  readonly context: SignerContext;
  readonly run: Run;
  readonly request: ClaimedRequest;
  readonly governing: GoverningPolicy;
  readonly inspector: Inspector;
  readonly artifactFile: string;
  readonly signed: readonly SignedFile[];
  readonly verified: readonly VerifiedFile[];
  /** Asked when nothing is left but to write down that the file may leave. */
  readonly lastLook: () => Promise<StepResult<null>>;
}

export async function releaseArtifact(input: ReleaseInput): Promise<StepResult<null>> {
  const { context, run, request, governing, signed } = input;
  const { certificate } = governing.key;
  const repacked = await repackArtifact({
    requestId: request.id,
    artifactSha256: request.artifactSha256,
    inspector: input.inspector,
    file: input.artifactFile,
    effective: governing.effective,
    signed: input.verified.map((one) => one.file),
  });
  await context.releases.put(repacked.file, repacked.sha256);
  const certificateSha256 = sha256OfFingerprint(certificate.fingerprint256);
  const facts = {
    artifactSha256: repacked.sha256,
    artifactSizeBytes: repacked.sizeBytes,
    certificateSerial: certificate.serialNumber,
    signatures: signed.map((one) => ({
      path: one.target.path,
      unsignedSha256: one.target.unsignedSha256,
      signedSha256: one.signedSha256,
      timestampedAt: one.timestamp?.time.toISOString() ?? null,
    })),
  };
  const looked = await input.lastLook();
  if (looked.ok !== true) return looked;
  await run.record('request.released', facts, async (transaction, at) => {
    for (const one of signed) {
      await saveSignature(transaction, {
        id: randomUUID(),
        requestId: request.id,
        path: one.target.path.join('!/'),
        unsignedSha256: one.target.unsignedSha256,
        signedSha256: one.signedSha256,
        certificateSerial: certificate.serialNumber,
        certificateSha256,
        timestampedAt: one.timestamp?.time ?? null,
        timestampUrl: one.timestamp?.url ?? null,
        signedAt: one.signedAt,
      });
    }
    await saveRelease(transaction, {
      requestId: request.id,
      artifactSha256: repacked.sha256,
      artifactSizeBytes: repacked.sizeBytes,
      artifactName: request.artifactName,
      releasedAt: at,
    });
    const count = signed.length === 1 ? 'One file was' : `${signed.length} files were`;
    await run.save(transaction, at, {
      status: 'completed',
      step: 'release',
      summary: `${count} signed; the artifact is released.`,
    });
  });
  return {
    ok: true,
    value: null,
    findings: [
      ...looked.findings,
      pass({
        rule: 'release.stored',
        message: 'The artifact was repacked with its signed files, all else untouched, and released.',
        found: `${repacked.sizeBytes} bytes, SHA-256 ${repacked.sha256}`,
        sha256: repacked.sha256,
      }),
    ],
  };
}

/** `AB:CD:…` → 64 lower-case digits. */
function sha256OfFingerprint(fingerprint: string) {
  return parseSha256Hex(fingerprint.replaceAll(':', '').toLowerCase());
}
