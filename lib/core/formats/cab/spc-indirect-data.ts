import { bmpBytes, explicit, implicitPrimitive, oids, type Der } from '../../pki/asn1/index.ts';
import { spcIndirectData } from '../../pki/cms/index.ts';
import type { SignatureHash } from '../format.ts';

/**
 * Digest → DER SpcIndirectDataContent: what a signature of a cabinet is about. The value is an SpcLink with the file's obsolete name,
 * as osslsigncode writes it:
 * ```
 * SpcLink   ::= CHOICE { ..., file [2] EXPLICIT SpcString }
 * SpcString ::= CHOICE { unicode [0] IMPLICIT BMPString, ... }
 * ```
 */
export function cabSpcIndirectData(digest: Uint8Array, algorithm: SignatureHash): Der {
  const value = explicit(2, implicitPrimitive(0, bmpBytes('<<<Obsolete>>>')));
  return spcIndirectData({ type: oids.spcCabData, value, algorithm, digest });
}
