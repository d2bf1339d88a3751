/**
 * The signer's engine without a foundation around it: the real inspector, a real keyholder with keys on SoftHSM, the real signing walk and
 * verification. Policy, origin, scan and approval are stated, not checked: so nothing it signs says anything, and its keys are its own.
 */
import { existsSync, readFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import { hashFile } from './hash-file.ts';
import type { EffectivePolicy } from '#core/policy/index.ts';
import { parseRequestId, type RequestId } from '#core/ids/index.ts';
import { fillParameters } from '#core/artifact/index.ts';
import { fail, type Finding } from '#core/wire/finding/index.ts';
import type { ParameterValues } from '#core/wire/parameters/index.ts';
import type { KeyKind } from '#core/pki/key-kind/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../../signer/authorities/ceremony/index.ts';
import { startTimestampAuthority, tsaConfigSchema } from '../../signer/authorities/tsa/index.ts';
import { checkInspection } from '../../signer/daemon/checks/index.ts';
import { receivedAs } from '../../signer/daemon/checks/proofs.fixture.ts';
import type { Evidence } from '../../signer/daemon/grant/index.ts';
import {
  openTimestampSource,
  signArtifact,
  signerOf,
  verifySigned,
  type SignedArtifact,
} from '../../signer/daemon/signing/index.ts';
import { createInspector, type Inspector } from '../../signer/inspector/index.ts';
import { openKeyHolder, type KeyHolder } from '../../signer/keyholder/index.ts';
import { proveNotRevoked } from '../../signer/rulings/revocations/index.ts';
import { openKeyRing, type SigningKey } from '../../signer/rulings/trust/index.ts';
import { prepareStackPaths } from '../stack/index.ts';
import { startSoftHsm } from '../stack/softhsm/start.ts';
import { effectiveOf, evidenceOf, ownKeysOf, nobodyElses, project, quietRun } from './stated.ts';

const roles = ['root', 'issuing', 'signing', 'timestamping', 'log'] as const;

export interface Signed {
  readonly ok: boolean;
  readonly findings: readonly Finding[];
  /** The finished file, in the engine's folder; null: it was refused. */
  readonly file: string | null;
}

export interface Engine extends AsyncDisposable {
  /** PEM of the root above its certificates and timestamps. */
  readonly root: string;
  /** `configuration`: text of an artifact configuration. Rejects where it isn't valid, with its lines. */
  sign(configuration: string, file: string, parameters?: ParameterValues): Promise<Signed>;
}

/** `folder` keeps tokens and keys; the first time, they are made. */
export async function openEngine(
  folder: string,
  {
    timestamps = true,
    key = 'rsa-3072',
  }: {
    readonly timestamps?: boolean;
    /** Of the certificate, where the keys are made. */
    readonly key?: KeyKind;
  } = {},
): Promise<Engine> {
  const hsm = await startSoftHsm(prepareStackPaths(folder));
  const pin = (label: string) => ({ file: hsm.tokens.find((token) => token.label === label)?.pinFile ?? '' });
  const softHsm = { module: hsm.module, softhsmConf: hsm.configFile };
  const keysDirectory = join(folder, 'keys');
  const registry = join(keysDirectory, 'registry.json');
  // Made again where an earlier version made no keys of the project's own: what exists is kept.
  if (!existsSync(registry) || !readFileSync(registry, 'utf8').includes('"openpgp"')) {
    const certificates = [{ name: 'release', purpose: 'release', key }];
    const ownKeys = [
      { name: 'openpgp', purpose: 'openpgp' },
      { name: 'raw', purpose: 'raw' },
    ];
    await runCeremony({
      config: ceremonyConfigSchema.parse({
        version: 1,
        foundation: { name: 'Example Foundation' },
        ...softHsm,
        keysDirectory,
        rootModulusBits: 3072,
        tokens: Object.fromEntries(roles.map((label) => [label, { label, pin: pin(label) }])),
        projects: [{ slug: project, name: 'Example', program: 'executables', certificates, ownKeys }],
        openPgp: { domain: 'example.org', revocations: join(folder, 'revocations') },
      }),
    });
  }
  const run = join(folder, `run-${process.pid}-${randomUUID()}`);
  await mkdir(run, { recursive: true });
  const tsa = timestamps
    ? await startTimestampAuthority(
        tsaConfigSchema.parse({
          version: 1,
          serialFile: join(run, 'tsa-serial'),
          keyHolder: {
            ...softHsm,
            tokenLabel: 'timestamping',
            pin: pin('timestamping'),
            registry,
            journal: join(run, 'tsa-journal.jsonl'),
          },
        }),
        (error) => {
          console.error(error);
        },
      )
    : null;
  const keyHolder = await openKeyHolder({
    ...softHsm,
    tokenLabel: 'signing',
    pin: pin('signing'),
    registryFile: registry,
    journalFile: join(run, 'journal.jsonl'),
    rate: { signaturesPerMinuteMax: 1_000_000 },
    documents: run,
  });
  const ring = (await openKeyRing(registry)).current();
  const root = join(keysDirectory, 'foundation-root.pem');
  const trustedRoots = [certificateFromPem(readFileSync(root, 'utf8'))];
  return {
    root,
    sign: (configuration, file, parameters = {}) =>
      signOne(
        { run, keyHolder, keys: ring, tsaUrl: tsa?.url ?? null, trustedRoots },
        configuration,
        file,
        parameters,
      ),
    async [Symbol.asyncDispose]() {
      await keyHolder.close();
      await tsa?.close();
      await rm(run, { recursive: true, force: true });
    },
  };
}

interface Opened {
  readonly run: string;
  readonly keyHolder: KeyHolder;
  readonly keys: readonly SigningKey[];
  readonly tsaUrl: string | null;
  readonly trustedRoots: readonly Uint8Array[];
}

async function signOne(
  opened: Opened,
  configuration: string,
  file: string,
  parameters: ParameterValues,
): Promise<Signed> {
  const effective = effectiveOf(configuration, opened.tsaUrl !== null);
  const key = opened.keys.find(({ entry }) => entry.project === project && entry.purpose === 'release');
  if (key === undefined) throw new Error('the ceremony made no key for releases');
  const requestId = parseRequestId(randomUUID());
  const folder = join(opened.run, requestId);
  await mkdir(folder);
  const artifact = join(folder, 'artifact');
  await copyFile(file, artifact);
  const inspector = createInspector({ workDir: opened.run, networkNamespace: 'preferred' });
  try {
    return await inspectAndSign(opened, inspector, {
      effective,
      parameters,
      key,
      requestId,
      artifact,
      name: basename(file),
    });
  } finally {
    await inspector.end(requestId);
  }
}

interface Asked {
  readonly effective: EffectivePolicy;
  readonly parameters: ParameterValues;
  readonly key: SigningKey;
  readonly requestId: RequestId;
  /** In the request's folder. */
  readonly artifact: string;
  readonly name: string;
}

async function inspectAndSign(
  opened: Opened,
  inspector: Inspector,
  { effective, parameters, key, requestId, artifact, name }: Asked,
): Promise<Signed> {
  const digests = await hashFile(artifact);
  const filled = fillParameters(effective.artifactConfiguration, parameters);
  if (!filled.ok) {
    const findings = filled.problems.map(({ message, fix }) =>
      fail({ rule: 'policy.parameters', message, fix }),
    );
    return { ok: false, findings, file: null };
  }
  const { configuration } = filled;
  const inspection = await checkInspection({
    inspector,
    requestId,
    received: receivedAs({ file: artifact, digests }),
    artifactName: name,
    effective,
    configuration,
    parameters,
    origin: null,
    // Nothing was signed before: there is no journal.
    signedBefore: { find: () => Promise.resolve([]), keys: [key], revocations: new Map() },
    now: new Date(),
  });
  if (!inspection.ok) return { ok: false, findings: inspection.findings, file: null };
  const evidence = evidenceOf(effective, key, ownKeysOf(opened.keys), inspection.value, requestId);
  const timestamps = openTimestampSource({
    urls: opened.tsaUrl === null ? [] : [opened.tsaUrl],
    trustedRoots: opened.trustedRoots,
    timeoutSeconds: 10,
    hedgeSeconds: 5,
  });
  const signed = await signArtifact({
    run: quietRun(requestId),
    evidence,
    keyHolder: opened.keyHolder,
    claims: nobodyElses,
    timestamps,
    inspector,
    signer: signerOf(key, new Date()),
    checkBeforeFile() {
      const proof = proveNotRevoked(opened.keys, opened.keys, new Map(), new Date());
      if (!proof.ok) throw new Error('nothing is revoked here');
      return Promise.resolve({ ok: true, value: proof.value, findings: [] });
    },
    wait: (seconds) => sleep(seconds * 1000),
  });
  if (!signed.ok) return { ok: false, findings: [...inspection.findings, ...signed.findings], file: null };
  return await verified(opened, evidence, signed.value, [...inspection.findings, ...signed.findings]);
}

async function verified(
  { trustedRoots }: Opened,
  { governing }: Evidence,
  { files, followed, version }: SignedArtifact,
  findings: readonly Finding[],
): Promise<Signed> {
  const result = await verifySigned({ signed: files, followed, governing, timestampRoots: trustedRoots });
  return {
    ok: result.ok,
    findings: [...findings, ...result.findings],
    file: result.ok ? version.file : null,
  };
}
