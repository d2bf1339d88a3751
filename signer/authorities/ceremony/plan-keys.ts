import type { CertificateKind, CertificateUrls, SubjectName } from '#core/pki/x509/index.ts';
import type { UserId } from '#core/pki/openpgp/index.ts';
import type { KeyKind } from '#core/pki/key-kind/index.ts';
import type { CeremonyConfig, TokenRole } from '../ceremony-config/index.ts';

export interface OwnKey {
  readonly serves: 'release' | 'test';
  /** Of an OpenPGP key. */
  readonly userId: UserId | null;
}

/** One key and its certificate, as configured. */
export interface PlannedKey {
  readonly label: string;
  /** Of the private key: another label than the certificate's where that is one of several for the same key. */
  readonly keyLabel: string;
  /** ISO 8601; null: it signs as soon as it is valid. */
  readonly notUsedBefore: string | null;
  readonly kind: CertificateKind;
  readonly token: TokenRole;
  /** Label of the token; null: it isn't chosen yet (`placeKeys`). */
  readonly tokenLabel: string | null;
  readonly keyKind: KeyKind;
  readonly project: string | null;
  readonly name: string | null;
  /** null for keys that belong to no project. */
  readonly program: 'executables' | 'components' | null;
  readonly subject: SubjectName;
  /** Label of the key that signs the certificate; null for a self-signed one. */
  readonly issuer: string | null;
  /** A public CA issues the certificate: a request is made here. */
  readonly requested: boolean;
  /** The subject of the project's own certificate; null: the foundation. */
  readonly holder: { readonly organization: string } | null;
  /** Of a key of the project's own; null: it has a certificate that others verify. */
  readonly own: OwnKey | null;
  readonly notAfter: Date;
  readonly urls: CertificateUrls;
}

export const rootLabel = 'foundation-root';
const issuingLabel = 'foundation-issuing';
const timestampLabel = 'foundation-timestamp';
const ocspLabel = 'foundation-ocsp';

/**
 * Configuration → the planned keys, issuers before what they issue. The timestamp authority is issued by the root,
 * since the issuing CA is limited to code signing. Test certificates are self-signed, so that nobody trusts them
 * along with the foundation.
 */
export function planKeys(config: CeremonyConfig, notBefore: Date): readonly PlannedKey[] {
  return plannedKeys(config, notBefore).map((planned) => ({
    tokenLabel: null,
    notUsedBefore: null,
    keyLabel: planned.label,
    ...planned,
  }));
}

type Unplaced = Omit<PlannedKey, 'tokenLabel' | 'notUsedBefore' | 'keyLabel'> &
  Partial<Pick<PlannedKey, 'tokenLabel' | 'notUsedBefore' | 'keyLabel'>>;

function plannedKeys(config: CeremonyConfig, notBefore: Date): readonly Unplaced[] {
  const { foundation, validity, urls } = config;
  const { name, ...place } = foundation;
  const subject = (commonName: string): SubjectName => ({
    ...defined(place),
    organization: name,
    commonName,
  });
  const requested = config.publicAuthority !== undefined;
  const none = { project: null, name: null, program: null, requested: false, holder: null, own: null };
  const later = (months: number, days = 0): Date => addTime(notBefore, months, days);
  const underRoot = defined({ crl: urls.rootCrl, issuerCertificate: urls.rootCertificate });
  const underIssuing = defined({
    crl: urls.issuingCrl,
    issuerCertificate: urls.issuingCertificate,
    ocsp: urls.ocsp,
    policyOid: urls.policyOid,
  });
  const timestampKey: Unplaced = {
    label: timestampLabel,
    kind: 'timestamp',
    token: 'timestamping',
    keyKind: 'rsa-3072',
    ...none,
    subject: subject(`${name} Timestamp Authority`),
    issuer: requested ? null : rootLabel,
    requested,
    notAfter: later(validity.timestampMonths),
    urls: requested ? {} : underRoot,
  };
  const ownKeys: Unplaced[] = [
    {
      label: rootLabel,
      kind: 'root',
      token: 'root',
      keyKind: config.rootModulusBits === 4096 ? 'rsa-4096' : 'rsa-3072',
      ...none,

      subject: subject(`${name} Root CA`),
      issuer: null,
      notAfter: later(validity.rootYears * 12),
      urls: {},
    },
    {
      label: issuingLabel,
      kind: 'issuing',
      token: 'issuing',
      keyKind: 'rsa-3072',
      ...none,
      subject: subject(`${name} Code Signing CA`),
      issuer: rootLabel,
      notAfter: later(validity.issuingYears * 12),
      urls: underRoot,
    },
    timestampKey,
    {
      label: numbered(ocspLabel, config.ocspGeneration),
      kind: 'ocsp',
      token: 'issuing',
      keyKind: 'rsa-3072',
      ...none,
      subject: subject(`${name} OCSP Responder`),
      issuer: issuingLabel,
      // No URL for its own status: id-pkix-ocsp-nocheck.
      notAfter: later(0, validity.ocspDays),
      urls: {},
    },
  ];
  const projectKeys = config.projects.flatMap((project) =>
    project.certificates.map((certificate): Unplaced => {
      const release = certificate.purpose === 'release';
      const commonName = `${release ? '' : 'TEST ONLY: '}${name} (${project.name})`;
      const own = certificate.publisher === 'project' ? (project.holder ?? null) : null;
      const isRequested = release && (requested || own !== null);
      return {
        label: numbered(`${project.slug}.${certificate.name}`, certificate.generation),
        keyLabel: numbered(
          `${project.slug}.${certificate.name}`,
          certificate.sameKeyAs ?? certificate.generation,
        ),
        notUsedBefore: certificate.notUsedBefore ?? null,
        kind: certificate.purpose,
        token: 'signing',
        tokenLabel: certificate.token ?? null,
        keyKind: certificate.key,
        project: project.slug,
        name: certificate.name,
        program: project.program,
        subject:
          own === null
            ? subject(commonName)
            : { ...defined(own), organization: own.organization, commonName: own.organization },
        issuer: release && !isRequested ? issuingLabel : null,
        requested: isRequested,
        holder: own === null ? null : { organization: own.organization },
        own: null,
        notAfter: later(0, release ? validity.releaseDays : validity.testDays),
        urls: release && !isRequested ? underIssuing : {},
      };
    }),
  );
  const projectsOwnKeys = config.projects.flatMap((project) =>
    project.ownKeys.map((own): Unplaced => {
      const test = own.serves === 'test' ? 'TEST ONLY: ' : '';
      const what = own.purpose === 'raw' ? 'raw signatures' : 'OpenPGP';
      return {
        label: numbered(`${project.slug}.${own.name}`, own.generation),
        kind: own.purpose,
        token: 'signing',
        tokenLabel: own.token ?? null,
        keyKind: own.key,
        project: project.slug,
        name: own.name,
        program: project.program,
        subject: subject(`Key for ${what} (${project.name})`),
        issuer: null,
        requested: false,
        holder: null,
        own: {
          serves: own.serves,
          userId:
            own.purpose === 'raw'
              ? null
              : {
                  name: `${test}${project.name}`,
                  address: `${project.slug}${own.serves === 'test' ? '+test' : ''}@${config.openPgp?.domain ?? ''}`,
                },
        },
        notAfter: later(0, validity.ownKeyDays),
        urls: {},
      };
    }),
  );
  const requestedKeys = config.tokens.timestamping === undefined ? [] : [timestampKey];
  return [...(requested ? requestedKeys : ownKeys), ...projectKeys, ...projectsOwnKeys];
}

/** `widget.release`, and for a successor `widget.release.2`. */
function numbered(label: string, generation: number): string {
  return generation === 1 ? label : `${label}.${generation}`;
}

function addTime(from: Date, months: number, days: number): Date {
  const to = new Date(from);
  to.setUTCMonth(to.getUTCMonth() + months);
  to.setUTCDate(to.getUTCDate() + days);
  return to;
}

type Defined<T> = { [Key in keyof T]?: Exclude<T[Key], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Defined<T>;
}
