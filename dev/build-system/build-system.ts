import { join } from 'node:path';
import type { JsonValue } from '#core/json/index.ts';
import { openCertificateAuthority } from './certificate-authority.ts';
import type { CertificateAuthority } from './certificate-authority.ts';
import { exampleRun } from './claims.ts';
import type { WorkflowRun } from './claims.ts';
import { extensionsOf } from './extensions.ts';
import type { CertifiedBuild, ExtensionChanges } from './extensions.ts';
import { certifiedRun } from './github.ts';
import { certifiedJob, exampleJob } from './gitlab.ts';
import type { PipelineJob } from './gitlab.ts';
import { keepKey, keepNoteKey, keepText, newKey } from './keys.ts';
import type { SigningKey } from './keys.ts';
import type { Subject } from './provenance.ts';
import { inToto, signEnvelope, signMessage } from './signed-content.ts';
import type { SignedContent } from './signed-content.ts';
import { openTransparencyLog } from './transparency-log.ts';
import type { LogVersion, TransparencyLog } from './transparency-log.ts';
import { secondLogHost, trustedRoot } from './trusted-root.ts';
import type { TrustedRootOptions } from './trusted-root.ts';

export interface BuildOptions {
  /** What differs from exampleRun. */
  readonly run?: Partial<WorkflowRun>;
  /** A job of GitLab CI/CD in place of a run of GitHub Actions: what differs from exampleJob. */
  readonly job?: Partial<PipelineJob>;
  /** Changes to single certificate extensions, to mint certificates that a genuine build system never would. */
  readonly extensions?: ExtensionChanges;
  /** URI the certificate is issued to, where it should differ from the signing workflow. */
  readonly subjectUri?: string;
  readonly forCodeSigning?: boolean;
  readonly at?: Date;
  /** 0.3 by default; before it, the certificate travels as a chain. */
  readonly bundleVersion?: '0.1' | '0.2' | '0.3';
  /** Signature → DER TimeStampResp over it (RFC 3161), for build systems that timestamp. */
  readonly timestamp?: (signature: Uint8Array) => Promise<Uint8Array>;
  /** False leaves both logs out, as GitHub does for private repositories. */
  readonly logged?: boolean;
  /** 2: in the log that is like Rekor 2; 1 by default. */
  readonly log?: LogVersion;
}

export interface Attestation extends BuildOptions {
  readonly subjects: readonly Subject[];
  /** in-toto statement to sign in place of the provenance of the run. */
  readonly statement?: JsonValue;
  /** Text to sign in place of a statement's JSON, for what JSON.stringify wouldn't write. */
  readonly payload?: string;
  readonly payloadType?: string;
}

/** Development substitute for GitHub Actions, GitLab CI/CD and Sigstore: it really signs, and nobody should trust it. */
export interface BuildSystem {
  /** Sigstore bundle (JSON) with a DSSE envelope around in-toto SLSA provenance. */
  attest(attestation: Attestation): Promise<JsonValue>;
  /** Sigstore bundle (JSON) with a signature over the bytes themselves. */
  signBytes(bytes: Uint8Array, options?: BuildOptions): Promise<JsonValue>;
  /** Sigstore TrustedRoot (JSON) that exactly these bundles verify with. */
  trustedRoot(options?: TrustedRootOptions): JsonValue;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Folder → build system with the keys, certificates and log kept in it; makes what is missing. */
export async function openBuildSystem(dir: string): Promise<BuildSystem> {
  await keepText(
    join(dir, 'DEVELOPMENT-ONLY.txt'),
    () =>
      'Keys of a development build system. Trusting them means trusting everybody who can read this folder.\n',
  );
  const certificateLog = await keepKey(join(dir, 'certificate-log.key.pem'));
  const logKey = await keepKey(join(dir, 'log.key.pem'));
  const authority = await openCertificateAuthority(dir, certificateLog);
  const secondLogKey = await keepNoteKey(join(dir, 'log-2.key.pem'), secondLogHost);
  const second = { host: secondLogHost, version: 2 } as const;
  const logs: Logs = {
    1: openTransparencyLog(join(dir, 'log.jsonl'), logKey),
    2: openTransparencyLog(join(dir, 'log-2.jsonl'), secondLogKey, second),
  };
  const sign = (
    options: BuildOptions,
    content: (key: SigningKey, certificate: Uint8Array) => SignedContent,
  ) => makeBundle(authority, logs, options, content);
  return {
    attest: (attestation) => {
      const statement = attestation.statement ?? buildOf(attestation).provenance(attestation.subjects);
      const payloadType = attestation.payloadType ?? inToto;
      const payload = attestation.payload ?? JSON.stringify(statement);
      return sign(attestation, (key, certificate) => signEnvelope(payload, payloadType, key, certificate));
    },
    signBytes: (bytes, options = {}) =>
      sign(options, (key, certificate) => signMessage(bytes, key, certificate)),
    trustedRoot: (options = {}) =>
      trustedRoot(authority, { log: logKey, secondLog: secondLogKey, certificateLog }, options),
  };
}

const buildOf = ({ run, job }: BuildOptions): CertifiedBuild =>
  job === undefined ? certifiedRun({ ...exampleRun, ...run }) : certifiedJob({ ...exampleJob, ...job });

type Logs = Readonly<Record<LogVersion, TransparencyLog>>;

async function makeBundle(
  authority: CertificateAuthority,
  logs: Logs,
  options: BuildOptions,
  content: (key: SigningKey, certificate: Uint8Array) => SignedContent,
): Promise<JsonValue> {
  const build = buildOf(options);
  const at = options.at ?? new Date();
  const version = options.bundleVersion ?? '0.3';
  const key = newKey();
  const certificate = await authority.issue({
    spki: key.spki,
    subjectUri: options.subjectUri ?? build.subjectUri,
    extensions: extensionsOf(build.values, options.extensions),
    at,
    forCodeSigning: options.forCodeSigning ?? true,
    logged: options.logged ?? true,
  });
  const signed = content(key, certificate);
  const logVersion = options.log ?? 1;
  const token = await options.timestamp?.(signed.signature);
  const rawBytes = base64(certificate);
  return {
    mediaType:
      version === '0.3'
        ? 'application/vnd.dev.sigstore.bundle.v0.3+json'
        : `application/vnd.dev.sigstore.bundle+json;version=${version}`,
    verificationMaterial: {
      ...(version === '0.3'
        ? { certificate: { rawBytes } }
        : { x509CertificateChain: { certificates: [{ rawBytes }] } }),
      tlogEntries: options.logged === false ? [] : [logs[logVersion].append(signed.entries[logVersion], at)],
      timestampVerificationData: {
        rfc3161Timestamps: token === undefined ? [] : [{ signedTimestamp: base64(token) }],
      },
    },
    ...signed.content,
  };
}
