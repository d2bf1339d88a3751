/**
 * What is to be signed has to look like what the grant's purpose signs, whatever its other members say: signed attributes are
 * a SET, certificates, lists and answers SEQUENCEs that begin differently (RFC 5652 §5.4), and the encoding of an envelope begins like
 * none of them.
 */
import { OpenPgpError, readDocumentTrailer } from '#core/pki/openpgp/index.ts';
import { type GrantPurpose, KeyHolderError, type SigningGrantWire } from '../protocol/index.ts';

interface Shape {
  readonly name: string;
  matches(bytes: Buffer): boolean;
}

/** Tag of the whole, and where that isn't enough that of its first member. */
function der(name: string, outer: number, inner: number | null = null): Shape {
  return {
    name: `DER ${name}`,
    matches(bytes) {
      const length = bytes[1] ?? 0;
      const first = bytes[length < 0x80 ? 2 : 2 + (length & 0x7f)];
      return bytes[0] === outer && (inner === null || first === inner);
    },
  };
}

/** Far above what signed attributes need; the message between the processes takes more, for envelopes. */
const attributesBytesMax = 64 * 1024;
const set = der('SET (signed attributes)', 0x31);
const attributes: Shape = {
  name: set.name,
  matches: (bytes) => bytes.length <= attributesBytesMax && set.matches(bytes),
};

/**
 * `"DSSEv1" SP LEN(type) SP type SP LEN(body) SP body` (DSSE's protocol.md, "Signature definition"), with both lengths as they are,
 * and a type of printable ASCII without spaces, in which nothing else can be hidden.
 */
const envelope: Shape = {
  name: 'pre-authentication encoding of DSSE',
  matches(bytes) {
    const head = bytes.toString('latin1', 0, 300);
    const [whole, typeLength, type, length] =
      /^DSSEv1 ([1-9][0-9]{0,2}) ([\x21-\x7e]{1,255}) (0|[1-9][0-9]{0,8}) /.exec(head) ?? [];
    return (
      whole !== undefined &&
      type?.length === Number(typeLength) &&
      bytes.length - whole.length === Number(length)
    );
  },
};

/** SHA-256 of the file, in which the whole ends. */
const digestBytes = 32;
const raw: Shape = { name: 'SHA-256 of a file', matches: (bytes) => bytes.length === digestBytes };

/** The end of what a document's signature of version 4 hashes, and nothing that a certification or revocation could end in. */
const openpgp: Shape = {
  name: 'trailer of the OpenPGP signature of a document, and SHA-256 of it',
  matches(bytes) {
    try {
      readDocumentTrailer(bytes.subarray(0, Math.max(0, bytes.length - digestBytes)));
      return true;
    } catch (error) {
      if (error instanceof OpenPgpError) return false;
      throw error;
    }
  },
};

const shapes: Readonly<Record<GrantPurpose, readonly Shape[]>> = {
  release: [attributes, envelope],
  test: [attributes, envelope],
  timestamp: [attributes],
  raw: [raw],
  openpgp: [openpgp],
  // version is an INTEGER in a TBSCertList (RFC 5280 §5.1), but [0] in a TBSCertificate (§4.1), which is never signed here.
  crl: [der('TBSCertList', 0x30, 0x02)],
  // A ResponseData of version 1 begins with the responder's key, [2] (RFC 6960 §4.2.1).
  ocsp: [der('ResponseData', 0x30, 0xa2)],
};

/** A grant for one purpose can't be used for another. */
export function checkShape({ purpose, toBeSigned }: SigningGrantWire): void {
  const bytes = Buffer.from(toBeSigned, 'base64');
  const allowed = shapes[purpose];
  if (allowed.some((shape) => shape.matches(bytes))) return;
  const names = allowed.map(({ name }) => name).join(' or a ');
  throw new KeyHolderError('GRANT_INVALID', `toBeSigned is not a ${names}`);
}
