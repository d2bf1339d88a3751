/**
 * One signature of one file: its subject is computed, the intent is journalled, the keyholder signs against a grant,
 * the signature is timestamped and embedded. In that order, so that nothing is ever signed without a trace.
 */
import { CodedError } from '#core/error/index.ts';
import { createHash } from 'node:crypto';
import type { Options, ReadBack, Signer, Signing, Subject } from '#core/formats/format.ts';
import type { Checked, Finding } from '#core/wire/finding/index.ts';
import { signDone, signIntent } from '#core/wire/journal/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import { KeyHolderError, type KeyHolder, type KeyHolderErrorCode } from '../../keyholder/index.ts';
import { asUnavailable, type SignTarget } from '../checks/index.ts';
import { asDetached, asSigned, type FileVersion } from '../file-version/index.ts';
import type { NotRevoked } from '../../rulings/revocations/index.ts';
import { mintGrant, type Evidence } from '../grant/index.ts';
import type { Run } from '../run/index.ts';
import type { TimestampSource } from './timestamp-source.ts';

export interface SigningContext {
  readonly run: Run;
  readonly evidence: Evidence;
  readonly keyHolder: KeyHolder;
  readonly timestamps: TimestampSource;
  readonly inspector: Inspector;
  readonly signer: Signer;
  /** Throws while signing is stopped. */
  readonly checkBeforeFile: () => Promise<Checked<NotRevoked>>;
}

/** One round of a format's signing, done. */
export interface Signature {
  readonly sign: Options;
  /** The subject as computed by the inspector. */
  readonly subject: Subject;
  /** The signature as read back from the finished file, or from the one beside it. */
  readonly readBack: ReadBack;
  readonly signedAt: Date;
  readonly timestamp: { readonly time: Date; readonly url: string } | null;
}

interface Round {
  readonly target: SignTarget;
  readonly signing: Signing;
  readonly sign: Options;
  /** From 0. */
  readonly number: number;
  /** null: not computed yet. */
  readonly subject: Subject | null;
  readonly version: FileVersion;
}

/** Ends the signing as the request's refusal. */
export class Refused extends CodedError<'REFUSED'> {
  static override readonly errorName = 'Refused';
  readonly findings: readonly Finding[];
  constructor(findings: readonly Finding[]) {
    super('REFUSED', findings.map((finding) => finding.message).join(' '));
    this.findings = findings;
  }
}

/**
 * → the file with the signature in it, or the file that holds only that. Rejects with KeyHolderError where the keyholder refuses the grant, Refused
 * where the certificate was revoked meanwhile, Unavailable for temporary failures.
 */
export async function signFile(
  context: SigningContext,
  round: Round,
): Promise<{ readonly version: FileVersion; readonly signature: Signature }> {
  const { run, evidence, inspector } = context;
  const { target, signing, sign, version } = round;
  const { key, effective } = evidence.governing;
  const { type, file, sha256 } = version;
  const now = { folder: run.requestId, type, file, sha256, sign };
  const subject = round.subject ?? (await inspector.subject(now).catch(passesOrThrows));
  const { signer } = context;
  const toBeSigned = signing.toBeSigned(subject, sign, signer);
  // Files of one request may take minutes: a stop or a revocation applies from the next one on.
  const checked = await context.checkBeforeFile();
  if (!checked.ok) throw new Refused(checked.findings);
  const toSign = {
    notRevoked: checked.value,
    target,
    version,
    toBeSigned,
    hash: signing.hash(sign),
    round: round.number,
  };
  const grant = mintGrant(evidence, toSign, run.now());
  const facts = {
    pass: run.pass,
    grantId: grant.wire.grantId,
    path: target.path,
    unsignedSha256: sha256,
    subjectDigest: subject.digest,
    toBeSignedSha256: sha256Of(toBeSigned),
    keyLabel: key.entry.label,
    certificateSerial: key.certificate.serialNumber,
    policyCommit: effective.commit,
  };
  await run.record(signIntent(facts));
  const signature = await askKeyHolder(context.keyHolder, grant);
  await run.record(signDone({ ...facts, signatureSha256: sha256Of(signature) }));
  const signedAt = run.now();
  const timestamp =
    effective.policy.timestamp === 'required' ? await context.timestamps.over(signature) : null;
  const timestampToken = timestamp?.token ?? null;
  const assembled = signing.assemble({ subject, toBeSigned, signature, signer, timestampToken }, sign);
  const embedded = await inspector.embed({ ...now, signature: assembled }).catch(passesOrThrows);
  const { signedFile, readBack, sizeBytes } = embedded;
  const written = { file: signedFile, sha256: embedded.sha256, sizeBytes };
  const name = signing.outputName(sign, nameOf(target));
  return {
    version: name === null ? asSigned(version, written) : asDetached(version, name, written),
    signature: {
      sign,
      subject,
      readBack,
      signedAt,
      timestamp: timestamp === null ? null : { time: timestamp.time, url: timestamp.url },
    },
  };
}

/** Without folders. */
const nameOf = ({ path }: SignTarget): string => path.at(-1)?.split('/').at(-1) ?? '';

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function passesOrThrows(error: unknown): never {
  throw asUnavailable(error);
}

/** The keyholder's errors about a grant. All others are about itself, the HSM or the disk, and may be temporary. */
const aboutTheGrant: ReadonlySet<string> = new Set<KeyHolderErrorCode>([
  'GRANT_INVALID',
  'GRANT_MISMATCH',
  'GRANT_CONFLICT',
  'CERTIFICATE_NOT_VALID_NOW',
]);

async function askKeyHolder(
  keyHolder: KeyHolder,
  grant: Parameters<KeyHolder['sign']>[0],
): Promise<Uint8Array> {
  try {
    return (await keyHolder.sign(grant)).signature;
  } catch (error) {
    if (error instanceof KeyHolderError && !aboutTheGrant.has(error.code)) {
      throw new Unavailable(
        'keyholder',
        `the HSM can’t sign: ${error.message}`,
        'check the HSM and its PKCS#11 module, the PIN’s source, the key registry and the keyholder’s journal',
        error,
      );
    }
    throw error;
  }
}
