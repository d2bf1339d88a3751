/** A whole foundation on one machine, on top of a started stack: keys, policies, timestamp authority, signer, portal. */
import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { parseCommitSha } from '#core/ids/index.ts';
import { formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import type { StorePlace } from '../../lib/host/configuration/index.ts';
import { readFolder } from '../../cli/policy/read-folder.ts';
import { portalToken } from '../gitlab/projects/index.ts';
import { openBuildSystem, type BuildSystem } from '../build-system/index.ts';
import { projectDirectory, StackError, together, type RunningService, type Stack } from '../stack/index.ts';
import { step } from '../../scripts/set-up/steps.mjs';
import { holdCeremony, openPgpDomain, type FoundationKeys, type OwnKeysByProject } from './ceremony.ts';
import { seedPolicyRepository, type SeededPolicies, type SeedInput } from './seed-policies.ts';

export interface Foundation {
  readonly stack: Stack;
  readonly keys: FoundationKeys;
  readonly policies: SeededPolicies;
  readonly buildSystem: BuildSystem;
  readonly tsa: RunningService;
  readonly signer: Omit<RunningService, 'url' | 'port'>;
  readonly signerConfig: string;
  readonly tsaConfig: string;
  /** Starts all that signs anew: timestamp authority, signer, authorities, responder. */
  restartSigning(): Promise<void>;
}

export interface FoundationOptions {
  /** Folder of the policies' seed, policies/ unless said: what is in it gets keys and certificates. */
  readonly seed?: string;
  readonly adapt?: SeedInput['adapt'];
  /** Made besides those that the seed's policies name. */
  readonly ownKeys?: OwnKeysByProject;
  /** APIs of code hosts that the signer may ask, each with its token. */
  readonly codeHosts?: readonly { readonly api: string; readonly token: string }[];
  /** The signer's stores; folders of the stack unless said. */
  readonly store?: { readonly artifacts: StorePlace; readonly released: StorePlace };
}

/** Everything up to a running signer; the portal is started by startPortalOf, for those who need it. */
export async function startFoundation(stack: Stack, options: FoundationOptions = {}): Promise<Foundation> {
  const { paths, softHsm, gitHost } = stack;
  const { seed = join(projectDirectory, 'policies') } = options;
  const pkiUrl = await stack.responderUrl();
  const keys = await step('Holding the key ceremony', () =>
    holdCeremony(paths, softHsm, { seed, pkiUrl, ownKeys: options.ownKeys ?? {} }),
  );
  const policies = await step('Seeding the policy repository', () =>
    seedPolicyRepository({
      seed,
      repositories: gitHost.root,
      secrets: paths.secrets,
      adapt: async (work) => {
        await options.adapt?.(work);
        await checkPolicies(work);
      },
    }),
  );
  const buildSystem = await openBuildSystem(paths.buildSystem);
  const trustRoot = join(paths.signer, 'development-trusted-root.json');
  await writeFile(trustRoot, `${JSON.stringify(buildSystem.trustedRoot(), null, 2)}\n`);
  const startSigning = async () => {
    const tsa = await stack.startTsa((port) => writeTsaConfig(stack, keys, port));
    const signerConfig = await writeSignerConfig({
      stack,
      keys,
      policies,
      tsaUrl: tsa.url,
      trustRoot,
      codeHosts: options.codeHosts ?? [],
      store: options.store ?? { artifacts: paths.artifacts, released: paths.released },
    });
    const authorityConfig = await writeAuthorityConfig(stack, keys);
    const [signer, ...others] = await together([
      stack.startSigner(signerConfig),
      stack.startRevocationAuthority(authorityConfig),
      stack.startAuditSigner(signerConfig),
      stack.startResponder((port) => writeResponderConfig(stack, port)),
    ]);
    return { tsa, signer, signerConfig, all: [tsa, signer, ...others] };
  };
  const { tsa, signer, signerConfig, all } = await startSigning();
  let running: { stop(): Promise<void> }[] = all;
  const restartSigning = async (): Promise<void> => {
    await Promise.all(running.splice(0).map((started) => started.stop()));
    running = (await startSigning()).all;
  };
  const tsaConfig = join(paths.tsa, 'config.yaml');
  return { stack, keys, policies, buildSystem, tsa, signer, signerConfig, tsaConfig, restartSigning };
}

/** A signer accepts no policy that doesn't validate, and says so in its log alone. Throws StackError with the lines. */
async function checkPolicies(folder: string): Promise<void> {
  const loaded = loadSnapshot((await readFolder(folder)).files, parseCommitSha('0'.repeat(40)));
  if (loaded.ok) return;
  const lines = loaded.diagnostics.map(formatDiagnostic).join('\n');
  throw new StackError('BAD_STATE', `the policies' seed does not validate:\n${lines}`);
}

export async function startPortalOf({ stack }: Pick<Foundation, 'stack'>): Promise<RunningService> {
  return stack.startPortal((publicUrl) => writePortalConfig(stack, publicUrl));
}

async function writeYaml(file: string, value: unknown): Promise<string> {
  await writeFile(file, stringify(value), { mode: 0o600 });
  await chmod(file, 0o600);
  return file;
}

function pinFile(stack: Stack, label: string): string {
  const token = stack.softHsm.tokens.find((softHsmToken) => softHsmToken.label === label);
  return token?.pinFile ?? join(stack.paths.secrets, `pin-${label}`);
}

async function writeTsaConfig(stack: Stack, keys: FoundationKeys, port: number): Promise<string> {
  const { paths, softHsm } = stack;
  await mkdir(paths.tsa, { recursive: true, mode: 0o700 });
  return writeYaml(join(paths.tsa, 'config.yaml'), {
    version: 1,
    listen: { host: '127.0.0.1', port },
    keyLabel: 'foundation-timestamp',
    serialFile: join(paths.tsa, 'serial'),
    keyHolder: {
      module: softHsm.module,
      softhsmConf: softHsm.configFile,
      tokenLabel: 'timestamping',
      pin: { file: pinFile(stack, 'timestamping') },
      registry: keys.registry,
      journal: join(paths.tsa, 'keyholder', 'journal.jsonl'),
    },
  });
}

const registerOf = (stack: Stack): string => join(stack.paths.signer, 'revocations.json');

async function writeAuthorityConfig(stack: Stack, keys: FoundationKeys): Promise<string> {
  const { paths, softHsm } = stack;
  await mkdir(paths.authority, { recursive: true, mode: 0o700 });
  return writeYaml(join(paths.authority, 'config.yaml'), {
    version: 1,
    register: registerOf(stack),
    publication: paths.publication,
    stateFile: join(paths.authority, 'state.json'),
    answers: { socket: answersSocket(stack) },
    openPgpRevocations: join(paths.state, 'openpgp-revocations'),
    keyHolder: {
      module: softHsm.module,
      softhsmConf: softHsm.configFile,
      tokenLabel: 'issuing',
      pin: { file: pinFile(stack, 'issuing') },
      registry: keys.registry,
      journal: join(paths.authority, 'keyholder', 'journal.jsonl'),
    },
  });
}

/** Outside the state's folder: a socket's path has some hundred characters at most, and a clone may lie deep. */
function answersSocket({ paths }: Stack): string {
  const name = createHash('sha256').update(paths.state).digest('hex').slice(0, 16);
  return join(tmpdir(), `countersign-${name}.socket`);
}

async function writeResponderConfig(stack: Stack, port: number): Promise<string> {
  const { paths } = stack;
  return writeYaml(join(paths.authority, 'responder.yaml'), {
    version: 1,
    listen: { host: '127.0.0.1', port },
    publication: paths.publication,
    authoritySocket: answersSocket(stack),
  });
}

interface SignerConfigInput {
  readonly stack: Stack;
  readonly keys: FoundationKeys;
  readonly policies: SeededPolicies;
  readonly tsaUrl: string;
  readonly trustRoot: string;
  readonly codeHosts: NonNullable<FoundationOptions['codeHosts']>;
  readonly store: NonNullable<FoundationOptions['store']>;
}

async function writeSignerConfig({
  stack,
  keys,
  policies,
  tsaUrl,
  trustRoot,
  codeHosts,
  store,
}: SignerConfigInput): Promise<string> {
  const { paths, softHsm, clamd, gitHost, database } = stack;
  await mkdir(join(paths.signer, 'keyholder'), { recursive: true, mode: 0o700 });
  return writeYaml(join(paths.signer, 'config.yaml'), {
    databaseUrl: database.signer,
    policyRepository: {
      url: gitHost.repositoryUrl('policies.git'),
      ref: 'refs/heads/main',
      initialCommit: policies.initialCommit,
      directory: join(paths.signer, 'policies.git'),
      pollSeconds: 5,
    },
    store,
    workDirectory: join(paths.signer, 'work'),
    revocationRegister: registerOf(stack),
    revocationList: {
      file: join(paths.publication, 'foundation-issuing.crl'),
      issuer: keys.issuingCertificate,
    },
    statusAnswers: { folder: join(paths.publication, 'ocsp'), issuer: keys.issuingCertificate },
    trustRoots: { development: trustRoot, 'sigstore-public-good': 'builtin:sigstore-public-good' },
    keyHolder: {
      module: softHsm.module,
      softhsmConf: softHsm.configFile,
      tokenLabel: 'signing',
      pin: { file: pinFile(stack, 'signing') },
      registry: keys.registry,
      journal: join(paths.signer, 'keyholder', 'journal.jsonl'),
    },
    auditLog: { pin: { file: pinFile(stack, 'log') } },
    timestamp: { urls: [tsaUrl], trustedRoots: [keys.rootCertificate] },
    scanner: {
      host: clamd.host,
      port: clamd.port,
      streamSizeBytesMax: 64 * 1024 ** 2,
      developmentDatabase: clamd.signatures === 'test-only',
    },
    codeHosts: await Promise.all(codeHosts.map((one, index) => withToken(stack, one, index))),
    retry: { attemptsMax: 30, delaySeconds: 1, delaySecondsMax: 60 },
    sweepSeconds: 1,
  });
}

async function withToken(
  { paths }: Stack,
  { api, token }: NonNullable<FoundationOptions['codeHosts']>[number],
  index: number,
) {
  const file = join(paths.secrets, `code-host-${index}`);
  await writeFile(file, token, { mode: 0o600 });
  return { api, token: { file } };
}

/** Of the development GitLab, which holds the portal to having one. */
async function portalTokenFile({ paths }: Stack): Promise<string> {
  const file = join(paths.secrets, 'portal-gitlab');
  await writeFile(file, portalToken, { mode: 0o600 });
  return file;
}

async function writePortalConfig(stack: Stack, publicUrl: string): Promise<string> {
  const { paths, database, gitHost, codeHost, gitLab } = stack;
  const secretFile = join(paths.secrets, 'portal-session');
  if (!existsSync(secretFile))
    await writeFile(secretFile, randomBytes(32).toString('base64url'), { mode: 0o600 });
  return writeYaml(join(paths.portal, 'config.yaml'), {
    databaseUrl: database.portal,
    artifactStore: paths.artifacts,
    releasedStore: paths.released,
    policyRepository: {
      url: gitHost.repositoryUrl('policies.git'),
      cloneDir: join(paths.portal, 'policies.git'),
    },
    policyHost: { local: { repository: join(gitHost.root, 'policies.git') } },
    codeHost: {
      apiUrl: codeHost.url,
      ...(gitLab === null ? {} : { gitlab: { url: gitLab.url, tokenFile: await portalTokenFile(stack) } }),
    },
    publicUrl,
    keysDir: paths.keys,
    publicationDir: paths.publication,
    openPgp: { domain: openPgpDomain },
    auth: { secretFile, development: true },
    upload: { sizeBytesMax: 4 * 1024 ** 3 },
  });
}
