/** The signer's configuration: one YAML file, read once at start. Secrets are named by file, never written here. */
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { moduleEnvironmentSchema } from '../../keyholder/index.ts';

const seconds = z.number().positive().max(86_400);
const secretSource = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().min(1) }),
  z.strictObject({ credential: z.string().min(1) }),
]);

const schema = z.strictObject({
  /** Name of this signer among those on the same database; the host’s name unless said. */
  signerId: z
    .string()
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,62})$/, 'up to 63 letters, digits, dots, hyphens and underscores')
    .default(() => hostname().slice(0, 63)),
  /** PostgreSQL URL of the signer's own role. */
  databaseUrl: z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL'),
  policyRepository: z.strictObject({
    url: z.string().min(1),
    ref: z.string().regex(/^refs\/heads\/.+/, 'a full ref such as refs/heads/main'),
    /** The first accepted commit, pinned by the person who installs the signer. */
    initialCommit: z.string().regex(/^[0-9a-f]{40,64}$/, 'a full commit hash'),
    directory: z.string().min(1),
    pollSeconds: seconds.default(30),
  }),
  store: z.strictObject({
    artifacts: z.string().min(1),
    released: z.string().min(1),
    /** The portal's upload limit binds the portal; this one binds whoever else writes into the store. */
    artifactSizeBytesMax: z
      .number()
      .int()
      .positive()
      .default(4 * 1024 ** 3),
  }),
  workDirectory: z.string().min(1),
  /** Where the signer remembers how far the journal had come; beside the policy clone unless said. */
  journalAnchor: z.string().min(1).optional(),
  /** Every revocation that ever was in an accepted policy; beside the policy clone unless said. */
  revocationRegister: z.string().min(1).optional(),
  /** Emergency stops of this host; beside the policy clone unless said. */
  emergencyStops: z.string().min(1).optional(),
  /** The revocation list that the authority publishes, for the signer to watch over; left out: nobody watches. */
  revocationList: z.strictObject({ file: z.string().min(1), issuer: z.string().min(1) }).optional(),
  /** The status answers that the authority publishes, likewise. */
  statusAnswers: z.strictObject({ folder: z.string().min(1), issuer: z.string().min(1) }).optional(),
  /** Sigstore trusted roots by the name that trust/root.yaml uses; `builtin:` names the embedded public one. */
  trustRoots: z.record(z.string(), z.string().min(1)),
  keyHolder: z.strictObject({
    module: z.string().min(1),
    softhsmConf: z.string().min(1).optional(),
    moduleEnvironment: moduleEnvironmentSchema.default({}),
    /** Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md). */
    fips: z.boolean().default(false),
    tokenLabel: z.string().min(1),
    pin: secretSource,
    registry: z.string().min(1),
    journal: z.string().min(1),
    signaturesPerMinuteMax: z.number().int().positive().default(120),
  }),
  /**
   * Lets `npm run audit:sign` sign the digests of audit exports with the log's key: the registry names key and token, and this where
   * its PIN is. Left out: exports are not signed.
   */
  auditLog: z.strictObject({ pin: secretSource }).optional(),
  timestamp: z.strictObject({
    /** Where a timestamp came from is shown to everybody, so no address may hold a password. */
    urls: z
      .array(z.url().refine((one) => !one.includes('@'), 'an address without user name and password'))
      .min(1),
    trustedRoots: z.array(z.string().min(1)).min(1),
    timeoutSeconds: seconds.default(20),
    /** After that long without an answer the next authority is asked, too. */
    hedgeSeconds: seconds.default(3),
  }),
  scanner: z.strictObject({
    host: z.string().min(1).default('127.0.0.1'),
    port: z.number().int().min(1).max(65_535),
    timeoutSeconds: seconds.default(300),
    /**
     * The largest file that clamd is sent; a larger one must be an archive that the inspector opens. The signer tries out
     * that clamd reads so much to its end (docs/guides/scanning.md).
     */
    streamSizeBytesMax: z
      .number()
      .int()
      .min(1024 ** 2)
      .max(2000 * 1024 ** 2)
      .default(512 * 1024 ** 2),
    databaseAgeHoursMax: z.number().positive().default(48),
    /** Accept a scanner that holds only local signatures. For development: it finds next to nothing. */
    developmentDatabase: z.boolean().default(false),
  }),
  inspector: z
    .strictObject({
      /** `required` refuses to inspect where the system gives the sandbox no network namespace. */
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
  retry: z
    .strictObject({
      /** 500 tries ten minutes apart are over three days: an outage of a weekend ends nobody's request. */
      attemptsMax: z.number().int().positive().default(500),
      delaySeconds: seconds.default(5),
      delaySecondsMax: seconds.default(600),
    })
    .default({ attemptsMax: 500, delaySeconds: 5, delaySecondsMax: 600 }),
  sweepSeconds: seconds.default(5),
  concurrency: z.number().int().min(1).max(16).default(2),
  /** Whose turn it is (docs/guides/fairness.md). */
  turns: z
    .strictObject({
      /** Requests of one project at work at once; left out: all places while nobody else waits. */
      perProjectMax: z.number().int().min(1).max(1000).optional(),
      /** A project that had more work than this lately comes after all others. */
      workSecondsMax: z.number().positive().default(1800),
      /** Work counts half after that long. */
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

export interface SignerConfig extends z.infer<typeof schema> {
  readonly journalAnchor: string;
  readonly revocationRegister: string;
  readonly emergencyStops: string;
}

export class SignerConfigError extends Error {
  readonly code = 'SIGNER_CONFIG_INVALID';
  constructor(message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'SignerConfigError';
  }
}

/** file → configuration with absolute paths (relative ones are meant from the file's own folder). */
export async function readConfig(file: string): Promise<SignerConfig> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'), { maxAliasCount: 0 });
  } catch (error) {
    throw new SignerConfigError(`${file}: can’t be read: ${(error as Error).message}`, error);
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(
      (issue) => `  ${issue.path.join('.') || '(top)'}: ${issue.message}`,
    );
    throw new SignerConfigError(`${file} is not a signer configuration:\n${problems.join('\n')}`);
  }
  const base = path.dirname(path.resolve(file));
  const absolute = (one: string): string => path.resolve(base, one);
  const { data } = parsed;
  return {
    ...data,
    policyRepository: { ...data.policyRepository, directory: absolute(data.policyRepository.directory) },
    store: {
      ...data.store,
      artifacts: absolute(data.store.artifacts),
      released: absolute(data.store.released),
    },
    workDirectory: absolute(data.workDirectory),
    journalAnchor: absolute(
      data.journalAnchor ?? `${data.policyRepository.directory.replace(/\/+$/, '')}.journal-anchor.json`,
    ),
    revocationRegister: absolute(
      data.revocationRegister ?? `${data.policyRepository.directory.replace(/\/+$/, '')}.revocations.json`,
    ),
    emergencyStops: absolute(
      data.emergencyStops ?? `${data.policyRepository.directory.replace(/\/+$/, '')}.stops.json`,
    ),
    ...(data.revocationList === undefined
      ? {}
      : {
          revocationList: {
            file: absolute(data.revocationList.file),
            issuer: absolute(data.revocationList.issuer),
          },
        }),
    ...(data.statusAnswers === undefined
      ? {}
      : {
          statusAnswers: {
            folder: absolute(data.statusAnswers.folder),
            issuer: absolute(data.statusAnswers.issuer),
          },
        }),
    trustRoots: Object.fromEntries(
      Object.entries(data.trustRoots).map(([name, one]) => [
        name,
        one.startsWith('builtin:') ? one : absolute(one),
      ]),
    ),
    ...(data.auditLog === undefined
      ? {}
      : { auditLog: { pin: withAbsoluteFile(data.auditLog.pin, absolute) } }),
    timestamp: { ...data.timestamp, trustedRoots: data.timestamp.trustedRoots.map(absolute) },
    keyHolder: {
      ...data.keyHolder,
      registry: absolute(data.keyHolder.registry),
      journal: absolute(data.keyHolder.journal),
      ...(data.keyHolder.softhsmConf === undefined
        ? {}
        : { softhsmConf: absolute(data.keyHolder.softhsmConf) }),
      pin: withAbsoluteFile(data.keyHolder.pin, absolute),
    },
  };
}

function withAbsoluteFile(
  pin: z.infer<typeof secretSource>,
  absolute: (one: string) => string,
): z.infer<typeof secretSource> {
  return 'file' in pin ? { file: absolute(pin.file) } : pin;
}
