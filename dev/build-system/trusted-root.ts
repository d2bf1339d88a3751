import type { JsonValue } from '#core/json/index.ts';
import { validFrom } from './certificate-authority.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import type { SigningKey } from './keys.ts';
import { logHost } from './transparency-log.ts';

export const secondLogHost = 'log-2.development-build-system.example';

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

export interface TrustedRootOptions {
  /** False leaves both logs out, as in GitHub's own trust root. */
  readonly logs?: boolean;
  /** Adds the log that is like Rekor 2, valid from then on, or until a day. */
  readonly secondLog?: boolean | { readonly until: Date };
  /** DER certificate chains of timestamp authorities, leaf first. */
  readonly timestampAuthorities?: readonly (readonly Uint8Array[])[];
}

/** Certificates and log keys → Sigstore TrustedRoot 0.1. */
export function trustedRoot(
  authority: CertificateAuthority,
  { log, secondLog, certificateLog }: Readonly<Record<'log' | 'secondLog' | 'certificateLog', SigningKey>>,
  options: TrustedRootOptions,
): JsonValue {
  const validFor = { start: validFrom.toISOString() };
  const { secondLog: second = false } = options;
  const logOf = (
    key: SigningKey,
    baseUrl: string,
    keyDetails = 'PKIX_ECDSA_P256_SHA_256',
    until?: Date,
  ): JsonValue => ({
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: base64(key.spki),
      keyDetails,
      validFor: until === undefined ? validFor : { ...validFor, end: until.toISOString() },
    },
    logId: { keyId: base64(key.id) },
  });
  const authorityOf = (chain: readonly Uint8Array[], name: string): JsonValue => ({
    subject: { organization: 'Development build system', commonName: name },
    uri: `https://${name}.development-build-system.example`,
    certChain: { certificates: chain.map((der) => ({ rawBytes: base64(der) })) },
    validFor,
  });
  const logs = options.logs ?? true;
  return {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [
      ...(logs ? [logOf(log, `https://${logHost}`)] : []),
      ...(second === false
        ? []
        : [
            logOf(
              secondLog,
              `https://${secondLogHost}`,
              'PKIX_ED25519',
              second === true ? undefined : second.until,
            ),
          ]),
    ],
    certificateAuthorities: [authorityOf(authority.chain, 'authority')],
    ctlogs: logs ? [logOf(certificateLog, 'https://certificate-log.development-build-system.example')] : [],
    timestampAuthorities: (options.timestampAuthorities ?? []).map((chain) => authorityOf(chain, 'time')),
  };
}
