/** The signer's configuration: one YAML file, read once at start. Secrets are referenced by file, never written here. */
import { hostname } from 'node:os';
import { z } from 'zod';
import {
  databasePasswordSchema,
  readConfiguration,
  withDatabasePassword,
  type Environment,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { moduleEnvironmentSchema } from '../../keyholder/index.ts';
import { pinSchema } from '../service/index.ts';

const seconds = z.number().positive().max(86_400);
const schema = (paths: Paths) => {
  const { path, absolute } = paths;
  return z.strictObject({
    /** Name of this signer among those on the same database; default: the host’s name. */
    signerId: z
      .string()
      .regex(
        /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})$/,
        'up to 63 letters, digits, dots, hyphens and underscores',
      )
      .default(() => hostname().slice(0, 63)),
    /** PostgreSQL URL of the signer's own role. */
    databaseUrl: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL'),
    /** Its password, where it doesn't stand in the address: once read, it does. */
    databasePassword: databasePasswordSchema(paths).optional(),
    policyRepository: z.strictObject({
      url: z.string().min(1),
      ref: z.string().regex(/^refs\/heads\/.+/, 'a full ref such as refs/heads/main'),
      /** The first accepted commit, pinned by the person who installs the signer. */
      initialCommit: z.string().regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/, 'a full commit hash'),
      directory: path,
      pollSeconds: seconds.default(30),
    }),
    store: z.strictObject({
      artifacts: path,
      released: path,
      /** The portal's upload limit applies to the portal; this one applies to whoever else writes into the store. */
      artifactSizeBytesMax: z
        .number()
        .int()
        .positive()
        .default(4 * 1024 ** 3),
    }),
    workDirectory: path,
    /** Where the signer records how far the journal had come; default: beside the policy clone. */
    journalAnchor: path.optional(),
    /** Every revocation that ever was in an accepted policy; default: beside the policy clone. */
    revocationRegister: path.optional(),
    /** Emergency stops of this host; default: beside the policy clone. */
    emergencyStops: path.optional(),
    /** The revocation list that the authority publishes, for the signer to monitor; default: not monitored. */
    revocationList: z.strictObject({ file: path, issuer: path }).optional(),
    /** The status answers that the authority publishes, likewise. */
    statusAnswers: z.strictObject({ folder: path, issuer: path }).optional(),
    /** Folder of the trust roots that the policy has kept current by TUF; default: beside the policy clone. */
    sigstoreRoots: path.optional(),
    /** Sigstore trusted roots by the name that trust/root.yaml uses; `builtin:` names the embedded public one. */
    trustRoots: z.record(
      z.string(),
      z
        .string()
        .min(1)
        .transform((value) => (value.startsWith('builtin:') ? value : absolute(value))),
    ),
    keyHolder: z
      .strictObject({
        module: z.string().min(1),
        softhsmConf: path.optional(),
        moduleEnvironment: moduleEnvironmentSchema.default({}),
        /** Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md). */
        fips: z.boolean().default(false),
        tokenLabel: z.string().min(1).max(32),
        pin: pinSchema(paths),
        /** Further tokens with keys of projects, on the same module. One that is missing takes only its own keys away. */
        furtherTokens: z
          .array(z.strictObject({ label: z.string().min(1).max(32), pin: pinSchema(paths) }))
          .max(15)
          .default([]),
        registry: path,
        journal: path,
        signaturesPerMinuteMax: z.number().int().positive().default(120),
      })
      .refine(
        ({ tokenLabel, furtherTokens }) =>
          new Set([tokenLabel, ...furtherTokens.map(({ label }) => label)]).size === 1 + furtherTokens.length,
        { path: ['furtherTokens'], error: 'each label once' },
      ),
    /**
     * Lets `npm run audit:sign` sign the digests of audit exports with the log's key: the registry names key and
     * token, and this where
     * its PIN is. Left out: exports are not signed.
     */
    auditLog: z.strictObject({ pin: pinSchema(paths) }).optional(),
    /**
     * What the signer asks code hosts with, by the address that trust/root.yaml names as `hostApi`: a token, or a GitHub App's key. Its
     * own, read-only, and never the portal's (docs/guides/code-host.md).
     */
    codeHosts: z
      .array(
        z
          .strictObject({
            api: z.string().regex(/^https?:\/\/[^\s?#@]+[^\s?#@/]$/, 'an address as `hostApi` has it'),
            token: z.strictObject({ file: path }).optional(),
            app: z.strictObject({ id: z.number().int().positive(), key: path }).optional(),
            /** Of the host's own limit, what is left to this signer. */
            requestsPerHourMax: z.number().int().min(50).max(100_000).default(4000),
            timeoutSeconds: seconds.max(120).default(15),
          })
          .refine(
            ({ token, app }) => (token === undefined) !== (app === undefined),
            'one of `token` and `app`',
          ),
      )
      .max(10)
      .refine((all) => new Set(all.map(({ api }) => api)).size === all.length, 'each address once')
      .default([]),
    timestamp: z.strictObject({
      /** The URL of a timestamp's authority is public, so it may not contain a password. */
      urls: z
        .array(
          z.url().refine((address) => !address.includes('@'), 'an address without user name and password'),
        )
        .min(1),
      trustedRoots: z.array(path).min(1),
      timeoutSeconds: seconds.default(20),
      /** After this long without an answer the next authority is asked, too. */
      hedgeSeconds: seconds.default(3),
    }),
    scanner: z.strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      port: z.number().int().min(1).max(65_535),
      timeoutSeconds: seconds.default(300),
      /**
       * The largest file that clamd is sent; a larger one must be an archive that the inspector opens. The signer
       * tests that clamd reads files of this size completely (docs/guides/scanning.md).
       */
      streamSizeBytesMax: z
        .number()
        .int()
        .min(1024 ** 2)
        .max(2000 * 1024 ** 2)
        .default(512 * 1024 ** 2),
      databaseAgeHoursMax: z.number().positive().default(48),
      /** Accept a scanner that has only local signatures. For development: it detects next to nothing. */
      developmentDatabase: z.boolean().default(false),
    }),
    inspector: z
      .strictObject({
        /** `required` refuses to inspect where the system provides no network namespace for the sandbox. */
        networkNamespace: z.enum(['required', 'preferred']).default('preferred'),
        limits: z
          .strictObject({
            timeoutSeconds: seconds.default(600),
            heapMebibytes: z.number().int().min(64).default(512),
            memoryMebibytes: z.number().int().min(256).default(1536),
          })
          .prefault({}),
      })
      .prefault({}),
    /** Files that people drop in the portal to have a configuration suggested: one at a time, beside the requests. */
    samples: z
      .strictObject({
        sizeBytesMax: z
          .number()
          .int()
          .positive()
          .max(4 * 1024 ** 3)
          .default(256 * 1024 ** 2),
        secondsMax: seconds.max(3600).default(300),
      })
      .prefault({}),
    retry: z
      .strictObject({
        /** 500 attempts ten minutes apart take over three days: an outage of a weekend ends no request. */
        attemptsMax: z.number().int().positive().default(500),
        delaySeconds: seconds.default(5),
        delaySecondsMax: seconds.default(600),
      })
      .default({ attemptsMax: 500, delaySeconds: 5, delaySecondsMax: 600 }),
    sweepSeconds: seconds.default(5),
    concurrency: z.number().int().min(1).max(16).default(4),
    /** Whose turn it is (docs/guides/fairness.md). */
    turns: z
      .strictObject({
        /** Requests of one project processed at once; default: all places while no other project waits. */
        perProjectMax: z.number().int().min(1).max(1000).optional(),
        /** A project that recently had more work than this comes after all others. */
        workSecondsMax: z.number().positive().default(1800),
        /** Half-life of counted work. */
        workHalfLifeSeconds: seconds.default(1800),
      })
      .prefault({}),
    /** Sessions of the portal’s database role beyond these are ended (docs/decisions/0031). */
    portalSessions: z
      .strictObject({
        transactionSecondsMax: z.number().min(30).max(86_400).default(120),
        locksMax: z.number().int().min(100).default(1000),
      })
      .prefault({}),
  });
};

export interface SignerConfig extends z.output<ReturnType<typeof schema>> {
  readonly journalAnchor: string;
  readonly revocationRegister: string;
  readonly emergencyStops: string;
  readonly sigstoreRoots: string;
}

/**
 * file → configuration with absolute paths (relative ones are resolved from the file's folder). Throws a
 * ConfigurationError.
 */
export function readConfig(file: string, env: Environment = process.env): SignerConfig {
  const config = readConfiguration(file, schema);
  const beside = (ending: string): string => `${config.policyRepository.directory}.${ending}.json`;
  return {
    ...config,
    databaseUrl: withDatabasePassword(config.databaseUrl, config.databasePassword, env),
    journalAnchor: config.journalAnchor ?? beside('journal-anchor'),
    revocationRegister: config.revocationRegister ?? beside('revocations'),
    emergencyStops: config.emergencyStops ?? beside('stops'),
    sigstoreRoots: config.sigstoreRoots ?? `${config.policyRepository.directory}.sigstore-roots`,
  };
}
