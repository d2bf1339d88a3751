/**
 * `method: dsse`: an envelope beside the file, which holds it as its payload
 * (https://github.com/secure-systems-lab/dsse/blob/v1.0.0/envelope.md):
 * ```
 * { "payloadType": "application/vnd.in-toto+json", "payload": base64, "signatures": [
 *   { "keyid": SHA-256 of the SubjectPublicKeyInfo, "sig": base64,
 *     "certificate": base64 of PEM, "intermediates": [base64 of PEM], "timestamps": [{ "type": "tsp", "data": base64 }] }] }
 * ```
 * DSSE has no place for certificates and timestamps; these members are those of in-toto's witness. Whoever doesn't know them
 * passes over them, as the envelope's specification asks.
 */
import { createHash, verify, X509Certificate } from 'node:crypto';
import { FormatError } from '../format.ts';
import { lentChunks, readExactly, type RandomAccessSource } from '../random-access.ts';
import { differs } from './beside.ts';
import type { FileOptions } from './options.ts';
import type { Method } from './method.ts';
import { paeType, preAuthEncoding } from './pae.ts';

/** The payload is held in memory, and crosses from process to process. */
const payloadBytesMax = 16 * 1024 * 1024;
const signatureBytesMax = 1024 * 1024;
/** A multiple of three, so that each piece's base64 ends where the next one's begins. */
const pieceBytes = 3 * 256 * 1024;

export const statementType = 'application/vnd.in-toto+json';
const otherType = 'application/octet-stream';

export const dsse: Method = {
  async subject(source, sign) {
    const payload = await readPayload(source);
    const content = preAuthEncoding(payloadTypeOf(payload, sign), payload);
    return { digest: createHash(sign.hash).update(content).digest('hex'), content };
  },
  embed: (source, signature, sign) => envelope(source, signature, sign),
  async readBack(before, after, signature, sign) {
    // The envelope is compared with the one that would be written, piece by piece: so it holds this payload and this signature.
    let at = 0;
    for await (const piece of envelope(before, signature, sign)) {
      const found = at + piece.length > after.size ? null : await readExactly(after, at, piece.length);
      if (found === null || Buffer.compare(found, piece) !== 0)
        throw differs('the envelope holds something else');
      at += piece.length;
    }
    if (at !== after.size) throw differs('the envelope goes on after its end');
    return { signature, subject: await dsse.subject(before, sign) };
  },

  toBeSigned: ({ content }) => content,
  assemble({ signature, signer, timestampToken }) {
    const member = {
      keyid: keyId(signer.certificate),
      sig: base64(signature),
      certificate: base64(pem(signer.certificate)),
      intermediates: signer.chain.map((certificate) => base64(pem(certificate))),
      ...(timestampToken === null ? {} : { timestamps: [{ type: 'tsp', data: base64(timestampToken) }] }),
    };
    return Buffer.from(JSON.stringify(member), 'utf8');
  },
  verify({ signature, subject }, signerCertificate, sign) {
    const member = parseMember(signature);
    const sig = Uint8Array.from(Buffer.from(member.sig, 'base64'));
    const { publicKey } = new X509Certificate(signerCertificate);
    const type = paeType(subject.content);
    const holds: readonly (readonly [boolean, string])[] = [
      [type !== null, 'the payload is not encoded as DSSE signs it'],
      [sign.payloadType === null || sign.payloadType === type, 'the payload is of another type'],
      [
        createHash(sign.hash).update(subject.content).digest('hex') === subject.digest,
        'the payload has another digest',
      ],
      [member.keyid === keyId(signerCertificate), 'the signature names another key'],
      [
        Buffer.compare(Buffer.from(member.certificate, 'base64'), pem(signerCertificate)) === 0,
        'the signature names another certificate',
      ],
      [verify(sign.hash, subject.content, publicKey, sig), 'the signature does not verify'],
    ];
    return {
      problems: holds.filter(([ok]) => !ok).map(([, problem]) => problem),
      signature: sig,
      timestampToken:
        member.timestamp === null ? null : Uint8Array.from(Buffer.from(member.timestamp, 'base64')),
    };
  },
};

export async function readPayload(source: RandomAccessSource): Promise<Uint8Array> {
  if (source.size > payloadBytesMax) {
    throw new FormatError(
      'TOO_LARGE',
      `an envelope takes up to ${payloadBytesMax} bytes, and the file has ${source.size}`,
      'Sign it by method cms, or sign a statement that names its digest.',
    );
  }
  return readExactly(source, 0, source.size);
}

/** The configured type; without one, that of an in-toto statement where the payload is one. */
function payloadTypeOf(payload: Uint8Array, { payloadType }: FileOptions): string {
  return payloadType ?? (isStatement(payload) ? statementType : otherType);
}

const statementTypes = /^https:\/\/in-toto\.io\/Statement\/v[0-9.]+$/;

/** https://github.com/in-toto/attestation/blob/v1.0/spec/v1.0/statement.md */
export function isStatement(payload: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
    const value: unknown = JSON.parse(text);
    const type = typeof value === 'object' && value !== null && '_type' in value ? value._type : null;
    return typeof type === 'string' && statementTypes.test(type);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

async function* envelope(
  source: RandomAccessSource,
  signature: Uint8Array,
  sign: FileOptions,
): AsyncGenerator<Uint8Array> {
  if (signature.length > signatureBytesMax) throw differs(`the signature is over ${signatureBytesMax} bytes`);
  const type = payloadTypeOf(await readPayload(source), sign);
  yield Buffer.from(`{"payloadType":${JSON.stringify(type)},"payload":"`, 'utf8');
  let rest = Buffer.alloc(0);
  for await (const chunk of lentChunks(source, 0, source.size)) {
    rest = Buffer.concat([rest, chunk]);
    const whole = rest.length - (rest.length % pieceBytes);
    yield Buffer.from(rest.toString('base64', 0, whole), 'latin1');
    rest = rest.subarray(whole);
  }
  yield Buffer.from(`${rest.toString('base64')}","signatures":[`, 'latin1');
  yield signature;
  yield Buffer.from(']}\n', 'latin1');
}

interface Member {
  readonly keyid: string;
  readonly sig: string;
  readonly certificate: string;
  readonly timestamp: string | null;
}

/** What `assemble` wrote; whether each member says what it should is the caller's. */
function parseMember(signature: Uint8Array): Member {
  const fix = 'Submit the artifact again.';
  const malformed = (options?: ErrorOptions) =>
    new FormatError('MALFORMED', 'the signature is not as it was written', fix, options);
  if (signature.length > signatureBytesMax) throw malformed();
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(signature).toString('utf8'));
  } catch (cause) {
    throw malformed({ cause });
  }
  const textOf = (from: unknown, name: string): string => {
    const text: unknown = typeof from === 'object' && from !== null ? Reflect.get(from, name) : null;
    if (typeof text !== 'string') throw malformed();
    return text;
  };
  const timestamps: unknown =
    typeof value === 'object' && value !== null && 'timestamps' in value ? value.timestamps : [];
  if (!Array.isArray(timestamps) || timestamps.length > 1) throw malformed();
  const [keyid, sig, certificate] = ['keyid', 'sig', 'certificate'].map((name) => textOf(value, name));
  const timestamp = timestamps.length === 0 ? null : textOf(timestamps[0], 'data');
  return { keyid: keyid ?? '', sig: sig ?? '', certificate: certificate ?? '', timestamp };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** What tools give as the id of a key: SHA-256 of its DER SubjectPublicKeyInfo, in hexadecimal. */
function keyId(certificate: Uint8Array): string {
  const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

const pem = (certificate: Uint8Array): Buffer =>
  Buffer.from(new X509Certificate(certificate).toString(), 'latin1');
