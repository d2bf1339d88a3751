import { expect, test } from 'vitest';
import fc from 'fast-check';
import * as asn1 from './index.ts';

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

test.each([
  [0, '020100'],
  [127, '02017f'],
  [128, '02020080'],
  [256, '02020100'],
  [-1, '0201ff'],
  [-128, '020180'],
  [-129, '0202ff7f'],
])('writes INTEGER %d in its shortest two’s complement', (value, expected) => {
  expect(hex(asn1.integer(value))).toBe(expected);
});

test('writes a magnitude as a positive INTEGER without leading zeros', () => {
  expect(hex(asn1.integer(Uint8Array.of(0, 0, 0x80, 1)))).toBe('0203008001');
  expect(hex(asn1.integer(new Uint8Array(3)))).toBe('020100');
});

test('writes object identifiers as X.690 §8.19 shows', () => {
  expect(hex(asn1.oid('2.999.3'))).toBe('0603883703');
  expect(hex(asn1.oid('1.2.840.113549'))).toBe('06062a864886f70d');
});

test.each(['', '1', '3.1', '1.40', '1..2', '1.02', '1.2.x', '0.39.-1'])('refuses %j as an OID', (dotted) => {
  expect(() => asn1.oid(dotted)).toThrow(asn1.Asn1Error);
});

test('writes lengths in as few octets as possible', () => {
  expect(hex(asn1.octetString(new Uint8Array(127))).slice(0, 4)).toBe('047f');
  expect(hex(asn1.octetString(new Uint8Array(128))).slice(0, 6)).toBe('048180');
  expect(hex(asn1.octetString(new Uint8Array(65_536))).slice(0, 10)).toBe('0483010000');
});

test('sorts a SET OF by its members’ encodings', () => {
  expect(hex(asn1.setOf(asn1.integer(5), asn1.nullValue(), asn1.integer(3)))).toBe(
    '3108020103020105' + '0500',
  );
});

test('writes fractions of a second only when there are some', () => {
  const text = (bytes: Uint8Array) => Buffer.from(bytes.subarray(2)).toString('latin1');
  expect(text(asn1.generalizedTime(new Date('2026-01-02T03:04:05.000Z')))).toBe('20260102030405Z');
  expect(text(asn1.generalizedTime(new Date('2026-01-02T03:04:05.120Z')))).toBe('20260102030405.12Z');
  expect(text(asn1.utcTime(new Date('2049-12-31T23:59:59Z')))).toBe('491231235959Z');
});

test.each([
  ['a number over 2^53', () => asn1.integer(2 ** 60)],
  ['a lone surrogate', () => asn1.utf8String('\ud800')],
  ['an emoji in a BMPString', () => asn1.bmpString('😀')],
  ['an umlaut in an IA5String', () => asn1.ia5String('ü')],
  ['an @ in a PrintableString', () => asn1.printableString('a@b')],
  ['a UTCTime of 2050', () => asn1.utcTime(new Date('2050-01-01T00:00:00Z'))],
  ['an invalid date', () => asn1.generalizedTime(new Date(Number.NaN))],
  ['unused bits that are set', () => asn1.bitString(Uint8Array.of(0xff), 1)],
  ['unused bits of nothing', () => asn1.bitString(new Uint8Array(0), 1)],
  ['context tag 31', () => asn1.explicit(31, asn1.nullValue())],
])('refuses %s', (_name, write) => {
  expect(write).toThrow(expect.objectContaining({ code: 'VALUE_UNREPRESENTABLE' }));
});

test('what is written reads back equal', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(2n ** 300n), max: 2n ** 300n }), (value) => {
      expect(asn1.asInteger(asn1.readDer(asn1.integer(value)))).toBe(value);
    }),
  );
  const arc = fc.bigInt({ min: 0n, max: 2n ** 100n });
  fc.assert(
    fc.property(fc.array(arc, { maxLength: 7 }), fc.nat(2), fc.nat(39), (arcs, first, second) => {
      const dotted = [first, second, ...arcs].join('.');
      expect(asn1.asOid(asn1.readDer(asn1.oid(dotted)))).toBe(dotted);
    }),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
      (text) => {
        expect(asn1.asString(asn1.readDer(asn1.utf8String(text)))).toBe(text);
      },
    ),
  );
  const date = fc.date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59Z') });
  fc.assert(
    fc.property(
      date.filter((candidate) => !Number.isNaN(candidate.getTime())),
      (time) => {
        expect(asn1.asTime(asn1.readDer(asn1.generalizedTime(time)))).toEqual(time);
      },
    ),
  );
});
