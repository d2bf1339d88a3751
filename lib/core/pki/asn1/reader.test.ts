import { expect, test } from 'vitest';
import fc from 'fast-check';
import * as asn1 from './index.ts';

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('returns views of the input, with offsets from its start', () => {
  const der = asn1.sequence(asn1.integer(1), asn1.explicit(0, asn1.octetString(Uint8Array.of(7, 8))));
  const node = asn1.readDer(der);
  const [, tagged] = asn1.asSequence(node);
  const inner = asn1.asExplicit(tagged ?? node, 0);
  expect(inner.offset).toBe(7);
  expect(Array.from(asn1.asOctetString(inner))).toEqual([7, 8]);
  expect(inner.contents.buffer).toBe(der.buffer);
});

test.each([
  ['nothing', '', 'TRUNCATED'],
  ['a tag alone', '30', 'TRUNCATED'],
  ['a length that is cut off', '3082 01', 'TRUNCATED'],
  ['contents that are cut off', '0404 0102', 'TRUNCATED'],
  ['a member that ends after its parent', '3003 0402 00', 'TRUNCATED'],
  ['bytes after the value', '0500 00', 'TRAILING_DATA'],
  ['an indefinite length', '3080 0000', 'LENGTH_INDEFINITE'],
  ['a long form where the short one fits', '048101 00', 'LENGTH_NOT_MINIMAL'],
  ['a length with leading zeros', '04820080', 'LENGTH_NOT_MINIMAL'],
  ['a length of five octets', '04850100000000', 'LENGTH_TOO_LARGE'],
  ['a constructed OCTET STRING', '2403 0401 00', 'FORM_INVALID'],
  ['a primitive SEQUENCE', '1000', 'FORM_INVALID'],
  ['the end-of-contents tag', '0000', 'TAG_INVALID'],
  ['a low tag number in the long form', '9f1e00', 'TAG_INVALID'],
  ['a padded tag number', '9f801f00', 'TAG_INVALID'],
  ['a tag number without end', '9fffffffffff00', 'TAG_INVALID'],
])('refuses %s', (_name, hex, code) => {
  expect(() => asn1.readDer(bytes(hex))).toThrow(expect.objectContaining({ code }));
});

test('refuses what is nested too deep, too large, or has too many elements', () => {
  let deep: Uint8Array = asn1.nullValue();
  for (let level = 0; level < 40; level++) deep = asn1.sequence(deep);
  expect(() => asn1.readDer(deep)).toThrow(expect.objectContaining({ code: 'TOO_DEEP' }));
  expect(asn1.readDer(deep, { depthMax: 41 }).constructed).toBe(true);
  const many = asn1.sequence(...Array.from({ length: 50 }, () => asn1.nullValue()));
  expect(() => asn1.readDer(many, { elementsMax: 50 })).toThrow(
    expect.objectContaining({ code: 'TOO_MANY_ELEMENTS' }),
  );
  expect(asn1.readDer(many, { elementsMax: 51 }).children.length).toBe(50);
  expect(() => asn1.readDer(many, { sizeMax: 50 })).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
});

test('names the byte where the fault is', () => {
  expect(() => asn1.readDer(bytes('3005 0201 01 2400'))).toThrow(expect.objectContaining({ offset: 5 }));
});

test.each([
  ['BOOLEAN 01', '010101', asn1.asBoolean],
  ['BOOLEAN of two octets', '0102ffff', asn1.asBoolean],
  ['INTEGER without contents', '0200', asn1.asInteger],
  ['INTEGER with a needless 00', '02020001', asn1.asInteger],
  ['INTEGER with a needless FF', '0202ff80', asn1.asInteger],
  ['INTEGER over 53 bits as a number', '02080100000000000000', asn1.asSmallInteger],
  ['NULL with contents', '050100', asn1.asNull],
  ['OID without contents', '0600', asn1.asOid],
  ['OID cut off inside an arc', '060188', asn1.asOid],
  ['OID with a padded arc', '06032a8001', asn1.asOid],
  ['BIT STRING without its first octet', '0300', asn1.asBitString],
  ['BIT STRING with 8 unused bits', '03020800', asn1.asBitString],
  ['BIT STRING with unused bits set', '03020101', asn1.asBitString],
  ['UTF8String that is not UTF-8', '0c01ff', asn1.asString],
  ['BMPString of odd length', '1e0141', asn1.asString],
  ['PrintableString with @', '130140', asn1.asString],
  ['UTCTime without seconds', `170b${Buffer.from('2601020304Z').toString('hex')}`, asn1.asTime],
  ['UTCTime with an offset', `1711${Buffer.from('260102030405+0100').toString('hex')}`, asn1.asTime],
  ['the 30th of February', `180f${Buffer.from('20260230000000Z').toString('hex')}`, asn1.asTime],
  ['hour 24', `180f${Buffer.from('20260228240000Z').toString('hex')}`, asn1.asTime],
  ['a fraction with a trailing zero', `1811${Buffer.from('20260228010101.0Z').toString('hex')}`, asn1.asTime],
])('refuses %s', (_name, hex, read) => {
  expect(() => (read as (node: asn1.DerNode) => unknown)(asn1.readDer(bytes(hex)))).toThrow(
    expect.objectContaining({ code: 'VALUE_INVALID' }),
  );
});

test('refuses a value of another type', () => {
  const node = asn1.readDer(asn1.integer(1));
  const readers = [asn1.asOid, asn1.asSequence, asn1.asSet, asn1.asString, asn1.asTime, asn1.asOctetString];
  for (const read of readers) {
    expect(() => read(node)).toThrow(expect.objectContaining({ code: 'TYPE_UNEXPECTED' }));
  }
  expect(() => asn1.asExplicit(node, 0)).toThrow(expect.objectContaining({ code: 'TYPE_UNEXPECTED' }));
});

test('walks members in order and refuses missing and surplus ones', () => {
  const node = asn1.readDer(asn1.sequence(asn1.integer(1), asn1.boolean(true)));
  const fields = new asn1.Fields(node, 'Pair');
  expect(fields.optional((child) => asn1.isContext(child, 0))).toBeNull();
  expect(asn1.asSmallInteger(fields.next('first'))).toBe(1);
  expect(() => {
    fields.end();
  }).toThrow('Pair has too many members');
  expect(asn1.asBoolean(fields.next('second'))).toBe(true);
  expect(() => fields.next('third')).toThrow('Pair lacks third');
});

test('any bytes either read or throw Asn1Error, and what reads is the whole input', () => {
  const der = asn1.sequence(
    asn1.integer(70_000),
    asn1.setOf(asn1.oid('1.2.3'), asn1.nullValue()),
    asn1.utf8String('é'),
  );
  const mutated = fc
    .tuple(fc.nat(der.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(der.length))
    .map(([at, value, cut]) => {
      const copy = Uint8Array.from(der);
      copy[at] = value;
      return copy.subarray(0, cut === 0 ? der.length : cut);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 64 }), mutated), (input) => {
      try {
        expect(asn1.readDer(input).bytes.length).toBe(input.length);
      } catch (error) {
        expect(error).toBeInstanceOf(asn1.Asn1Error);
      }
    }),
    { numRuns: 2000 },
  );
});
