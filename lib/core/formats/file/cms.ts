/**
 * `method: cms`: a detached CMS signature (RFC 5652) beside the file, of all its bytes as they are. Others check it with
 * `openssl cms -verify -binary -content FILE -in FILE.p7s -inform DER -purpose any`.
 */
import { createHash } from 'node:crypto';
import {
  buildFileSignature,
  CmsError,
  fileSignedAttributes,
  verifyFileSignature,
  type HashName,
} from '../../pki/cms/index.ts';
import { streamRange } from '../archive/index.ts';
import type { RandomAccessSource } from '../random-access.ts';
import { readWhole } from './beside.ts';
import type { Method } from './method.ts';
import { fromPem, toPem } from './pem.ts';

/** With a chain and a timestamp, a signature has about 10 KiB. */
const signatureBytesMax = 1024 * 1024;

export const cms: Method = {
  async subject(source, { hash }) {
    const digest = await digestOf(source, hash);
    return { digest: digest.toString('hex'), content: digest };
  },
  async *embed(_, signature) {
    yield await Promise.resolve(signature);
  },
  async readBack(before, after, signature, sign) {
    const found = await readWhole(after, signatureBytesMax, signature);
    return { signature: found, subject: await cms.subject(before, sign) };
  },

  toBeSigned: ({ content }, { hash }, signer) =>
    fileSignedAttributes({
      hash,
      digest: content,
      time: signer.time,
      signerCertificate: signer.certificate,
    }),
  assemble({ subject, toBeSigned, signature, signer, timestampToken }, { hash, encoding }) {
    const der = buildFileSignature({
      hash,
      digest: subject.content,
      signedAttributes: toBeSigned,
      signature,
      signerCertificate: signer.certificate,
      chain: signer.chain,
      timestampToken,
    });
    return encoding === 'pem' ? toPem(der) : der;
  },
  verify({ signature, subject }, signerCertificate, { hash, encoding }) {
    const der = encoding === 'pem' ? fromPem(signature) : signature;
    if (der === null) throw new CmsError('MALFORMED', 'the signature is no PEM text');
    const digest = Buffer.from(subject.digest, 'hex');
    const verified = verifyFileSignature({ cms: der, hash, digest, signerCertificate });
    return {
      problems: verified.problems,
      signature: verified.signature,
      timestampToken: verified.timestampToken,
    };
  },
};

async function digestOf(source: RandomAccessSource, hash: HashName): Promise<Buffer> {
  const digest = createHash(hash);
  for await (const chunk of streamRange(source)) digest.update(chunk);
  return digest.digest();
}
