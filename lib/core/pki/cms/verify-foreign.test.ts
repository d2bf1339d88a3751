import { createHash, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import * as asn1 from '../asn1/index.ts';
import { certificateIdentity } from './certificate-identity.ts';
import { buildSignedData, originSignedAttributes, parseSignedData, verifyText } from './index.ts';
import { createTestSigner } from './signer.fixture.ts';

const { oids, sequence, integer, oid, set, nullValue, octetString } = asn1;
const signer = createTestSigner('Texts');
const algorithm = (type: string) => sequence(oid(type), nullValue());

/** Without signed attributes: over the content itself. */
function bare(signature: Uint8Array, content: Uint8Array | null = null): Uint8Array {
  const { issuer, serialNumberDer } = certificateIdentity(signer.certificate);
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, serialNumberDer),
    algorithm(oids.sha256),
    algorithm(oids.rsaEncryption),
    octetString(signature),
  );
  const encapsulated = content === null ? [] : [asn1.explicit(0, octetString(content))];
  const signedData = sequence(
    integer(1),
    set(algorithm(oids.sha256)),
    sequence(oid(oids.data), ...encapsulated),
    asn1.implicitConstructed(0, signer.certificate),
    set(signerInfo),
  );
  return sequence(oid(oids.signedData), asn1.explicit(0, signedData));
}
const signed = (content: Uint8Array) => Uint8Array.from(sign('sha256', content, signer.key));
const text = Buffer.from('Signature-Version: 1.0\r\n\r\n');

describe('a text that was signed without signed attributes', () => {
  test('is verified over its own bytes', () => {
    expect(verifyText(parseSignedData(bare(signed(text))), text)).toEqual({
      certificate: signer.certificate,
    });
    const other = verifyText(parseSignedData(bare(signed(text))), Buffer.from('Signature-Version: 2'));
    expect(other).toHaveProperty('problem');
  });

  test('has no content of its own', () => {
    const found = verifyText(parseSignedData(bare(signed(text), text)), text);
    expect(found).toEqual({ problem: 'it holds content of its own' });
  });

  test('what another signature is over isn’t taken for a text', () => {
    const contentDigest = createHash('sha256').update('hello').digest();
    const attributes = originSignedAttributes({
      contentDigest,
      hash: 'sha256',
      signingTime: new Date('2026-11-01T00:00:00Z'),
      signerCertificate: signer.certificate,
    });
    const signature = signed(attributes);
    const whole = buildSignedData({
      content: Buffer.from('hello'),
      signedAttributes: attributes,
      hash: 'sha256',
      signature,
      signerCertificate: signer.certificate,
      chain: [],
      timestampToken: null,
    });
    expect(parseSignedData(whole).signerInfo.signature).toEqual(signature);
    // The same signature, told to be over the attributes themselves.
    expect(verifyText(parseSignedData(bare(signature)), attributes)).toEqual({
      problem: 'it has no signed attributes',
    });
  });
});
