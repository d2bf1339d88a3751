import {
  bitString,
  bmpBytes,
  explicit,
  implicitPrimitive,
  oids,
  sequence,
  type Der,
} from '../../pki/asn1/index.ts';
import { spcIndirectData } from '../../pki/cms/index.ts';
import type { PeDigestAlgorithm } from './digest.ts';

/**
 * Authenticode digest → DER SpcIndirectDataContent: what a program's signature covers.
 * ```
 * SpcPeImageData ::= SEQUENCE { flags BIT STRING, file [0] EXPLICIT SpcLink }
 * SpcLink        ::= CHOICE { ..., file [2] EXPLICIT SpcString }
 * SpcString      ::= CHOICE { unicode [0] IMPLICIT BMPString, ... }
 * ```
 * The specification fixes the file name to the text `<<<Obsolete>>>`.
 */
export function peSpcIndirectData(digest: Uint8Array, algorithm: PeDigestAlgorithm = 'sha256'): Der {
  const file = explicit(0, explicit(2, implicitPrimitive(0, bmpBytes('<<<Obsolete>>>'))));
  const value = sequence(bitString(new Uint8Array(0)), file);
  return spcIndirectData({ type: oids.spcPeImageData, value, algorithm, digest });
}
