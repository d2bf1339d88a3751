/** A foundation for the bench: everything real but the portal, whose part the bench plays; the signer can be exchanged. */
import { createHash, randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { parse, stringify } from 'yaml';
import { startFoundation, type Foundation } from '../../dev/foundation/index.ts';
import { startStack } from '../../dev/stack/index.ts';
import { startNodeService } from '../../dev/stack/node-service.ts';
import { nodeFlags } from '../../scripts/processes/program.ts';
import { artifactNames, programOf, type PolicyName } from './cases.ts';
import { watchUsage, type Usage } from './processes.ts';

export interface SignedRun extends Usage {
  readonly ids: readonly string[];
  readonly wallSeconds: number;
  /** Milliseconds of each step, summed over the requests. */
  readonly steps: readonly (readonly [string, number])[];
}

const policy = (configuration: string): string =>
  stringify({
    apiVersion: 'countersign/v1',
    kind: 'SigningPolicy',
    purpose: 'test',
    certificate: 'test',
    artifactConfiguration: configuration,
    scan: 'required',
    approval: { quorum: 0, approvers: [] },
    timestamp: 'required',
  });
const sign = { method: 'authenticode' };
const unbounded = { min: 0, max: 'unbounded' };
const configuration = (root: unknown): string =>
  stringify({ apiVersion: 'countersign/v1', kind: 'ArtifactConfiguration', root });

async function adapt(seed: string): Promise<void> {
  const project = join(seed, 'projects', 'esbuild-demo');
  const contents = [
    { type: 'pe', path: '**/*.exe', matches: unbounded, sign },
    { type: 'file', path: '**', matches: unbounded },
  ];
  for (const [name, root] of [
    ['bench-program', { type: 'pe', sign }],
    ['bench-archive', { type: 'zip', contents }],
    ['bench-tarball', { type: 'tar.gz', contents }],
    ['bench-installer', { type: 'msi', sign }],
    ['bench-jar', { type: 'jar', sign: { method: 'jar' } }],
    ['bench-nuget', { type: 'nuget', sign: { method: 'nuget' } }],
  ] as const) {
    await writeFile(join(project, 'policies', `${name}.yaml`), policy(name));
    await writeFile(join(project, 'artifacts', `${name}.yaml`), configuration(root));
  }
}

export class BenchFoundation {
  readonly folder: string;
  readonly foundation: Foundation;
  readonly #portal: pg.Pool;
  readonly #config: string;
  #signer: { readonly pid: number; stop(): Promise<void> };
  #version: string | null = null;
  #second: { stop(): Promise<void> } | null = null;
  #stopped: Promise<void> | null = null;

  private constructor(folder: string, foundation: Foundation, config: string) {
    this.folder = folder;
    this.foundation = foundation;
    this.#config = config;
    this.#signer = foundation.signer;
    this.#portal = new pg.Pool({ connectionString: foundation.stack.database.portal, max: 2 });
  }

  /** `largestBytes`: of a file that the scanner gets whole. */
  static async start(largestBytes: number): Promise<BenchFoundation> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-sign-'));
    const stack = await startStack({ state: folder, signatures: 'test' });
    try {
      const foundation = await startFoundation(stack, { adapt });
      const file = join(folder, 'bench-signer.yaml');
      const given = parse(await readFile(foundation.signerConfig, 'utf8')) as Record<string, object>;
      const changed = {
        ...given,
        keyHolder: { ...given['keyHolder'], signaturesPerMinuteMax: 1_000_000 },
        scanner: { ...given['scanner'], streamSizeBytesMax: largestBytes },
      };
      await writeFile(file, stringify(changed), { mode: 0o600 });
      return new BenchFoundation(folder, foundation, file);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** Once, however often it is asked for: by a signal, too, while the run ends by itself. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    await this.#portal.end();
    await this.#second?.stop();
    await this.#signer.stop();
    await this.foundation.stack.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The signer built in this folder works from now on; one small request lets it test its scanner first. */
  async use(
    dist: string,
    {
      flags = nodeFlags('daemon'),
      profileFolder = null,
    }: { readonly flags?: readonly string[]; readonly profileFolder?: string | null } = {},
  ): Promise<void> {
    const version = [dist, ...flags].join(' ');
    if (this.#version === version) return;
    await this.#signer.stop();
    this.#signer = await startNodeService(this.foundation.stack.paths, {
      name: `signer-${randomUUID()}`,
      args: [
        ...(profileFolder === null ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]),
        ...flags,
        join(dist, 'daemon.js'),
        '--config',
        this.#config,
      ],
      health: async ({ logFile }) => (await readFile(logFile, 'utf8')).includes('the signer is ready'),
    });
    this.#version = version;
    const file = join(this.folder, 'warm-up.exe');
    await writeFile(file, programOf(1000, Date.now()));
    await this.sign([file], 'bench-program');
  }

  /** A second signer on the same queue, of the same build, with a token folder of its own that has the same keys. */
  async addSigner(dist: string, name: string): Promise<void> {
    const { paths, softHsm } = this.foundation.stack;
    const folder = join(this.folder, name);
    await mkdir(join(folder, 'keyholder'), { recursive: true, mode: 0o700 });
    const tokens = join(folder, 'tokens');
    await cp(join(paths.softhsm, 'tokens'), tokens, { recursive: true });
    const softhsmConf = join(folder, 'softhsm2.conf');
    const conf = await readFile(softHsm.configFile, 'utf8');
    await writeFile(
      softhsmConf,
      conf.replace(/^directories\.tokendir = .*$/m, `directories.tokendir = ${tokens}`),
    );
    const given = parse(await readFile(this.#config, 'utf8')) as Record<string, object>;
    const config = join(folder, 'config.yaml');
    const changed = {
      ...given,
      signerId: name,
      policyRepository: { ...given['policyRepository'], directory: join(folder, 'policies.git') },
      workDirectory: join(folder, 'work'),
      revocationRegister: join(folder, 'revocations.json'),
      keyHolder: { ...given['keyHolder'], softhsmConf, journal: join(folder, 'keyholder/journal.jsonl') },
    };
    await writeFile(config, stringify(changed), { mode: 0o600 });
    const reconcile = async (...args: readonly string[]): Promise<string> =>
      (await promisify(execFile)(process.execPath, [join(dist, 'reconcile.js'), '--config', config, ...args]))
        .stdout;
    // It is new on a database with a past, which somebody has to confirm.
    const [, plan = ''] = /Plan ([0-9a-f]{12})/.exec(await reconcile()) ?? [];
    await reconcile('--confirm', plan);
    this.#second = await startNodeService(paths, {
      name,
      args: [...nodeFlags('daemon'), join(dist, 'daemon.js'), '--config', config],
      health: async ({ logFile }) => (await readFile(logFile, 'utf8')).includes('the signer is ready'),
    });
  }

  /** Of requests that were signed: passes of the one with most, and how many signatures each signer claimed. */
  async shared(
    ids: readonly string[],
  ): Promise<{ readonly passesMax: number; readonly by: readonly number[] }> {
    const passes = await this.#portal.query<{ most: number }>(
      'SELECT max(pass)::int AS most FROM signer.request_state WHERE request_id = ANY($1::uuid[])',
      [ids],
    );
    const claims = await this.#portal.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM signer.signature_claim WHERE request_id = ANY($1::uuid[])
        GROUP BY signer_id ORDER BY signer_id`,
      [ids],
    );
    return { passesMax: passes.rows[0]?.most ?? 0, by: claims.rows.map(({ count }) => count) };
  }

  /** Requests for these files at once → how long until the last was released. */
  async sign(files: readonly string[], policyName: PolicyName): Promise<SignedRun> {
    const digests: string[] = [];
    for (const file of files) digests.push(await this.#store(file));
    const ids = files.map(() => randomUUID());
    const usage = watchUsage(this.#signer.pid);
    const start = performance.now();
    const client = await this.#portal.connect();
    for (const [at, id] of ids.entries())
      await client.query(
        `INSERT INTO portal.signing_request (id, project_slug, policy_slug, artifact_sha256, artifact_name,
           artifact_size_bytes, bundle_sha256, idempotency_key, submitted_by)
         VALUES ($1, 'esbuild-demo', $2, $3, $4, $5, NULL, $6, 'token:esbuild-demo/test by person:demo-maintainer')`,
        [id, policyName, digests[at], artifactNames[policyName], 1, randomUUID()],
      );
    await this.#untilReleased(client, ids);
    const sinceAsked = (performance.now() - start) / 1000;
    const used = usage.stop();
    const { rows } = await client.query<{ step: string; ms: string }>(
      `SELECT body::jsonb->>'step' AS step, sum((body::jsonb->>'durationMs')::int) AS ms FROM signer.journal
       WHERE request_id = ANY($1::uuid[]) AND kind = 'step.finished' GROUP BY 1 ORDER BY min(seq)`,
      [ids],
    );
    const { rows: spans } = await client.query<{ seconds: string }>(
      'SELECT extract(epoch FROM max(at) - min(at)) AS seconds FROM signer.journal WHERE request_id = ANY($1::uuid[])',
      [ids],
    );
    client.release();
    // The portal wakes the signer by a job, the bench leaves it to find a request by itself: for a single one that isn't counted.
    const wallSeconds = files.length === 1 ? Number(spans[0]?.seconds) : sinceAsked;
    return {
      ids,
      wallSeconds,
      ...used,
      steps: rows.map(({ step, ms }) => [step, Number(ms)]),
    };
  }

  async #untilReleased(client: pg.PoolClient, ids: readonly string[]): Promise<void> {
    for (;;) {
      const { rows } = await client.query<{ status: string; summary: string }>(
        'SELECT status, summary FROM signer.request_state WHERE request_id = ANY($1::uuid[])',
        [ids],
      );
      const bad = rows.find(({ status }) => ['denied', 'failed'].includes(status));
      if (bad !== undefined) throw new Error(`a request was ${bad.status}: ${bad.summary}`);
      if (rows.filter(({ status }) => status === 'completed').length === ids.length) return;
      await sleep(20);
    }
  }

  async #store(file: string): Promise<string> {
    const hash = createHash('sha256');
    await pipeline(createReadStream(file), hash);
    const digest = hash.digest('hex');
    const target = join(this.foundation.stack.paths.artifacts, digest.slice(0, 2), digest.slice(2));
    await mkdir(dirname(target), { recursive: true });
    await copyFile(file, target);
    return digest;
  }
}
