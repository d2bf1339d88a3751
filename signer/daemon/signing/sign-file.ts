/**
 * Signatures of files: the subject of each is computed, the intent is journalled, the keyholder signs against a grant,
 * the signature is timestamped and embedded. In that order, so that nothing is ever signed without a trace.
 */
import { createHash } from 'node:crypto';
import type { Options, ReadBack, Signer, Signing, Subject } from '#core/formats/format.ts';
import { fail, type Checked, type Finding } from '#core/wire/finding/index.ts';
import { signDone, signIntent } from '#core/wire/journal/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import type { Inspector } from '../../inspector/index.ts';
import {
  KeyHolderError,
  type KeyHolder,
  type KeyHolderErrorCode,
  type SigningGrant,
} from '../../keyholder/index.ts';
import { keyFor, type SignTarget } from '../checks/index.ts';
import { asDetached, asSigned, type FileVersion } from '../file-version/index.ts';
import type { NotRevoked } from '../../rulings/revocations/index.ts';
import { mintGrant, type Evidence } from '../grant/index.ts';
import type { Run } from '../run/index.ts';
import { hold } from './held-contents.ts';
import { ownSignerOf } from './signer.ts';
import { passesOrThrows, Refused } from './refused.ts';
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
  /** Resolves after so many seconds. */
  readonly wait: (seconds: number) => Promise<void>;
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

export interface Round {
  readonly target: SignTarget;
  readonly signing: Signing;
  readonly sign: Options;
  /** From 0. */
  readonly number: number;
  /** null: not computed yet. */
  readonly subject: Subject | null;
  readonly version: FileVersion;
}

/** A round whose octets are known. */
interface Prepared {
  readonly round: Round;
  readonly subject: Subject;
  readonly toBeSigned: Uint8Array;
}

/** A round whose octets are signed, and journalled as that. */
export interface Signed extends Prepared {
  readonly signature: Uint8Array;
  readonly signedAt: Date;
}

/**
 * → the file with the signature in it, or the file that holds only that. Rejects with Refused where the keyholder refuses the
 * grant or the certificate was revoked meanwhile, Unavailable for temporary failures.
 */
export async function signFile(context: SigningContext, round: Round): Promise<FinishedRound> {
  const [signed] = await signTogether(context, [round]);
  if (signed === undefined) throw new Error('nothing was signed');
  return finishRound(context, signed);
}

/**
 * Rounds of several files, at once as far as the keyholder is concerned. One check of stops and revocations serves all of
 * them, each has a grant of its own, and the journal has first all intents and then all signatures, in the order of the files.
 */
export async function signTogether(
  context: SigningContext,
  rounds: readonly Round[],
): Promise<readonly Signed[]> {
  const { run } = context;
  const prepared: Prepared[] = [];
  for (const round of rounds) prepared.push(await prepare(context, round));
  const grants = await mintGrants(context, prepared);
  const facts = prepared.map((one, at) => factsOf(context, one, grants[at]));
  await run.record(...facts.map((one) => signIntent(one)));
  const asked = await Promise.allSettled(prepared.map((one, at) => askInTurn(context, one, grants[at])));
  const signed = asked.flatMap(({ status, value }: Settled, at) => {
    const [one, about] = [prepared[at], facts[at]];
    if (status === 'rejected' || value === undefined || one === undefined || about === undefined) return [];
    return [{ ...one, signature: value, about }];
  });
  // Also where another one failed: the journal says of each signature that it was made.
  if (signed.length > 0)
    await run.record(
      ...signed.map(({ about, signature }) => signDone({ ...about, signatureSha256: sha256Of(signature) })),
    );
  const failed = asked.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return signed.map(({ about: _, ...one }) => ({ ...one, signedAt: run.now() }));
}

interface Settled {
  readonly status: 'fulfilled' | 'rejected';
  readonly value?: Uint8Array;
}

async function prepare(context: SigningContext, round: Round): Promise<Prepared> {
  const { run, inspector } = context;
  const { target, signing, sign, version } = round;
  const { type } = target;
  const { file, sha256 } = version;
  const now = { folder: run.requestId, type, file, sha256, sign, name: fileNameOf(target) };
  const subject = round.subject ?? (await inspector.subject(now).catch(passesOrThrows));
  hold(context.evidence, subject);
  return { round, subject, toBeSigned: signing.toBeSigned(subject, sign, signerFor(context, round)) };
}

/** Whose key signs, with the one time that all signatures of the request state. */
function signerFor({ signer, evidence }: SigningContext, { signing, sign }: Round): Signer {
  const use = signing.keyUse(sign);
  if (use === 'certificate') return signer;
  return ownSignerOf(keyFor(evidence.governing, use), signer.time);
}

async function mintGrants(
  { evidence, run, checkBeforeFile }: SigningContext,
  prepared: readonly Prepared[],
): Promise<readonly SigningGrant[]> {
  // Files of one request may take minutes: a stop or a revocation applies from the next few on.
  const checked = await checkBeforeFile();
  if (!checked.ok) throw new Refused(checked.findings);
  return prepared.map(({ round: { target, version, signing, sign, number }, toBeSigned }) =>
    mintGrant(
      evidence,
      {
        notRevoked: checked.value,
        target,
        version,
        toBeSigned,
        hash: signing.hash(sign),
        round: number,
      },
      run.now(),
    ),
  );
}

function factsOf(
  { run, evidence }: SigningContext,
  { round: { target, version, signing, sign }, subject, toBeSigned }: Prepared,
  grant: SigningGrant | undefined,
) {
  const { effective } = evidence.governing;
  const key = keyFor(evidence.governing, signing.keyUse(sign));
  return {
    pass: run.pass,
    grantId: grant?.wire.grantId ?? '',
    path: target.path,
    unsignedSha256: version.sha256,
    subjectDigest: subject.digest,
    toBeSignedSha256: sha256Of(toBeSigned),
    keyLabel: key.entry.label,
    certificateSerial: key.certificate.serialNumber,
    policyCommit: effective.commit,
  };
}

/** How often a file's turn is waited for before the request is put back. */
const waitsMax = 30;

/** The second: it had to wait until other files were read, and its grant expired. */
const waited: ReadonlySet<string> = new Set<KeyHolderErrorCode>(['RATE_EXCEEDED', 'GRANT_EXPIRED']);

/**
 * At the limit of signatures per minute it waits for its turn, with all that was checked before. What can change
 * meanwhile is checked anew, for a grant of the same content: the one before is used up.
 */
async function askInTurn(
  context: SigningContext,
  prepared: Prepared,
  grant: SigningGrant | undefined,
): Promise<Uint8Array> {
  let current = grant;
  for (let waits = 0; ; waits += 1) {
    if (current === undefined) throw new Error('a file without a grant');
    try {
      return (await context.keyHolder.sign(current, documentOf(prepared.round))).signature;
    } catch (error) {
      if (!(error instanceof KeyHolderError)) throw error;
      if (!waited.has(error.code) || waits === waitsMax) throw keyHolderProblem(prepared.round.target, error);
      if (error.code === 'RATE_EXCEEDED') await context.wait(waitSecondsOf(error));
      [current] = await mintGrants(context, [prepared]);
    }
  }
}

/** The file, where the key signs its own bytes. */
const documentOf = ({ signing, sign, version }: Round) =>
  signing.keyUse(sign) === 'certificate' ? null : version;

/** As the keyholder says; it allows so many in any minute. */
function waitSecondsOf({ message }: KeyHolderError): number {
  const [, seconds = '5'] = /try again in (\d{1,2}) s/.exec(message) ?? [];
  return Math.max(1, Number(seconds));
}

export interface FinishedRound {
  readonly version: FileVersion;
  readonly signature: Signature;
}

/** Timestamp, embedding, reading back. */
export async function finishRound(
  context: SigningContext,
  { round, subject, toBeSigned, signature, signedAt }: Signed,
): Promise<FinishedRound> {
  const { run, evidence, inspector, timestamps } = context;
  const { target, signing, sign, version } = round;
  const { type } = target;
  const { file, sha256 } = version;
  const { timestamp: wanted } = evidence.governing.effective.policy;
  const isStamped = wanted === 'required' && signing.keyUse(sign) === 'certificate';
  const timestamp = isStamped ? await timestamps.over(signature) : null;
  const timestampToken = timestamp?.token ?? null;
  const signer = signerFor(context, round);
  const assembled = signing.assemble({ subject, toBeSigned, signature, signer, timestampToken }, sign);
  const embedded = await inspector
    .embed({ folder: run.requestId, type, file, sha256, sign, signature: assembled })
    .catch(passesOrThrows);
  const { signedFile, readBack, sizeBytes } = embedded;
  hold(evidence, readBack.subject);
  const written = { file: signedFile, sha256: embedded.sha256, sizeBytes };
  const name = signing.outputName(sign, fileNameOf(target) ?? '');
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

/** Without folders; null: the artifact itself. */
const fileNameOf = ({ path }: SignTarget): string | null => path.at(-1)?.split('/').at(-1) ?? null;

const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The keyholder's errors about a grant. All others are about itself, the HSM or the disk, and may be temporary. */
const aboutTheGrant: ReadonlySet<string> = new Set<KeyHolderErrorCode>([
  'GRANT_INVALID',
  'GRANT_MISMATCH',
  'GRANT_CONFLICT',
  'CERTIFICATE_NOT_VALID_NOW',
]);

function keyHolderProblem(target: SignTarget, error: KeyHolderError): Error {
  if (aboutTheGrant.has(error.code)) return new Refused([refusal(target, error)]);
  return new Unavailable(
    'keyholder',
    `the HSM can’t sign: ${error.message}`,
    'check the HSM and its PKCS#11 module, the PIN’s source, the key registry and the keyholder’s journal',
    error,
  );
}

/** The keyholder has rules of its own and decides last. */
function refusal(target: SignTarget, error: KeyHolderError): Finding {
  return fail({
    rule: 'signing.refused',
    message: `The keyholder refused to sign ${nameOf(target)}: ${error.message}.`,
    expected: 'a grant that the keyholder accepts',
    found: error.code,
    path: target.path,
    fix: 'Ask the foundation: its signer and its keys disagree. Nothing was released.',
  });
}

export const nameOf = ({ path }: SignTarget): string => path.join(' → ') || 'the file';
