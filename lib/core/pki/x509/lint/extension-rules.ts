/** Rules for what a certificate may be used for, and for the addresses at which its issuer publishes. */
import { asBitString, asOid, asSequence, isContext, oids, readDer } from '../../asn1/index.ts';
import type { CertificateKind } from '../profiles.ts';
import type { TbsExtension, TbsView } from './read-tbs.ts';
import type { LintRule } from './rule.ts';

/** First octet of the KeyUsage bits: digitalSignature 0x80, keyCertSign 0x04, cRLSign 0x02 (RFC 5280 §4.2.1.3). */
const keyUsages: Readonly<Record<CertificateKind, number>> = {
  root: 0x06,
  issuing: 0x06,
  release: 0x80,
  test: 0x80,
  timestamp: 0x80,
  ocsp: 0x80,
  raw: 0x80,
  openpgp: 0x80,
};

const purposes: Readonly<Record<CertificateKind, string | null>> = {
  root: null,
  issuing: oids.codeSigning,
  release: oids.codeSigning,
  test: oids.codeSigning,
  timestamp: oids.timeStamping,
  ocsp: oids.ocspSigning,
  raw: oids.documentSigning,
  openpgp: oids.documentSigning,
};

const known: ReadonlySet<string> = new Set([
  oids.subjectKeyIdentifier,
  oids.authorityKeyIdentifier,
  oids.basicConstraints,
  oids.keyUsage,
  oids.extendedKeyUsage,
  oids.cRLDistributionPoints,
  oids.authorityInformationAccess,
  oids.certificatePolicies,
  oids.ocspNoCheck,
]);

const find = ({ extensions }: TbsView, id: string): TbsExtension | undefined =>
  extensions.find((extension) => extension.id === id);
const broken = (isBroken: boolean, what: string): string | null => (isBroken ? what : null);

export const extensionRules: readonly LintRule[] = [
  {
    name: 'extensions-known',
    requirement: 'this foundation’s profiles: no extension that no rule checks',
    check({ extensions }) {
      const other = extensions.find((extension) => !known.has(extension.id));
      return broken(other !== undefined, `extension ${other?.id ?? ''}`);
    },
  },
  {
    name: 'key-usage',
    requirement: 'RFC 5280 §4.2.1.3; Code Signing BR §7.1.2: critical, and nothing but the profile’s',
    check(view, { kind }) {
      const found = find(view, oids.keyUsage);
      if (!found?.critical) return 'missing or not critical';
      const { bytes } = asBitString(readDer(found.value));
      return broken(
        bytes.length !== 1 || bytes[0] !== keyUsages[kind],
        `bits ${Buffer.from(bytes).toString('hex')}`,
      );
    },
  },
  {
    name: 'extended-key-usage',
    requirement:
      'Code Signing BR §7.1.2.2 and §7.1.2.3; RFC 3161 §2.3; RFC 6960 §4.2.2.2: one purpose, critical for timestamps and in records of keys',
    check(view, { kind }) {
      const found = find(view, oids.extendedKeyUsage);
      const expected = purposes[kind];
      if (expected === null) return broken(found !== undefined, 'present in a root');
      const ids = found === undefined ? [] : asSequence(readDer(found.value)).map(asOid);
      if (ids.length !== 1 || ids[0] !== expected) return `purposes ${ids.join(', ') || 'none'}`;
      const mustBeCritical = kind === 'timestamp' || kind === 'raw' || kind === 'openpgp';
      return broken(mustBeCritical && found?.critical !== true, 'not critical');
    },
  },
  {
    name: 'distribution-points',
    requirement: 'RFC 5280 §4.2.1.13; Code Signing BR §7.1.2: not critical, http addresses',
    check: (view) => checkAddresses(find(view, oids.cRLDistributionPoints)),
  },
  {
    name: 'authority-information-access',
    requirement: 'RFC 5280 §4.2.2.1; Code Signing BR §7.1.2: not critical, http addresses',
    check: (view) => checkAddresses(find(view, oids.authorityInformationAccess)),
  },
  {
    name: 'no-addresses',
    requirement: 'RFC 5280 §4.2.1.13: a self-signed certificate is in no revocation list',
    kinds: ['root', 'test', 'raw', 'openpgp'],
    check: (view) => broken(find(view, oids.cRLDistributionPoints) !== undefined, 'a distribution point'),
  },
  {
    name: 'policies',
    requirement: 'RFC 5280 §4.2.1.4: not critical, each policy once',
    check(view) {
      const found = find(view, oids.certificatePolicies);
      if (found === undefined) return null;
      if (found.critical) return 'critical';
      const ids = asSequence(readDer(found.value)).map((policy) => {
        const [id] = asSequence(policy);
        return id === undefined ? '' : asOid(id);
      });
      return broken(ids.length === 0 || new Set(ids).size !== ids.length, `policies ${ids.join(', ')}`);
    },
  },
  {
    name: 'ocsp-no-check',
    requirement: 'RFC 6960 §4.2.2.2.1; Code Signing BR §4.9.9: in responders, and nowhere else',
    check(view, { kind }) {
      const found = find(view, oids.ocspNoCheck);
      if (kind !== 'ocsp') return broken(found !== undefined, 'present');
      return broken(
        found === undefined || Buffer.from(found.value).toString('hex') !== '0500',
        'missing, or not NULL',
      );
    },
  },
];

/** All uniformResourceIdentifiers [6] in an extension, at any depth. */
function checkAddresses(found: TbsExtension | undefined): string | null {
  if (found === undefined) return null;
  if (found.critical) return 'critical';
  const addresses: string[] = [];
  const collect = (node: ReturnType<typeof readDer>): void => {
    if (isContext(node, 6) && !node.constructed)
      addresses.push(Buffer.from(node.contents).toString('latin1'));
    node.children.forEach(collect);
  };
  collect(readDer(found.value));
  if (addresses.length === 0) return 'no address';
  const odd = addresses.find((address) => !/^http:\/\/[!-~]+$/.test(address));
  return broken(
    odd !== undefined,
    `address ${odd ?? ''}: http, since the client has no checked certificate yet`,
  );
}
