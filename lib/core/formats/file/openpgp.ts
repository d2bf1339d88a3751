/**
 * `method: openpgp`: a signature of version 4 (RFC 9580) beside the file, in armor or binary, or the text with its signature around it. Others check
 * it with `gpg --verify FILE.asc FILE`, or `gpg --verify FILE.asc` where it holds the text.
 */
import { constants, publicDecrypt, X509Certificate } from 'node:crypto';
import {
  armor,
  clearSigned,
  fingerprintOf,
  OpenPgpError,
  readArmor,
  readDocumentSignature,
  signaturePacket,
  signatureTrailer,
  signatureTypes,
  signedText,
} from '../../pki/openpgp/index.ts';
import { streamRange } from '../archive/index.ts';
import { FormatError, type Signer } from '../format.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import { differs, readWhole } from './beside.ts';
import type { Method } from './method.ts';
import type { FileOptions } from './options.ts';
import { fileDigest } from './raw.ts';

const signatureBytesMax = 16 * 1024;
/** The file beside it holds the text, dashes escaped, and a container gets that in one piece. */
const textBytesMax = 16 * 1024 * 1024;

const isClear = ({ encoding }: FileOptions): boolean => encoding === 'clear-signed';
const formOf = (sign: FileOptions) => (isClear(sign) ? 'text' : 'binary');

export const openpgp: Method = {
  async subject(source, sign) {
    if (isClear(sign)) await requireText(source);
    const digest = await fileDigest(source);
    return { digest: digest.toString('hex'), content: digest };
  },
  embed: (source, signature, sign) => written(source, signature, sign),
  async readBack(before, after, signature, sign) {
    if (isClear(sign)) await compare(written(before, signature, sign), after);
    else await readWhole(after, signatureBytesMax, signature);
    return { signature, subject: await openpgp.subject(before, sign) };
  },

  toBeSigned: ({ content }, sign, signer) => Buffer.concat([trailerOf(sign, signer), content]),
  assemble({ toBeSigned, signature, signer, subject }, sign) {
    const trailer = toBeSigned.subarray(0, toBeSigned.length - subject.content.length);
    const { publicKey, fingerprint } = keyOf(signer.certificate);
    // PKCS #1 v1.5 is a DigestInfo, which ends with the digest; its first octets are in the packet.
    const info = publicDecrypt({ key: publicKey, padding: constants.RSA_PKCS1_PADDING }, signature);
    const digest = info.subarray(-{ sha256: 32, sha384: 48, sha512: 64 }[sign.hash]);
    const packet = signaturePacket(trailer, { fingerprint, digest, signature });
    return sign.encoding === 'binary' ? packet : Buffer.from(armor('PGP SIGNATURE', packet), 'latin1');
  },
  verify({ signature }, certificate, sign) {
    const text = Buffer.from(signature).toString('latin1');
    const read = readDocumentSignature(
      sign.encoding === 'binary' ? signature : readArmor('PGP SIGNATURE', text),
    );
    const { publicKey, fingerprint } = keyOf(certificate);
    const bytes = Math.ceil((publicKey.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
    const holds: readonly (readonly [boolean, string])[] = [
      [read.fingerprint.equals(fingerprint), 'the signature names another key'],
      [read.form === formOf(sign), 'the signature is of another type'],
      [read.hash === sign.hash, `the signature was made with another hash than ${sign.hash}`],
      [read.signature.length <= bytes, 'the signature is longer than the key'],
    ];
    return {
      problems: holds.filter(([ok]) => !ok).map(([, problem]) => problem),
      signature: Buffer.concat([Buffer.alloc(Math.max(0, bytes - read.signature.length)), read.signature]),
      timestampToken: null,
      document: { form: read.form, appended: read.trailer },
    };
  },
};

/** The key as OpenPGP has it: made when its record begins to be valid. */
function keyOf(certificate: Uint8Array) {
  const { publicKey, validFromDate } = new X509Certificate(certificate);
  return { publicKey, fingerprint: fingerprintOf({ publicKey, created: validFromDate }) };
}

function trailerOf(sign: FileOptions, { certificate, time }: Signer): Buffer {
  const { fingerprint } = keyOf(certificate);
  return signatureTrailer({ type: signatureTypes[formOf(sign)], hash: sign.hash, time, fingerprint });
}

async function* written(
  source: RandomAccessSource,
  signature: Uint8Array,
  sign: FileOptions,
): AsyncGenerator<Uint8Array> {
  if (isClear(sign)) yield* clearSigned(streamRange(source), sign.hash, signature);
  else yield signature;
}

async function compare(expected: AsyncIterable<Uint8Array>, found: RandomAccessSource): Promise<void> {
  let at = 0;
  for await (const piece of expected) {
    const there = at + piece.length > found.size ? null : await readExactly(found, at, piece.length);
    if (there === null || Buffer.compare(there, piece) !== 0)
      throw differs('the signed text holds something else');
    at += piece.length;
  }
  if (at !== found.size) throw differs('the signed text goes on after its signature');
}

const asDetached =
  'Write `encoding: armored`: a signature in a file of its own is over the bytes as they are.';

/** Throws FormatError for a file that programs wouldn’t all read as the same text, and for one too large to be written again. */
async function requireText(source: RandomAccessSource): Promise<void> {
  if (source.size > textBytesMax)
    throw new FormatError(
      'TOO_LARGE',
      `a text of up to ${textBytesMax} bytes is clear-signed, and it has ${source.size}`,
      asDetached,
    );
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const line of signedText(streamRange(source))) decoder.decode(line, { stream: true });
    decoder.decode();
  } catch (error) {
    if (error instanceof OpenPgpError)
      throw new FormatError('NOT_TEXT', error.message, asDetached, { cause: error });
    if (error instanceof TypeError)
      throw new FormatError('NOT_TEXT', 'it is not UTF-8', asDetached, { cause: error });
    throw error;
  }
}
