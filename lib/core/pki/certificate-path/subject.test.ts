import { expect, test } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { createTestSigner } from '../cms/signer.fixture.ts';
import { readSubject } from './index.ts';

const part = (type: string, text: Uint8Array) => asn1.set(asn1.sequence(asn1.oid(type), text));

/** What is read of a certificate up to its subject. */
function withSubject(...parts: readonly Uint8Array[]): Uint8Array {
  const algorithm = asn1.sequence(asn1.oid(asn1.oids.sha256WithRsaEncryption));
  const empty = asn1.sequence();
  return asn1.sequence(
    asn1.sequence(
      asn1.explicit(0, asn1.integer(2)),
      asn1.integer(1),
      algorithm,
      empty,
      empty,
      asn1.sequence(...parts),
      empty,
    ),
    algorithm,
    asn1.bitString(Uint8Array.of(0)),
  );
}
const [cn, o] = ['2.5.4.3', '2.5.4.10'];

test('a subject is read as it stands in the certificate, in any of the usual encodings', () => {
  expect(readSubject(createTestSigner('Somebody').certificate)).toEqual({
    commonName: 'Somebody',
    organization: 'Countersign test',
  });
  const read = readSubject(
    withSubject(part(o, asn1.bmpString('Größe')), part(cn, asn1.printableString('A, O=B'))),
  );
  expect(read).toEqual({ commonName: 'A, O=B', organization: 'Größe' });
});

test('a name that comes twice, is missing or can’t be decoded is none', () => {
  const twice = withSubject(part(o, asn1.utf8String('A')), part(o, asn1.utf8String('A')));
  expect(readSubject(twice)).toEqual({ commonName: null, organization: null });
  const inOne = withSubject(
    asn1.set(
      asn1.sequence(asn1.oid(cn), asn1.utf8String('A')),
      asn1.sequence(asn1.oid(cn), asn1.utf8String('B')),
    ),
  );
  expect(readSubject(inOne).commonName).toBeNull();
  expect(readSubject(withSubject(part(cn, asn1.octetString(Uint8Array.of(0x41))))).commonName).toBeNull();
});
