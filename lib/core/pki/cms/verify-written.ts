/** Whether a signature of the form that `writeSignedData` gives it holds, for somebody who trusts none of the steps before. */
import { oids } from '../asn1/index.ts';
import type { HashName } from './algorithms.ts';
import { singleValue } from './attributes.ts';
import { parseSignedData, type SignedData } from './parse-signed-data.ts';
import { verifySignerInfo, type SignerVerification } from './verify-signer-info.ts';

export interface WrittenInput {
  /** DER ContentInfo. */
  readonly signedData: Uint8Array;
  /** DER of the certificate that must have signed. */
  readonly signerCertificate: Uint8Array;
  /** By which it must have been signed; null: by any that is accepted. */
  readonly hash: HashName | null;
}

export interface WrittenForm {
  readonly contentType: string;
  readonly form: SignedData['encapContentForm'];
  /** OID of the unsigned attribute that holds the timestamp. */
  readonly timestampType: string;
  /** Detached content, or its digest by the hash that the signature names. */
  readonly content?: Uint8Array;
  readonly contentDigest?: Uint8Array;
  /** What else must hold, each with its problem. */
  readonly more?: (signedData: SignedData) => readonly Requirement[];
}

export type Requirement = readonly [met: boolean, problem: string];

export interface WrittenVerification {
  /** Empty: it holds, names this certificate, and is of this form. */
  readonly problems: readonly string[];
  readonly signedData: SignedData;
  readonly signer: SignerVerification;
  readonly certificateEqual: boolean;
  /** What a timestamp is about: its imprint is the hash of these bytes. */
  readonly signature: Uint8Array;
  /** DER RFC 3161 token, null when there is none or several; not verified here. */
  readonly timestampToken: Uint8Array | null;
}

const forms = {
  detached: 'the signature holds content of its own',
  'octet-string': 'the content is not in an OCTET STRING',
  direct: 'the content is not directly inside [0]',
} as const;

/**
 * Signature and what it must be about → whether they belong together and who signed. Chain, validity, revocation and timestamp are
 * the caller's. Throws CmsError only for what can't be read at all.
 */
export function verifyWritten(input: WrittenInput, form: WrittenForm): WrittenVerification {
  const signedData = parseSignedData(input.signedData);
  const { signerInfo } = signedData;
  const { content, contentDigest } = form;
  const signer = verifySignerInfo({
    signedData,
    ...(content === undefined ? {} : { content }),
    ...(contentDigest === undefined ? {} : { contentDigest }),
  });
  const certificateEqual =
    signer.certificate !== null && Buffer.compare(signer.certificate, input.signerCertificate) === 0;
  const problems = [...formProblems(signedData, input.hash, form), ...signer.problems];
  if (!certificateEqual) problems.push('the signature names another certificate');
  if (problems.length === 0 && !signer.ok) problems.push('the signature does not verify');
  const { signature, unsignedAttributes } = signerInfo;
  const timestampToken = singleValue(unsignedAttributes, form.timestampType)?.bytes ?? null;
  return { problems, signedData, signer, certificateEqual, signature, timestampToken };
}

function formProblems(signedData: SignedData, hash: HashName | null, form: WrittenForm): string[] {
  const { version, encapContentType, encapContentForm, signerInfo, digestAlgorithms } = signedData;
  const requirements: readonly Requirement[] = [
    [version === 1, `SignedData of version ${version}; expected 1`],
    [encapContentType === form.contentType, `the content is of another type than ${form.contentType}`],
    [encapContentForm === form.form, forms[form.form]],
    [
      signerInfo.signerIdentifier.kind === 'issuerAndSerialNumber',
      'the signer is not identified by issuer and serial number',
    ],
    [
      digestAlgorithms.length === 1 && digestAlgorithms[0] === signerInfo.digestAlgorithm,
      'the digest algorithms listed are not the one used',
    ],
    [
      hash === null || signerInfo.digestAlgorithm === oids[hash],
      `the signature was made with another hash than ${hash ?? ''}`,
    ],
    [signerInfo.signedAttributesOrdered, "the signed attributes are not in DER's order"],
    ...(form.more?.(signedData) ?? []),
  ];
  return requirements.filter(([met]) => !met).map(([, problem]) => problem);
}
