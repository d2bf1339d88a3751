/**
 * Signatures over a file's own bytes, by a key that signs nothing else. The keyholder reads the file itself: it hashes what it signs, and knows that it is the
 * file that the grant names. It takes nothing apart; of texts, it knows the ends of lines.
 */
import { createHash, createVerify } from 'node:crypto';
import type { SignatureHash } from '#core/formats/format.ts';
import { fingerprintOf, readDocumentTrailer, signedText } from '#core/pki/openpgp/index.ts';
import {
  fileOf,
  grantHash,
  KeyHolderError,
  type RegisteredKey,
  type SigningGrantWire,
  type WireOf,
} from '../protocol/index.ts';

type DocumentGrant = WireOf<'raw' | 'openpgp'>;

export interface DocumentPorts {
  /** The file's bytes. Throws DOCUMENT_UNREADABLE. */
  readonly readDocument: (file: string) => AsyncIterable<Uint8Array>;
  readonly signDigest: (keyLabel: string, digest: Uint8Array, hash: SignatureHash) => Promise<Uint8Array>;
  /**
   * Set where hashes may be made by the token alone (FIPS): signs bytes that come one after another, and nothing where they end with an
   * error.
   */
  readonly signChunks:
    | ((
        keyLabel: string,
        chunks: () => AsyncIterable<Uint8Array>,
        hash: SignatureHash,
      ) => Promise<Uint8Array>)
    | null;
}

const digestBytes = 32;

/** Throws GRANT_MISMATCH for an OpenPGP signature that names another key, or by another hash than the grant. */
export function checkDocument(grant: DocumentGrant, { entry, certificate }: RegisteredKey): void {
  const { appended, sha256 } = partsOf(grant);
  if (sha256.toString('hex') !== grant.unsignedSha256)
    throw new KeyHolderError('GRANT_MISMATCH', 'what is to be signed ends with the digest of another file');
  if (entry.serves !== grant.serves) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `key ${entry.label} serves ${entry.serves ?? 'nothing'}, and the policy is for ${grant.serves}: name the right key`,
    );
  }
  if (grant.purpose === 'raw') return;
  const { hash, fingerprint } = readDocumentTrailer(appended);
  const own = fingerprintOf({ publicKey: certificate.publicKey, created: certificate.validFromDate });
  if (!fingerprint.equals(own) || hash !== grantHash(grant)) {
    throw new KeyHolderError(
      'GRANT_MISMATCH',
      `the signature names key ${fingerprint.toString('hex')} and ${hash}; ${own.toString('hex')} and ${grantHash(grant)}`,
    );
  }
}

/** For a place whose signature doesn't verify by the grant's hash function: it was made by another one, over the same octets. */
export const signedByAnotherHash = (grant: SigningGrantWire): KeyHolderError =>
  new KeyHolderError(
    'GRANT_CONFLICT',
    `request ${grant.requestId}, file ${fileOf(grant).leafPath.join(' > ') || '(the artifact)'}: signed before by another hash function; submit a new request`,
  );

/**
 * → the signature, verified over the file; `earlier`: the one that its place has. Throws GRANT_MISMATCH for another file than the granted one,
 * SIGNATURE_WRONG, GRANT_CONFLICT.
 */
export async function signDocument(
  grant: DocumentGrant,
  {
    file,
    key,
    ports,
    earlier,
  }: { file: string; key: RegisteredKey; ports: DocumentPorts; earlier: Uint8Array | null },
): Promise<Uint8Array> {
  const hash = grantHash(grant);
  const signed = createHash(hash);
  const verifier = createVerify(hash);
  const granted = (): AsyncIterable<Uint8Array> => grantedBytes(grant, ports.readDocument(file));
  // Before the token sees any of it: another file than the granted one is no operation of its.
  for await (const chunk of granted()) {
    signed.update(chunk);
    verifier.update(chunk);
  }
  const { label } = key.entry;
  const signature =
    earlier ??
    (await (ports.signChunks === null
      ? ports.signDigest(label, signed.digest(), hash)
      : ports.signChunks(label, granted, hash)));
  if (verifier.verify(key.certificate.publicKey, signature)) return signature;
  if (earlier !== null) throw signedByAnotherHash(grant);
  throw new KeyHolderError(
    'SIGNATURE_WRONG',
    `the token's key ${key.entry.label} doesn't belong to ${key.entry.certificate}: correct the key registry`,
  );
}

/** What is signed of the file. Throws GRANT_MISMATCH at its end if it is another one than was granted. */
async function* grantedBytes(
  grant: DocumentGrant,
  file: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { appended, sha256 } = partsOf(grant);
  const whole = createHash('sha256');
  const chunks = observed(file, whole);
  const isText = grant.purpose === 'openpgp' && readDocumentTrailer(appended).form === 'text';
  yield* isText ? signedText(chunks) : chunks;
  if (!whole.digest().equals(sha256))
    throw new KeyHolderError('GRANT_MISMATCH', 'the file is another one than was granted');
  yield appended;
}

function partsOf({ toBeSigned }: DocumentGrant) {
  const bytes = Buffer.from(toBeSigned, 'base64');
  const end = Math.max(0, bytes.length - digestBytes);
  return { appended: bytes.subarray(0, end), sha256: bytes.subarray(end) };
}

async function* observed(
  chunks: AsyncIterable<Uint8Array>,
  hash: { update(chunk: Uint8Array): unknown },
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
}
