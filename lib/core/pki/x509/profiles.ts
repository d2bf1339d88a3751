import 'reflect-metadata';
import peculiar from '@peculiar/x509';
import { nullValue, oids } from '../asn1/index.ts';
import { X509Error } from '../certificate-path/index.ts';

const { KeyUsageFlags, ExtendedKeyUsage } = peculiar;
const dayMs = 86_400_000;

/** Who a certificate names; the order in the certificate is C, ST, L, O, CN. */
export interface SubjectName {
  readonly country?: string;
  readonly stateOrProvince?: string;
  readonly locality?: string;
  readonly organization: string;
  readonly commonName: string;
}

/** Where relying parties find revocation lists, issuers and rules; all optional in a private hierarchy. */
export interface CertificateUrls {
  readonly crl?: string;
  readonly issuerCertificate?: string;
  readonly ocsp?: string;
  /** Object identifier of the certificate policy. */
  readonly policyOid?: string;
}

export type CertificateKind =
  'root' | 'issuing' | 'release' | 'test' | 'timestamp' | 'ocsp' | 'raw' | 'openpgp';

interface Profile {
  /** Maximum lifetime in days, and the rule that sets it. */
  readonly daysMax: number;
  readonly rule: string;
  readonly selfSigned: boolean;
  readonly extensions: () => peculiar.Extension[];
}

const signsFiles = (): peculiar.Extension[] => [
  new peculiar.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
  new peculiar.ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning], false),
];

/** Five years: whoever verifies such a signature looks at the key alone, and it is published by hand. */
const ownKey: Profile = {
  daysMax: 5 * 366,
  rule: 'a key of a project’s own is valid for at most five years',
  selfSigned: true,
  extensions: () => [
    new peculiar.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
    // Critical, so that whoever trusts the record all the same takes it for nothing that signs programs.
    new peculiar.ExtendedKeyUsageExtension([oids.documentSigning], true),
  ],
};

/**
 * The certificates of the hierarchy: CA/Browser Forum Code Signing Baseline Requirements §6.3.2 and §7.1.2,
 * RFC 5280 §4.2, and RFC 3161 §2.3 for the timestamp authority.
 */
export const profiles: Readonly<Record<CertificateKind, Profile>> = {
  root: {
    daysMax: 25 * 366,
    rule: 'a root is valid for at most 25 years',
    selfSigned: true,
    extensions: () => [
      new peculiar.BasicConstraintsExtension(true, undefined, true),
      new peculiar.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  },
  issuing: {
    daysMax: 15 * 366,
    rule: 'an issuing CA is valid for at most 15 years',
    selfSigned: false,
    extensions: () => [
      new peculiar.BasicConstraintsExtension(true, 0, true),
      new peculiar.KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new peculiar.ExtendedKeyUsageExtension([ExtendedKeyUsage.codeSigning], false),
    ],
  },
  release: {
    daysMax: 460,
    rule: 'Code Signing BR §6.3.2: at most 460 days since 2026-03-01',
    selfSigned: false,
    extensions: signsFiles,
  },
  test: {
    daysMax: 460,
    rule: 'a test certificate is valid for no longer than a release certificate',
    selfSigned: true,
    extensions: signsFiles,
  },
  timestamp: {
    // 135 months of 30.4 days; the shortest reading of the rule.
    daysMax: 4104,
    rule: 'Code Signing BR §6.3.2: at most 135 months',
    selfSigned: false,
    extensions: () => [
      new peculiar.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      // RFC 3161 §2.3: critical, and the only usage.
      new peculiar.ExtendedKeyUsageExtension([ExtendedKeyUsage.timeStamping], true),
    ],
  },
  /** Records of keys: what they are for, and how long. Nobody is asked to trust one. */
  raw: ownKey,
  openpgp: ownKey,
  ocsp: {
    daysMax: 3 * 366,
    rule: 'a responder is valid for at most three years: its own revocation is never checked (RFC 6960 §4.2.2.2.1)',
    selfSigned: false,
    extensions: () => [
      new peculiar.KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new peculiar.ExtendedKeyUsageExtension([ExtendedKeyUsage.ocspSigning], false),
      new peculiar.Extension(oids.ocspNoCheck, false, nullValue()),
    ],
  },
};

/** Throws PROFILE_INVALID if the validity is empty, inverted or longer than the profile's rule. */
export function checkValidity(kind: CertificateKind, notBefore: Date, notAfter: Date): void {
  const days = (notAfter.getTime() - notBefore.getTime()) / dayMs;
  const { daysMax, rule } = profiles[kind];
  if (days > 0 && days <= daysMax) return;
  throw new X509Error('PROFILE_INVALID', `a ${kind} certificate of ${days.toFixed(1)} days: ${rule}`);
}

export function subjectName(subject: SubjectName): peculiar.Name {
  const parts: Record<string, string[]>[] = [];
  const add = (type: string, value: string | undefined): void => {
    if (value === undefined) return;
    if (value.trim() === '' || value.length > 64 || !value.isWellFormed()) {
      throw new X509Error('PROFILE_INVALID', `subject ${type}: 1 to 64 characters (RFC 5280 appendix A.1)`);
    }
    parts.push({ [type]: [value] });
  };
  if (subject.country !== undefined && !/^[A-Z]{2}$/.test(subject.country)) {
    throw new X509Error(
      'PROFILE_INVALID',
      `subject country ${subject.country}: two capital letters (ISO 3166)`,
    );
  }
  add('C', subject.country);
  add('ST', subject.stateOrProvince);
  add('L', subject.locality);
  add('O', subject.organization);
  add('CN', subject.commonName);
  return new peculiar.Name(parts);
}

export function urlExtensions(urls: CertificateUrls): peculiar.Extension[] {
  const access = {
    ...(urls.issuerCertificate === undefined ? {} : { caIssuers: urls.issuerCertificate }),
    ...(urls.ocsp === undefined ? {} : { ocsp: urls.ocsp }),
  };
  return [
    ...(urls.crl === undefined ? [] : [new peculiar.CRLDistributionPointsExtension([urls.crl])]),
    ...(Object.keys(access).length === 0 ? [] : [new peculiar.AuthorityInfoAccessExtension(access)]),
    ...(urls.policyOid === undefined ? [] : [new peculiar.CertificatePolicyExtension([urls.policyOid])]),
  ];
}
