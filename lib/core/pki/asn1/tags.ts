/** Universal tag numbers, X.680 §8.6. */
export const universalTag = {
  boolean: 1,
  integer: 2,
  bitString: 3,
  octetString: 4,
  null: 5,
  oid: 6,
  enumerated: 10,
  utf8String: 12,
  sequence: 16,
  set: 17,
  numericString: 18,
  printableString: 19,
  ia5String: 22,
  utcTime: 23,
  generalizedTime: 24,
  visibleString: 26,
  bmpString: 30,
} as const;

/** Characters of PrintableString, X.680 §41.4. */
export const printableCharacters = /^[A-Za-z0-9 '()+,\-./:=?]*$/;
/** Characters of IA5String: ASCII, the control characters included. */
export const ia5Characters = /^[\u0000-\u007f]*$/u;
