/** Step "release": stores the artifact, and records its release in one transaction. */
import { randomUUID, type X509Certificate } from 'node:crypto';
import { formats } from '#core/formats/registry.ts';
import { pass } from '#core/wire/finding/index.ts';
import { requestReleased } from '#core/wire/journal/index.ts';
import { parseSha256Hex, type Sha256Hex } from '#core/ids/index.ts';
import { keyFor, type GoverningPolicy } from '../checks/index.ts';
import { saveRelease, saveSignatures, type ClaimedRequest } from '../requests/index.ts';
import type { FollowedFile, SignedFile, VerifiedFile } from '../signing/index.ts';
import type { FileVersion } from '../file-version/index.ts';
import type { NotRevoked } from '../../rulings/revocations/index.ts';
import type { SignerContext } from './context.ts';
import type { Run, StepResult } from '../run/index.ts';

interface ReleaseInput {
  readonly context: SignerContext;
  readonly run: Run;
  readonly request: ClaimedRequest;
  readonly governing: GoverningPolicy;
  /** Around its signed files. */
  readonly artifact: FileVersion;
  readonly verified: readonly VerifiedFile[];
  readonly followed: readonly FollowedFile[];
  /** Whether it is proved that nothing is left that could write to it. */
  readonly sealed: Promise<boolean>;
  /** Called last, right before the release is recorded. */
  readonly finalCheck: () => Promise<StepResult<NotRevoked>>;
}

export async function releaseArtifact(input: ReleaseInput): Promise<StepResult<null>> {
  const { context, run, request, governing, artifact } = input;
  const { certificate } = governing.key;
  const certificateOf = ({ target }: SignedFile): X509Certificate => {
    const use = formats[target.type].signing?.keyUse(target.sign) ?? 'certificate';
    return keyFor(governing, use).certificate;
  };
  const signed = input.verified.map(({ file }) => ({
    ...file,
    last: file.signatures.at(-1) ?? file.signatures[0],
  }));
  // The signed file itself, hashed, where nothing that wrote to it can be left; a copy otherwise.
  if (await input.sealed) await context.releases.take(artifact.file, artifact.sha256);
  else await context.releases.put(artifact.file, artifact.sha256);
  const event = requestReleased({
    pass: run.pass,
    artifactSha256: artifact.sha256,
    artifactSizeBytes: artifact.sizeBytes,
    certificateSerial: certificate.serialNumber,
    signatures: signed.map((file) => ({
      path: file.target.path,
      unsignedSha256: unsignedOf(file),
      signedSha256: file.version.sha256,
      ...besideOf(file),
      timestampedAt: file.last.timestamp?.time.toISOString() ?? null,
    })),
    ...followedOf(input.followed),
  });
  const checked = await input.finalCheck();
  if (checked.ok !== true) return checked;
  await run.recordWith(event, async (transaction, at) => {
    const made = signed.map((one) => ({
      id: randomUUID(),
      requestId: request.id,
      path: one.target.path.join('!/'),
      unsignedSha256: unsignedOf(one),
      signedSha256: one.version.sha256,
      signaturePath: signaturePathOf(one)?.join('!/') ?? null,
      certificateSerial: certificateOf(one).serialNumber,
      certificateSha256: sha256OfFingerprint(certificateOf(one).fingerprint256),
      timestampedAt: one.last.timestamp?.time ?? null,
      timestampUrl: one.last.timestamp?.url ?? null,
      signedAt: one.last.signedAt,
    }));
    await saveSignatures(transaction, made);
    await saveRelease(transaction, {
      requestId: request.id,
      artifactSha256: artifact.sha256,
      artifactSizeBytes: artifact.sizeBytes,
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
      ...checked.findings,
      pass({
        rule: 'release.stored',
        message: 'The artifact was repacked with its signed files, all else untouched, and released.',
        found: `${artifact.sizeBytes} bytes, SHA-256 ${artifact.sha256}`,
        sha256: artifact.sha256,
      }),
    ],
  };
}

/** Of a signature that was put beside its file; null: it is in the file. */
const signaturePathOf = ({ version }: SignedFile): readonly string[] | null =>
  version.cause === 'detached' ? version.path : null;

/** Of a file with its signature beside it: as it is released, which is as it was inspected unless it follows others. */
const unsignedOf = ({ target, version }: SignedFile): Sha256Hex =>
  version.cause === 'detached' && version.before !== null ? version.before.sha256 : target.unsignedSha256;

/** The journal says it only where there are any. */
function followedOf(lists: readonly FollowedFile[]) {
  if (lists.length === 0) return {};
  const followed = lists.map(({ target, version, changes }) => ({
    path: target.path,
    inspectedSha256: target.sha256,
    releasedSha256: version.sha256,
    fields: changes.length,
  }));
  return { followed };
}

/** The journal says it only of a signature that is beside its file. */
function besideOf(file: SignedFile): { readonly signaturePath?: readonly string[] } {
  const signaturePath = signaturePathOf(file);
  return signaturePath === null ? {} : { signaturePath };
}

/** `AB:CD:…` → 64 lower-case digits. */
function sha256OfFingerprint(fingerprint: string) {
  return parseSha256Hex(fingerprint.replaceAll(':', '').toLowerCase());
}
