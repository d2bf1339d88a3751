import { readDer, oids } from '../asn1/index.ts';
import { algorithmIdentifier, signatureAlgorithmFor, type HashName } from './algorithms.ts';
import { singleValue } from './attributes.ts';
import { parseSignedData, type SignedData } from './parse-signed-data.ts';
import { publicKey, verifySignerInfo } from './verify-signer-info.ts';

interface VerifyDetachedInput {
  /** DER ContentInfo, as buildDetached made it. */
  readonly signedData: Uint8Array;
  readonly content: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
  /** By which it must have been signed. */
  readonly hash: HashName;
}

export interface DetachedVerification {
  /** Empty: it holds, and is of the form that buildDetached gives it. */
  readonly problems: readonly string[];
  /** What a timestamp is about: its imprint is the hash of these bytes. */
  readonly signature: Uint8Array;
  /** DER RFC 3161 token, null when there is none or several; not verified here. */
  readonly timestampToken: Uint8Array | null;
}

/**
 * Signature and content → whether they belong together and who signed. Chain, validity, revocation and timestamp are the caller's.
 * Throws CmsError only for what can't be read at all.
 */
export function verifyDetached(input: VerifyDetachedInput): DetachedVerification {
  const { content, signerCertificate, hash } = input;
  const signedData = parseSignedData(input.signedData);
  const signer = verifySignerInfo({ signedData, content });
  const problems = [...signer.problems, ...structureProblems(signedData, signerCertificate, hash)];
  if (signer.certificate === null || Buffer.compare(signer.certificate, signerCertificate) !== 0)
    problems.push('the signature names another certificate');
  if (problems.length === 0 && !signer.ok) problems.push('the signature does not verify');
  const { signature, unsignedAttributes } = signedData.signerInfo;
  const timestampToken = singleValue(unsignedAttributes, oids.timestampToken)?.bytes ?? null;
  return { problems, signature, timestampToken };
}

function structureProblems(
  { version, encapContentType, encapContentForm, digestAlgorithms, signerInfo }: SignedData,
  signerCertificate: Uint8Array,
  hash: HashName,
): string[] {
  const protection = singleValue(signerInfo.signedAttributes, oids.cmsAlgorithmProtection);
  const [digest, signature] = protection?.children ?? [];
  const expectedSignature = readDer(signatureAlgorithmFor(publicKey(signerCertificate), hash));
  const isProtected =
    protection?.children.length === 2 &&
    Buffer.compare(digest?.bytes ?? new Uint8Array(0), algorithmIdentifier(oids[hash])) === 0 &&
    signature?.tagClass === 'context' &&
    signature.tagNumber === 1 &&
    Buffer.compare(signature.contents, expectedSignature.contents) === 0;
  const wanted: readonly (readonly [boolean, string])[] = [
    [version === 1, `SignedData of version ${version}; detached data has 1`],
    [encapContentType === oids.data, `the content is of type ${encapContentType}`],
    [encapContentForm === 'detached', 'the signature carries content of its own'],
    [
      signerInfo.signerIdentifier.kind === 'issuerAndSerialNumber',
      'the signer is not named by issuer and serial',
    ],
    [
      digestAlgorithms.length === 1 && digestAlgorithms[0] === signerInfo.digestAlgorithm,
      'the digest algorithms announced are not the one used',
    ],
    [signerInfo.digestAlgorithm === oids[hash], `the signature was made with another hash than ${hash}`],
    [isProtected, 'the signed attributes don’t name the algorithms used'],
    [signerInfo.signedAttributesOrdered, "the signed attributes are not in DER's order"],
    [
      singleValue(signerInfo.signedAttributes, oids.signingTime) !== null,
      'the signed attributes state no time',
    ],
  ];
  return wanted.filter(([holds]) => !holds).map(([, problem]) => problem);
}
