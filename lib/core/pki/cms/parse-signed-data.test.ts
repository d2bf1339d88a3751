import { expect, test } from 'vitest';
import fc from 'fast-check';
import * as asn1 from '../asn1/index.ts';
import { CmsError, parseSignedData } from './index.ts';

const { oids } = asn1;
const sha256 = asn1.sequence(asn1.oid(oids.sha256), asn1.nullValue());
const rsa = asn1.sequence(asn1.oid(oids.rsaEncryption), asn1.nullValue());
const name = asn1.sequence();
const data = asn1.sequence(asn1.oid(oids.data), asn1.explicit(0, asn1.octetString(Uint8Array.of(1, 2))));

const attribute = asn1.sequence(asn1.oid(oids.contentType), asn1.setOf(asn1.oid(oids.data)));
const signerInfo = (parts: { version?: number; attributes?: Uint8Array[]; hash?: Uint8Array } = {}) =>
  asn1.sequence(
    asn1.integer(parts.version ?? 1),
    asn1.sequence(name, asn1.integer(5)),
    parts.hash ?? sha256,
    asn1.implicitConstructed(0, ...(parts.attributes ?? [attribute])),
    rsa,
    asn1.octetString(new Uint8Array(8)),
  );
interface Parts {
  type?: string;
  version?: number;
  content?: Uint8Array;
  certificates?: Uint8Array[];
  signers?: Uint8Array[];
}
const contentInfo = (parts: Parts = {}) =>
  asn1.sequence(
    asn1.oid(parts.type ?? oids.signedData),
    asn1.explicit(
      0,
      asn1.sequence(
        asn1.integer(parts.version ?? 3),
        asn1.setOf(sha256),
        parts.content ?? data,
        ...(parts.certificates === undefined ? [] : [asn1.implicitConstructed(0, ...parts.certificates)]),
        asn1.setOf(...(parts.signers ?? [signerInfo()])),
      ),
    ),
  );

test('reads content, certificates and the signer', () => {
  const signedData = parseSignedData(contentInfo({ certificates: [name] }));
  expect(signedData).toMatchObject({
    version: 3,
    digestAlgorithms: [oids.sha256],
    encapContentType: oids.data,
    encapContent: Uint8Array.of(1, 2),
    certificates: [name],
  });
  expect(signedData.signerInfo).toMatchObject({
    signerIdentifier: { kind: 'issuerAndSerialNumber', serialNumber: 5n },
    signature: new Uint8Array(8),
  });
});

test('skips attribute certificates, which Microsoft’s timestamps contain', () => {
  const certificates = [asn1.implicitConstructed(1, name), name, asn1.implicitConstructed(2, name)];
  expect(parseSignedData(contentInfo({ certificates })).certificates).toEqual([name]);
});

test('returns the signed attributes as the SET that was signed, not as encoded in the file', () => {
  const { signedAttributesDer } = parseSignedData(contentInfo()).signerInfo;
  expect(signedAttributesDer).toEqual(asn1.set(attribute));
});

test('reads content directly inside [0] without its tag and length', () => {
  const inner = asn1.sequence(asn1.integer(1));
  const content = asn1.sequence(asn1.oid(oids.spcIndirectData), asn1.explicit(0, inner));
  const signedData = parseSignedData(contentInfo({ content, version: 1 }));
  expect(signedData).toMatchObject({ encapContentForm: 'direct', encapContentDer: inner });
  expect(signedData.encapContent).toEqual(asn1.integer(1));
});

test.each([
  ['another content type', contentInfo({ type: oids.data }), 'NOT_SIGNED_DATA'],
  ['version 2', contentInfo({ version: 2 }), 'MALFORMED'],
  ['no signer', contentInfo({ signers: [] }), 'SIGNER_COUNT'],
  ['two signers', contentInfo({ signers: [signerInfo(), signerInfo()] }), 'SIGNER_COUNT'],
  [
    'an attribute that appears twice',
    contentInfo({ signers: [signerInfo({ attributes: [attribute, attribute] })] }),
    'ATTRIBUTE_DUPLICATE',
  ],
  [
    'an attribute without a value',
    contentInfo({ signers: [signerInfo({ attributes: [asn1.sequence(asn1.oid('1.2.3'), asn1.set())] })] }),
    'MALFORMED',
  ],
  ['a signer version that does not fit', contentInfo({ signers: [signerInfo({ version: 3 })] }), 'MALFORMED'],
  [
    'a hash with parameters',
    contentInfo({ signers: [signerInfo({ hash: asn1.sequence(asn1.oid(oids.sha256), asn1.integer(1)) })] }),
    'ALGORITHM_UNSUPPORTED',
  ],
  [
    'a certificate that is not X.509',
    contentInfo({ certificates: [asn1.implicitConstructed(4)] }),
    'MALFORMED',
  ],
  ['33 certificates', contentInfo({ certificates: Array.from({ length: 33 }, () => name) }), 'MALFORMED'],
  [
    'two contents',
    contentInfo({ content: asn1.sequence(asn1.oid(oids.data), asn1.implicitConstructed(0, name, name)) }),
    'MALFORMED',
  ],
  ['bytes after it', Uint8Array.from([...contentInfo(), 0]), 'MALFORMED'],
  ['nothing', new Uint8Array(0), 'MALFORMED'],
])('refuses %s', (_name, der, code) => {
  expect(() => parseSignedData(der)).toThrow(expect.objectContaining({ code }));
});

test('any damage either parses or is refused as CmsError', () => {
  const good = contentInfo({ certificates: [name] });
  const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 })), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(damage, fc.nat(good.length), (changes, length) => {
      const bytes = Uint8Array.from(good);
      for (const [at, value] of changes) bytes[at] = value;
      try {
        parseSignedData(length === 0 ? bytes : bytes.subarray(0, length));
      } catch (error) {
        expect(error).toBeInstanceOf(CmsError);
      }
    }),
    { numRuns: 2000 },
  );
});
