/** What NuGet asks of the certificate of an author signature (SigningSpecificationsV1, SigningUtility.Verify). */
import { X509Certificate } from 'node:crypto';
import { asOid, asSequence, oids, readDer } from '../../pki/asn1/index.ts';
import { NugetError } from './errors.ts';

const rsaBitsMin = 2048;
/** Microsoft's "lifetime signing": NuGet refuses certificates for it. */
const lifetimeSigning = '1.3.6.1.4.1.311.10.3.13';
const signatureAlgorithms: readonly string[] = [
  oids.sha256WithRsaEncryption,
  oids.sha384WithRsaEncryption,
  oids.sha512WithRsaEncryption,
];

/** Throws before the key is used for a signature that NuGet would not accept. */
export function requireNugetCertificate(der: Uint8Array): void {
  const { publicKey, keyUsage } = new X509Certificate(der);
  // Of the extended key usage, whatever Node calls it; undefined without one.
  const purposes = (keyUsage as readonly string[] | undefined) ?? [];
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  const [, algorithm] = asSequence(readDer(der));
  const [signatureAlgorithm] = algorithm === undefined ? [] : asSequence(algorithm);
  const issuedWith = signatureAlgorithm === undefined ? '' : asOid(signatureAlgorithm);
  const wanted: readonly (readonly [boolean, string])[] = [
    [
      publicKey.asymmetricKeyType === 'rsa' && bits >= rsaBitsMin,
      'its key is not RSA with 2048 bits or more',
    ],
    [purposes.includes(oids.codeSigning), 'it is not for code signing'],
    [!purposes.includes(lifetimeSigning), 'it is for lifetime signing'],
    [signatureAlgorithms.includes(issuedWith), 'it was not issued with RSA and SHA-256, SHA-384 or SHA-512'],
  ];
  const broken = wanted.find(([holds]) => !holds);
  if (broken === undefined) return;
  throw new NugetError(
    'CERTIFICATE_UNSUITABLE',
    `NuGet accepts no author signature with this certificate: ${broken[1]}.`,
    'Issue the project a certificate for code signing with an RSA key of 3072 bits.',
  );
}
