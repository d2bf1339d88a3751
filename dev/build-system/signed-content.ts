import { createHash } from 'node:crypto';
import type { JsonValue } from '#core/json/index.ts';
import type { SigningKey } from './keys.ts';
import type { LogEntry, LogVersion } from './transparency-log.ts';

export const inToto = 'application/vnd.in-toto+json';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();

/** The part of a bundle that is signed, and what the log records of it. */
export interface SignedContent {
  readonly content: Readonly<Record<string, JsonValue>>;
  readonly signature: Uint8Array;
  /** As each version of the log records it. */
  readonly entries: Readonly<Record<LogVersion, LogEntry>>;
}

function pem(certificate: Uint8Array): string {
  const lines = base64(certificate).match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

/** Statement as text → DSSE envelope and its log entry of kind dsse. */
export function signEnvelope(
  text: string,
  payloadType: string,
  key: SigningKey,
  certificate: Uint8Array,
): SignedContent {
  const payload = new TextEncoder().encode(text);
  // DSSE v1 pre-authentication encoding.
  const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `;
  const signature = key.sign(Buffer.concat([Buffer.from(head), payload]));
  const dsseEnvelope = { payload: base64(payload), payloadType, signatures: [{ sig: base64(signature) }] };
  const digest = (bytes: Uint8Array) => ({
    algorithm: 'sha256',
    value: Buffer.from(sha256(bytes)).toString('hex'),
  });
  const spec = {
    envelopeHash: digest(Buffer.from(JSON.stringify(dsseEnvelope))),
    payloadHash: digest(payload),
    signatures: [{ signature: base64(signature), verifier: base64(Buffer.from(pem(certificate))) }],
  };
  const dsseV002 = {
    payloadHash: { algorithm: 'SHA2_256', digest: base64(sha256(payload)) },
    signatures: [signatureOf(signature, certificate)],
  };
  return {
    content: { dsseEnvelope },
    signature,
    entries: {
      1: { kind: 'dsse', apiVersion: '0.0.1', spec },
      2: { kind: 'dsse', apiVersion: '0.0.2', spec: { dsseV002 } },
    },
  };
}

const signatureOf = (signature: Uint8Array, certificate: Uint8Array): JsonValue => ({
  content: base64(signature),
  verifier: {
    x509Certificate: { rawBytes: base64(certificate) },
    keyDetails: 'PKIX_ECDSA_P256_SHA_256',
  },
});

/** Bytes → message signature and its log entry of kind hashedrekord. */
export function signMessage(bytes: Uint8Array, key: SigningKey, certificate: Uint8Array): SignedContent {
  const signature = key.sign(bytes);
  const digest = sha256(bytes);
  const messageSignature = {
    messageDigest: { algorithm: 'SHA2_256', digest: base64(digest) },
    signature: base64(signature),
  };
  const spec = {
    data: { hash: { algorithm: 'sha256', value: Buffer.from(digest).toString('hex') } },
    signature: { content: base64(signature), publicKey: { content: base64(Buffer.from(pem(certificate))) } },
  };
  return {
    content: { messageSignature },
    signature,
    entries: {
      1: { kind: 'hashedrekord', apiVersion: '0.0.1', spec },
      2: {
        kind: 'hashedrekord',
        apiVersion: '0.0.2',
        spec: {
          hashedRekordV002: {
            data: { algorithm: 'SHA2_256', digest: base64(digest) },
            signature: signatureOf(signature, certificate),
          },
        },
      },
    },
  };
}
