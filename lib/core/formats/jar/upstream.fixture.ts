/** Archives as others sign them, honestly or not: manifest and signature files are given as text. */
import { createHash, sign as signBytes } from 'node:crypto';
import * as asn1 from '../../pki/asn1/index.ts';
import { buildDetached, certificateIdentity, detachedSignedAttributes } from '../../pki/cms/index.ts';
import type { TestSigner } from '../../pki/cms/signer.fixture.ts';
import { zip, type ZipPart } from '../zip/zip.fixture.ts';

export const base64 = (content: string | Uint8Array, hash = 'sha256'): string =>
  createHash(hash).update(content).digest('base64');

/** `Manifest-Version` and a section for each file. */
export const manifestOf = (files: Readonly<Record<string, string>>, digest = 'SHA-256'): string =>
  'Manifest-Version: 1.0\r\nMain-Class: demo.Main\r\n\r\n' + sectionsOf(files, digest);

export const sectionsOf = (files: Readonly<Record<string, string>>, digest = 'SHA-256'): string =>
  Object.entries(files)
    .map(
      ([name, content]) =>
        `Name: ${name}\r\n${digest}-Digest: ${base64(content, digest.replace('-', ''))}\r\n\r\n`,
    )
    .join('');

/** About the manifest as a whole, and each of its sections. */
export function signatureFileOf(manifest: string, digest = 'SHA-256'): string {
  const hash = digest.replace('-', '');
  const [main = '', ...sections] = manifest.split(/(?<=\r\n\r\n)/);
  const named = sections.map(
    (section) => `${section.split('\r\n')[0] ?? ''}\r\n${digest}-Digest: ${base64(section, hash)}\r\n\r\n`,
  );
  return (
    `Signature-Version: 1.0\r\n${digest}-Digest-Manifest: ${base64(manifest, hash)}\r\n` +
    `${digest}-Digest-Manifest-Main-Attributes: ${base64(main, hash)}\r\n\r\n${named.join('')}`
  );
}

/** A block over a signature file; `bare`: as the JDK before 16 made them, without signed attributes. */
export function blockOf(signer: TestSigner, text: string | Uint8Array, bare = false): Uint8Array {
  const content = Buffer.from(text);
  if (bare) return bareBlock(signer, content);
  const contentDigest = createHash('sha256').update(content).digest();
  const signedAttributes = detachedSignedAttributes({
    contentDigest,
    hash: 'sha256',
    signingTime: new Date('2026-11-22T10:00:00Z'),
    signerCertificate: signer.certificate,
  });
  return buildDetached({
    signedAttributes,
    contentDigest,
    hash: 'sha256',
    signature: Uint8Array.from(signBytes('sha256', signedAttributes, signer.key)),
    signerCertificate: signer.certificate,
    chain: [signer.root],
    timestampToken: null,
  });
}

function bareBlock({ certificate, root, key }: TestSigner, content: Uint8Array): Uint8Array {
  const { oids, sequence, integer, oid, set, nullValue, octetString } = asn1;
  const { issuer, serialNumberDer } = certificateIdentity(certificate);
  const algorithm = (type: string) => sequence(oid(type), nullValue());
  const signerInfo = sequence(
    integer(1),
    sequence(issuer, serialNumberDer),
    algorithm(oids.sha256),
    algorithm(oids.rsaEncryption),
    octetString(Uint8Array.from(signBytes('sha256', content, key))),
  );
  const signedData = sequence(
    integer(1),
    set(algorithm(oids.sha256)),
    sequence(oid(oids.data)),
    asn1.implicitConstructed(0, certificate, root),
    set(signerInfo),
  );
  return sequence(oid(oids.signedData), asn1.explicit(0, signedData));
}

interface Signed {
  readonly manifest?: string;
  readonly signatureFile?: string;
  readonly bare?: boolean;
  /** Files beside those that the manifest is made of. */
  readonly more?: readonly ZipPart[];
}

export const someFiles = { 'demo/Main.class': 'class', 'META-INF/LICENSE': 'licence' } as const;

/** → archive; what isn't given follows from the files. */
export function archiveSignedBy(
  signer: TestSigner,
  {
    manifest = manifestOf(someFiles),
    signatureFile = signatureFileOf(manifest),
    bare = false,
    more = [],
  }: Signed = {},
  files: Readonly<Record<string, string>> = someFiles,
): Uint8Array {
  return Uint8Array.from(
    zip([
      { name: 'META-INF/MANIFEST.MF', content: manifest },
      { name: 'META-INF/UPSTREAM.SF', content: signatureFile },
      { name: 'META-INF/UPSTREAM.RSA', content: blockOf(signer, signatureFile, bare) },
      ...Object.entries(files).map(([name, content]) => ({ name, content })),
      ...more,
    ]),
  );
}
