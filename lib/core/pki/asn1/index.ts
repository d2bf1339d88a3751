/** ASN.1 in DER: a writer, a strict bounded reader, and the object identifiers that several rooms use. */
export { Asn1Error, type Asn1ErrorCode } from './errors.ts';
export { Fields, isSetOfOrdered } from './fields.ts';
export { oids } from './oids.ts';
export { readDer, type DerNode, type ReadLimits, type TagClass } from './reader.ts';
export { universalTag } from './tags.ts';
export {
  asBitString,
  asBoolean,
  asEnumerated,
  asExplicit,
  asInteger,
  asNull,
  asOctetString,
  asOid,
  asSequence,
  asSet,
  asSmallInteger,
  asString,
  asTime,
  isContext,
  isUniversal,
} from './values.ts';
export {
  bitString,
  bmpBytes,
  bmpString,
  boolean,
  compareEncodings,
  concatenate,
  enumerated,
  explicit,
  generalizedTime,
  ia5Bytes,
  ia5String,
  implicitConstructed,
  implicitPrimitive,
  integer,
  nullValue,
  octetString,
  oid,
  printableString,
  sequence,
  set,
  setOf,
  utcTime,
  utf8String,
  type Der,
} from './writer.ts';
