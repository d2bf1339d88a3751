/**
 * A whole foundation without its portal, which these tests play: with the portal's database role and its hand on
 * the artifact store they ask for whatever they like. The signer is the real one, on real parts.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { approvalNamespace, approvalStatement, type ApprovalStatement } from '#core/approval/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import {
  parseCommitSha,
  parsePolicySlug,
  parseProjectSlug,
  parseRequestId,
  parseSha256Hex,
} from '#core/ids/index.ts';
import { otherStatement } from '../../build-system/index.ts';
import type { BuildOptions, OtherStatement } from '../../build-system/index.ts';
import { startFoundation, type Foundation, type FoundationOptions } from '../../foundation/index.ts';
import { runCommand, startStack } from '../../stack/index.ts';
import { startSigner, startTsa } from '../../stack/signer.ts';
import type { ChainVerdict } from '#core/wire/journal/index.ts';
import { openDatabase } from '../../../signer/ground/database/index.ts';
import { verifyJournal } from '../../../signer/ground/journal/index.ts';
import { demoRun, sha256 } from './demo-package.ts';

/** Tells what hangs from what is slow on a machine with many times the work it can do. */
const patienceSeconds = 600;

/** Who asks, unless a test says otherwise. */
const submitter = 'token:esbuild-demo/test by person:demo-maintainer';

export interface Ask {
  readonly artifact: Uint8Array;
  /** What the build system attests; the artifact unless said. */
  readonly attested?: Uint8Array;
  readonly run?: BuildOptions['run'];
  /** A job of GitLab in its place. */
  readonly job?: BuildOptions['job'];
  /** Another kind of statement than provenance, signed by the same run. */
  readonly statement?: OtherStatement;
  /** When the build system attests; now unless said. */
  readonly at?: Date;
  /** null submits no bundle at all. */
  readonly bundle?: Uint8Array | null;
  readonly project?: string;
  readonly policy?: string;
  /** Columns written otherwise than an honest portal would. */
  readonly row?: Readonly<Record<string, unknown>>;
}

interface KeyHolderEntry {
  readonly kind: string;
  readonly grantId: string;
  readonly requestId?: string;
}

export interface State {
  readonly status: string;
  readonly step: string;
  readonly pass: number;
  readonly summary: string;
}

export class FoundationUnderTest {
  readonly foundation: Foundation;
  readonly portal: pg.Pool;
  readonly #state: string;
  /** Started again by a test, in place of what the stack had started. */
  readonly #again: { stop(): Promise<void> }[] = [];
  #signerPid: number;
  #tsa: { readonly pid: number; stop(): Promise<void> };

  private constructor(foundation: Foundation, state: string) {
    this.foundation = foundation;
    this.#state = state;
    this.#signerPid = foundation.signer.pid;
    this.#tsa = foundation.tsa;
    this.portal = new pg.Pool({ connectionString: foundation.stack.database.portal, max: 3 });
    this.portal.on('error', () => undefined); // tests take the database away on purpose
  }

  static async start(options: FoundationOptions = {}): Promise<FoundationUnderTest> {
    const state = await mkdtemp(join(tmpdir(), 'countersign-system-'));
    const stack = await startStack({ state, signatures: 'test' });
    try {
      return new FoundationUnderTest(await startFoundation(stack, options), state);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  async stop(): Promise<void> {
    await this.portal.end();
    for (const service of this.#again.reverse()) await service.stop();
    await this.foundation.stack.stop();
    await rm(this.#state, { recursive: true, force: true });
  }

  /** Keeps a service that a test started, to be stopped with all others. */
  keep<T extends { stop(): Promise<void> }>(service: T): T {
    this.#again.push(service);
    return service;
  }

  killSigner(): void {
    process.kill(this.#signerPid, 'SIGKILL');
  }

  /** `env`: variables beside those of this process. */
  async restartSigner(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { stack, signerConfig } = this.foundation;
    const signer = this.keep(await startSigner(stack.paths, signerConfig, 'signer', env));
    this.#signerPid = signer.pid;
  }

  async restartTsa(): Promise<void> {
    this.#tsa = this.keep(await startTsa(this.foundation.stack.paths, () => this.foundation.tsaConfig));
  }

  stopTsa(): Promise<void> {
    return this.#tsa.stop();
  }

  get signerPid(): number {
    return this.#signerPid;
  }

  get tsaPid(): number {
    return this.#tsa.pid;
  }

  objectPath(digest: string): string {
    return join(this.foundation.stack.paths.artifacts, digest.slice(0, 2), digest.slice(2));
  }

  async store(bytes: Uint8Array, digest = sha256(bytes)): Promise<string> {
    const file = this.objectPath(digest);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    return digest;
  }

  async attest(
    bytes: Uint8Array,
    { run = demoRun, job, at, statement }: Pick<Ask, 'run' | 'job' | 'at' | 'statement'> = {},
  ): Promise<Uint8Array> {
    const subjects = [{ name: 'artifact.tgz', digest: { sha256: sha256(bytes) } }];
    const bundle = await this.foundation.buildSystem.attest({
      subjects,
      ...(job === undefined ? { run } : { job }),
      ...(at === undefined ? {} : { at }),
      ...(statement === undefined ? {} : { statement: otherStatement(statement, subjects) }),
    });
    return Buffer.from(JSON.stringify(bundle));
  }

  /** Puts artifact and bundle into the store and a row into the portal's table → the request's id. */
  async ask(ask: Ask): Promise<string> {
    const digest = await this.store(ask.artifact);
    const bundle =
      ask.bundle === undefined ? await this.attest(ask.attested ?? ask.artifact, ask) : ask.bundle;
    const row: Record<string, unknown> = {
      id: randomUUID(),
      project_slug: ask.project ?? 'esbuild-demo',
      policy_slug: ask.policy ?? 'release-signing',
      artifact_sha256: digest,
      artifact_name: 'artifact.tgz',
      artifact_size_bytes: ask.artifact.length,
      bundle_sha256: bundle === null ? null : await this.store(bundle),
      idempotency_key: randomUUID(),
      submitted_by: submitter,
      ...ask.row,
    };
    const names = Object.keys(row);
    const values = names.map((_, index) => `$${index + 1}`).join(', ');
    await this.portal.query(
      `INSERT INTO portal.signing_request (${names.join(', ')}) VALUES (${values})`,
      Object.values(row),
    );
    return row['id'] as string;
  }

  statementFor(
    id: string,
    artifact: Uint8Array,
    change: Partial<Record<Exclude<keyof ApprovalStatement, 'parameters'>, string>> &
      Partial<Pick<ApprovalStatement, 'parameters'>> = {},
  ): string {
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    return approvalStatement({
      request: parseRequestId(change.request ?? id),
      project: parseProjectSlug(change.project ?? 'esbuild-demo'),
      policy: parsePolicySlug(change.policy ?? 'release-signing'),
      artifactSha256: parseSha256Hex(change.artifactSha256 ?? sha256(artifact)),
      policyCommit: parseCommitSha(change.policyCommit ?? this.foundation.policies.initialCommit),
      sourceCommit: parseCommitSha(change.sourceCommit ?? demoRun.commit),
      submittedBy: change.submittedBy ?? submitter,
      parameters: change.parameters ?? {},
      decision: (change.decision ?? 'approve') as ApprovalStatement['decision'],
      expiresAt: change.expiresAt ?? expiresAt,
    });
  }

  keyOf(handle: string): string {
    const key = this.foundation.policies.people.get(handle);
    if (key === undefined) throw new RangeError(`the demo has no person ${handle}`);
    return key.privateKeyFile;
  }

  async sign(statement: string, keyFile: string, namespace = approvalNamespace): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-sign-'));
    try {
      const file = join(folder, 'statement');
      await writeFile(file, statement);
      await runCommand('ssh-keygen', ['-Y', 'sign', '-q', '-f', keyFile, '-n', namespace, file]);
      return await readFile(`${file}.sig`, 'utf8');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async handIn(id: string, statement: string, signature: string): Promise<void> {
    await this.portal.query(
      `INSERT INTO portal.approval_submission (id, request_id, statement, signature, submitted_by) VALUES ($1, $2, $3, $4, 'test')`,
      [randomUUID(), id, statement, signature],
    );
  }

  /** Waits until the signer has read everything that was handed in for a request. */
  async untilRead(id: string, timeoutSeconds = patienceSeconds): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (;;) {
      const { rows } = await this.portal.query<{ unread: boolean }>(
        `SELECT coalesce((SELECT rows_read FROM signer.approval_reading WHERE request_id = $1), 0)
                <> (SELECT count(*) FROM portal.approval_submission WHERE request_id = $1) AS unread`,
        [id],
      );
      if (rows[0]?.unread === false) return;
      if (Date.now() > deadline)
        throw new RangeError(`after ${timeoutSeconds} s not everything about ${id} was read`);
      await sleep(40);
    }
  }

  /** Waits until the signer goes by a commit of the policy repository. */
  async untilAccepted(commit: string): Promise<void> {
    const deadline = Date.now() + patienceSeconds * 1000;
    for (;;) {
      const { rows } = await this.portal.query('SELECT 1 FROM signer.accepted_snapshot WHERE commit = $1', [
        commit,
      ]);
      if (rows.length > 0) return;
      if (Date.now() > deadline) throw new RangeError(`${commit} was not accepted`);
      await sleep(40);
    }
  }

  /** A denial by the demo's approver. */
  async deny(id: string, artifact: Uint8Array): Promise<void> {
    const statement = this.statementFor(id, artifact, { decision: 'deny' });
    await this.handIn(id, statement, await this.sign(statement, this.keyOf('demo-approver')));
  }

  /** As the portal writes it for whoever may cancel. */
  async cancel(id: string): Promise<void> {
    await this.portal.query(
      `INSERT INTO portal.cancellation (request_id, reason, cancelled_by, cancelled_at)
       VALUES ($1, 'not wanted any more', 'token:1', now())`,
      [id],
    );
  }

  /** An honest approval by the demo's approver. */
  async approve(
    id: string,
    artifact: Uint8Array,
    change: Parameters<FoundationUnderTest['statementFor']>[2] = {},
  ): Promise<void> {
    const statement = this.statementFor(id, artifact, change);
    await this.handIn(id, statement, await this.sign(statement, this.keyOf('demo-approver')));
  }

  async state(id: string): Promise<State | null> {
    const { rows } = await this.portal.query<State>(
      'SELECT status, step, pass, summary FROM signer.request_state WHERE request_id = $1',
      [id],
    );
    return rows[0] ?? null;
  }

  /** Waits until `accept` likes the state; gives the last state in the error otherwise. */
  async until(
    id: string,
    accept: (state: State) => boolean,
    timeoutSeconds = patienceSeconds,
  ): Promise<State> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    let last: State | null = null;
    while (Date.now() < deadline) {
      last = await this.state(id).catch(() => last); // tests take the database away on purpose
      if (last !== null && accept(last)) return last;
      await sleep(40);
    }
    throw new RangeError(`after ${timeoutSeconds} s request ${id} is ${JSON.stringify(last)}`);
  }

  untilStatus(id: string, ...statuses: readonly string[]): Promise<State> {
    return this.until(id, (state) => statuses.includes(state.status));
  }

  /** null: there is no inspection report yet. */
  async reportHead(id: string): Promise<unknown> {
    const { rows } = await this.portal.query<{ head: string }>(
      'SELECT head FROM signer.inspection_report WHERE request_id = $1',
      [id],
    );
    return rows[0] === undefined ? null : JSON.parse(rows[0].head);
  }

  async journal(
    id: string,
  ): Promise<readonly { readonly kind: string; readonly body: Record<string, unknown> }[]> {
    const { rows } = await this.portal.query<{ kind: string; body: string }>(
      'SELECT kind, body FROM signer.journal WHERE request_id = $1 ORDER BY seq',
      [id],
    );
    return rows.map((row) => ({ kind: row.kind, body: JSON.parse(row.body) as Record<string, unknown> }));
  }

  /** Whether the journal's chain of hashes holds from its first entry to its last. */
  async verifyJournal(): Promise<ChainVerdict> {
    const database = openDatabase(this.foundation.stack.database.signer, () => undefined);
    try {
      return await verifyJournal(database);
    } finally {
      await database.close();
    }
  }

  /** How many of these requests the signer has taken up so far. */
  async startedOf(ids: readonly string[]): Promise<number> {
    const { rows } = await this.portal.query<{ count: number }>(
      "SELECT count(DISTINCT request_id)::int AS count FROM signer.journal WHERE request_id = ANY($1::uuid[]) AND kind = 'request.received'",
      [ids],
    );
    return rows[0]?.count ?? 0;
  }

  /** Rules that failed anywhere in a request's journal. */
  async failedRules(id: string): Promise<readonly string[]> {
    const findings = (await this.journal(id)).flatMap(
      (entry) => (entry.body['findings'] as readonly Finding[] | undefined) ?? [],
    );
    return [
      ...new Set(findings.filter((finding) => finding.outcome === 'fail').map((finding) => finding.rule)),
    ];
  }

  /** What the HSM was really asked for about a request: entries of a keyholder's own journal, of the foundation's signer unless said. */
  async keyHolderEntries(
    id: string,
    file = join(this.foundation.stack.paths.signer, 'keyholder', 'journal.jsonl'),
  ): Promise<readonly KeyHolderEntry[]> {
    const text = await readFile(file, 'utf8').catch(() => '');
    // The last line may be half written: one without its end is none yet.
    const lines = text.split('\n').filter((line) => line.endsWith('}'));
    const entries = lines.map((line) => (JSON.parse(line) as { entry: KeyHolderEntry }).entry);
    const grants = new Set(entries.filter((entry) => entry.requestId === id).map((entry) => entry.grantId));
    return entries.filter((entry) => grants.has(entry.grantId));
  }

  async releasedFile(id: string): Promise<string | null> {
    const { rows } = await this.portal.query<{ artifact_sha256: string }>(
      'SELECT artifact_sha256 FROM signer.release WHERE request_id = $1',
      [id],
    );
    const digest = rows[0]?.artifact_sha256;
    return digest === undefined
      ? null
      : join(this.foundation.stack.paths.released, digest.slice(0, 2), digest.slice(2));
  }
}
