/** Signatures by themselves: what verifies under one signature value says one thing, whatever else of it was changed. */
import { createHash, sign as rawSign, X509Certificate } from 'node:crypto';
import { FormatError } from '#core/formats/format.ts';
import { dsse } from '#core/formats/file/dsse.ts';
import { blockOf } from '#core/formats/jar/upstream.fixture.ts';
import { memorySource } from '#core/formats/random-access.ts';
import { Asn1Error } from '#core/pki/asn1/index.ts';
import { CmsError, parseSignedData, verifySignerInfo, verifyText } from '#core/pki/cms/index.ts';
import { createTestSigner } from '#core/pki/cms/signer.fixture.ts';
import { signPackage, nupkg } from '#core/formats/nuget/nuget.fixture.ts';
import type { FuzzedFormat, Reading } from './fuzzed-format.ts';

const signer = createTestSigner('Fuzz');
const text = Buffer.from('Signature-Version: 1.0\r\n\r\n');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const refused = (problem: string): FormatError => new FormatError('REFUSED', problem, '');

/** Readers of signatures throw errors of their own, and keys of strangers those of OpenSSL. */
function reading(read: () => Reading): Reading {
  try {
    return read();
  } catch (error) {
    const known = error instanceof CmsError || error instanceof Asn1Error;
    const openssl = error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_');
    if (known || openssl) throw refused((error as Error).message);
    throw error;
  }
}

export const cmsFuzz: FuzzedFormat = {
  name: 'cms',
  async seeds() {
    const { p7s } = await signPackage(signer, nupkg());
    return [p7s, blockOf(signer, text), blockOf(signer, text, true)];
  },
  read: (bytes) =>
    Promise.resolve(
      reading(() => {
        const signedData = parseSignedData(bytes);
        const { encapContent, signerInfo } = signedData;
        const detached = encapContent === null ? verifyText(signedData, text) : null;
        const verified = encapContent === null ? null : verifySignerInfo({ signedData });
        const certificate =
          detached !== null && 'certificate' in detached
            ? detached.certificate
            : verified?.ok === true
              ? verified.certificate
              : null;
        if (certificate === null) throw refused('it does not hold');
        const content = encapContent ?? text;
        const attributes = signerInfo.signedAttributesDer ?? new Uint8Array(0);
        // What else the certificate says, its own signature proves: that is judged with its chain.
        const key = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
        const meaning = [content, key, attributes].map(sha256).join(' ');
        return { digest: hex(signerInfo.signature), meaning };
      }),
    ),
};

const options = {
  method: 'dsse',
  hash: 'sha256',
  outputFile: '',
  encoding: 'der',
  payloadType: null,
} as const;

/** What the daemon reads back: a member of an envelope, next to the subject that the inspector computed. */
export const dsseFuzz: FuzzedFormat = {
  name: 'dsse',
  async seeds() {
    const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
    const subject = await dsse.subject(memorySource(payload), options);
    const signature = Uint8Array.from(rawSign('sha256', subject.content, signer.key));
    const by = { certificate: signer.certificate, chain: [signer.root], time: new Date(0) };
    const member = (timestampToken: Uint8Array | null) =>
      dsse.assemble({ subject, toBeSigned: subject.content, signature, signer: by, timestampToken }, options);
    return [member(null), member(Uint8Array.of(0x30, 0))];
  },
  async read(bytes) {
    const payload = Buffer.from('{"_type":"https://in-toto.io/Statement/v1"}');
    const subject = await dsse.subject(memorySource(payload), options);
    const verified = dsse.verify({ signature: bytes, subject }, signer.certificate, options);
    if (verified.problems.length > 0) throw refused(verified.problems.join('; '));
    // A timestamp is about the signature, and verified by itself.
    return { digest: hex(verified.signature), meaning: sha256(subject.content) };
  },
};
