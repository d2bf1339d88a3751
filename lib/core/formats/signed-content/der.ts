/**
 * Content that is ASN.1. PKCS#7 v1.5 digests the contents octets of a structure (RFC 2315 §9.3), so that what is digested begins with
 * its first member, and not with a tag for the whole.
 */
import { readExactly, type RandomAccessSource } from '../random-access.ts';
import type { SignedContent } from './signed-content.ts';

const [integer, oid, sequence] = [0x02, 0x06, 0x10];
/** Tags and lengths of two structures, in forms as long as BER has (a length can have 126 octets). */
const headBytes = 512;

interface Header {
  readonly number: number;
  readonly constructed: boolean;
  /** Where its contents begin. */
  readonly start: number;
  /** null: indefinite. */
  readonly length: number | null;
}

/**
 * Begins with a SEQUENCE whose first member is an object identifier or a number, or with a number before a SEQUENCE:
 * ```
 * SpcIndirectDataContent    data SEQUENCE { type OBJECT IDENTIFIER … (Authenticode)
 * CertificateTrustList      [version INTEGER,] subjectUsage SEQUENCE OF OBJECT IDENTIFIER (catalogs)
 * TSTInfo                   SEQUENCE { version INTEGER … (RFC 3161 §2.4.2)
 * ```
 * Programs read more than DER: tags and lengths in longer forms than they need, and indefinite lengths. All are taken here.
 * Text is never taken for it: bytes as low as these tags stand in none.
 */
export function derContent(what: string): SignedContent {
  return {
    what,
    async matches(source: RandomAccessSource) {
      const bytes = await readExactly(source, 0, Math.min(headBytes, source.size));
      const first = readHeader(bytes, 0);
      if (first === null) return false;
      if (isPlain(first, integer)) return isStructure(readHeader(bytes, first.start + (first.length ?? 0)));
      if (!isStructure(first)) return false;
      const member = readHeader(bytes, first.start);
      return isPlain(member, oid) || isPlain(member, integer);
    },
  };
}

const isStructure = (header: Header | null): boolean => header?.number === sequence && header.constructed;
const isPlain = (header: Header | null, number: number): boolean =>
  header?.number === number && !header.constructed;

/** Identifier and length octets of BER (X.690 §8.1); null: there is no universal tag. */
function readHeader(bytes: Uint8Array, at: number): Header | null {
  const identifier = bytes[at];
  if (identifier === undefined || identifier >> 6 !== 0) return null;
  let next = at + 1;
  let number = identifier & 0x1f;
  if (number === 0x1f) {
    number = 0;
    for (let octet = 0x80; (octet & 0x80) !== 0; next += 1) {
      octet = bytes[next] ?? 0;
      number = Math.min(number * 128 + (octet & 0x7f), 0xffff);
    }
  }
  const first = bytes[next];
  if (first === undefined) return null;
  const constructed = (identifier & 0x20) !== 0;
  const start = next + 1 + (first > 0x80 ? first & 0x7f : 0);
  if (first <= 0x80) return { number, constructed, start, length: first === 0x80 ? null : first };
  const length = bytes.subarray(next + 1, start).reduce((sum, octet) => sum * 256 + octet, 0);
  return { number, constructed, start, length };
}
