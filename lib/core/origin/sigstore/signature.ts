import { X509Certificate, createHash, createVerify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { HashAlgorithm } from '@sigstore/protobuf-specs';
import { Verifier, toSignedEntity } from '@sigstore/verify';
import type { SignedEntity } from '@sigstore/verify';
import type { BuildBundle } from './bundle.ts';
import type { TrustRoot } from './trust-root.ts';

/** Times that trusted logs and timestamp authorities vouch for. */
export interface SignedTimes {
  readonly earliest: Date;
  readonly latest: Date;
}

/** The artifact's bytes from the start, as often as they are asked for. */
export type ArtifactBytes = () => AsyncIterable<Uint8Array>;

export type SignatureCheck =
  | {
      readonly ok: true;
      /** The moments that trusted logs and timestamp authorities vouch for. */
      readonly times: SignedTimes;
      /** Position in the transparency log, or null where the build system has none. */
      readonly logIndex: string | null;
    }
  | { readonly ok: false; readonly problem: string };

/**
 * Certificate chain, SCT, transparency log, timestamps and signature of a bundle, all at the time of signing.
 * Whatever the library throws is about the bundle: it was given nothing else that is untrusted.
 */
export async function checkSignature(
  read: BuildBundle,
  trustRoot: TrustRoot,
  artifact: ArtifactBytes | undefined,
): Promise<SignatureCheck> {
  let message: MessageCheck | null = null;
  if (read.bundle.content.$case === 'messageSignature') {
    if (artifact === undefined) {
      return { ok: false, problem: 'the bundle signs the file itself, and its bytes are not at hand' };
    }
    message = await checkMessage(read, artifact);
    if (!message.ok) return { ok: false, problem: message.problem };
  }
  try {
    const entity = toSignedEntity(read.bundle, Buffer.alloc(0));
    const verified = message === null ? entity : withMessage(entity, message.key);
    new Verifier(trustRoot.material, trustRoot.thresholds).verify(verified);
    const times = timesOf(entity);
    const retired = entity.tlogEntries.find((entry) => !wasInUse(entry, times, trustRoot));
    if (retired !== undefined) {
      return { ok: false, problem: 'the log of its entry was not in use when it was signed' };
    }
    return { ok: true, times, logIndex: placeInLog(entity.tlogEntries[0]) };
  } catch (error) {
    return { ok: false, problem: describe(error) };
  }
}

/** Times that the verifier has checked: log entries with a signed promise, and RFC 3161 timestamps. */
function timesOf(entity: SignedEntity): SignedTimes {
  const times = entity.timestamps.flatMap((timestamp) => {
    if (timestamp.$case === 'timestamp-authority') return [timestamp.timestamp.signingTime.getTime()];
    const { inclusionPromise, integratedTime } = timestamp.tlogEntry;
    return inclusionPromise === undefined ? [] : [Number(integratedTime) * 1000];
  });
  return { earliest: new Date(Math.min(...times)), latest: new Date(Math.max(...times)) };
}

type LogEntry = SignedEntity['tlogEntries'][number];

/**
 * Whether the trust root has this entry's log as valid at every time that was vouched for. The library asks that of promises
 * alone, and logs like Rekor 2 give none: the key of one that was closed, or was stolen after that, would sign on for ever.
 */
function wasInUse({ logId }: LogEntry, { earliest, latest }: SignedTimes, { material }: TrustRoot): boolean {
  return material.tlogs.some(
    ({ logID, validFor }) =>
      logID.equals(logId.keyId) && validFor.start <= earliest && latest <= validFor.end,
  );
}

/** The index that is signed: by the promise, or where there is none, in the proof. */
function placeInLog(entry: LogEntry | undefined): string | null {
  if (entry === undefined) return null;
  return (entry.inclusionPromise === undefined ? entry.inclusionProof?.logIndex : entry.logIndex) ?? null;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'the bundle is malformed';
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 240);
}

type MessageCheck =
  { readonly ok: true; readonly key: KeyObject } | { readonly ok: false; readonly problem: string };

/** The library wants the whole file in memory; this reads it once as a stream. */
async function checkMessage(read: BuildBundle, artifact: ArtifactBytes): Promise<MessageCheck> {
  const { content } = read.bundle;
  if (content.$case !== 'messageSignature') return { ok: false, problem: 'the bundle signs no message' };
  const { messageDigest, signature } = content.messageSignature;
  const hash = messageDigest.algorithm === HashAlgorithm.SHA2_512 ? 'sha512' : 'sha256';
  let key: KeyObject;
  try {
    key = new X509Certificate(read.certificate).publicKey;
  } catch (error) {
    return { ok: false, problem: describe(error) };
  }
  if (key.asymmetricKeyType !== 'ec' && key.asymmetricKeyType !== 'rsa') {
    return { ok: false, problem: 'the certificate has neither an EC nor an RSA key' };
  }
  const digest = createHash(hash);
  const verification = createVerify(hash);
  for await (const chunk of artifact()) {
    digest.update(chunk);
    verification.update(chunk);
  }
  if (!digest.digest().equals(messageDigest.digest)) {
    return { ok: false, problem: "the bundle's message digest is not the file's" };
  }
  return verification.verify(key, signature)
    ? { ok: true, key }
    : { ok: false, problem: "the signature is not over this file's bytes" };
}

/** The entity with a signature that was already verified over the streamed file, with that key only. */
function withMessage(entity: SignedEntity, verifiedWith: KeyObject): SignedEntity {
  const { signature } = entity;
  return {
    ...entity,
    signature: {
      signature: signature.signature,
      compareSignature: (other) => signature.compareSignature(other),
      compareDigest: (other) => signature.compareDigest(other),
      compareSignedDigest: (other) => signature.compareSignedDigest(other),
      verifySignature: (key) => key.equals(verifiedWith),
    },
  };
}
