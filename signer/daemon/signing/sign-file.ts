/**
 * Signatures of files: the subject of each is computed, the signature is claimed for this signer, the intent is journalled, the
 * keyholder signs against a grant, the signature is timestamped and embedded. In that order, so that nothing is ever signed without a
 * trace, and nothing by two signers.
 */
import { createHash } from 'node:crypto';
import type { Signer } from '#core/formats/format.ts';
import { signDone, signIntent } from '#core/wire/journal/index.ts';
import { keyFor, type SignTarget } from '../checks/index.ts';
import { asDetached, asSigned, type FileVersion } from '../file-version/index.ts';
import { askInTurn, claimGrants, secondSignature, type Claimed } from './ask-keyholder.ts';
import { hold } from './held-contents.ts';
import { ownSignerOf } from './signer.ts';
import { passesOrThrows, Refused } from './refused.ts';
import {
  keyOf,
  type Prepared,
  type Round,
  type Signature,
  type Signed,
  type SigningContext,
} from './signing-context.ts';

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
  const claimed = await claimGrants(context, prepared);
  const intents = claimed.filter(({ made }) => made === null);
  if (intents.length > 0) await run.record(...intents.map((one) => signIntent(factsOf(context, one))));
  const asked = await Promise.allSettled(claimed.map((one) => askInTurn(context, one)));
  const signed = asked.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const others = await context.claims.keep(signed.filter(({ made }) => made === null));
  // Also where another one failed: the journal says of each signature that it was made.
  if (signed.length > 0)
    await run.record(
      ...signed.map((one) =>
        signDone({ ...factsOf(context, one), signatureSha256: sha256Of(one.signature) }),
      ),
    );
  if (others.length > 0) throw new Refused(others.map(({ wire }) => secondSignature(wire.leafPath)));
  const failed = asked.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return signed.map(({ grant: _, made: __, ...one }) => ({ ...one, signedAt: run.now() }));
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

function factsOf(context: SigningContext, one: Claimed) {
  const { run, evidence } = context;
  const { effective } = evidence.governing;
  const { round, subject, toBeSigned, grant, made } = one;
  const { target, version } = round;
  const key = keyOf(context, one);
  return {
    pass: run.pass,
    grantId: made?.grantId ?? grant.wire.grantId,
    path: target.path,
    unsignedSha256: version.sha256,
    subjectDigest: subject.digest,
    toBeSignedSha256: sha256Of(toBeSigned),
    keyLabel: key.entry.label,
    certificateSerial: key.certificate.serialNumber,
    policyCommit: effective.commit,
  };
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
