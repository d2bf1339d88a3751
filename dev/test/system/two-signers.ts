/** Two whole signers, each with its own folders, keyholder and token folder with the same keys in it, on one database. */
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { expect, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { programArguments } from '../../../scripts/processes/program.ts';
import { pinnedNode } from '../../stack/index.ts';
import { startSigner } from '../../stack/signer.ts';
import { patience } from '../patience.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

export interface SignerUnderTest {
  readonly id: string;
  readonly config: string;
  /** Of its keyholder. */
  readonly journal: string;
  pid: number;
}

export interface RequestUnderTest {
  readonly id: string;
  readonly artifact: Uint8Array;
}

export class TwoSigners {
  readonly system: FoundationUnderTest;
  readonly one: SignerUnderTest;
  readonly two: SignerUnderTest;
  /** As the database's owner: ends leases that a test would have to wait for; and, in a session of its own, holds locks. */
  readonly owner: pg.Client;
  readonly locks: pg.Client;

  private constructor(
    system: FoundationUnderTest,
    signers: readonly [SignerUnderTest, SignerUnderTest],
    [owner, locks]: readonly [pg.Client, pg.Client],
  ) {
    [this.system, [this.one, this.two], this.owner, this.locks] = [system, signers, owner, locks];
  }

  static async start(): Promise<TwoSigners> {
    const system = await FoundationUnderTest.start();
    const { stack, signerConfig, signer } = system.foundation;
    const first = parse(await readFile(signerConfig, 'utf8')) as Record<string, Record<string, unknown>>;
    const keyHolder = first['keyHolder'] ?? {};
    const folder = join(stack.paths.state, 'signer-two');
    const two = {
      id: 'signer-two',
      config: join(folder, 'config.yaml'),
      journal: join(folder, 'keyholder/journal.jsonl'),
      pid: 0,
    };
    await mkdir(join(folder, 'keyholder'), { recursive: true, mode: 0o700 });
    const softhsmConf = join(folder, 'softhsm2.conf');
    const tokens = join(folder, 'tokens');
    await cp(join(stack.paths.softhsm, 'tokens'), tokens, { recursive: true });
    const conf = await readFile(stack.softHsm.configFile, 'utf8');
    await writeFile(
      softhsmConf,
      conf.replace(/^directories\.tokendir = .*$/m, `directories.tokendir = ${tokens}`),
    );
    const config = {
      ...first,
      signerId: two.id,
      policyRepository: { ...first['policyRepository'], directory: join(folder, 'policies.git') },
      workDirectory: join(folder, 'work'),
      revocationRegister: join(folder, 'revocations.json'),
      keyHolder: { ...keyHolder, journal: two.journal, softhsmConf },
    };
    await writeFile(two.config, stringify(config), { mode: 0o600 });
    await joinDatabase(two.config);
    two.pid = system.keep(await startSigner(stack.paths, two.config, two.id)).pid;
    const { rows } = await system.portal.query<{ signer_id: string }>(
      'SELECT signer_id FROM signer.presence WHERE signer_id <> $1',
      [two.id],
    );
    const one = {
      id: rows[0]?.signer_id ?? '',
      config: signerConfig,
      pid: signer.pid,
      journal: String(keyHolder['journal']),
    };
    const connectionString = stack.database.owner;
    const [owner, locks] = [new pg.Client({ connectionString }), new pg.Client({ connectionString })];
    // Tests end the database on purpose.
    for (const client of [owner, locks]) client.on('error', () => undefined);
    await Promise.all([owner.connect(), locks.connect()]);
    return new TwoSigners(system, [one, two], [owner, locks]);
  }

  async stop(): Promise<void> {
    for (const { pid } of [this.one, this.two]) signal(pid, 'SIGCONT');
    await Promise.all([this.owner.end(), this.locks.end()]);
    await this.system.stop();
  }

  other(signer: SignerUnderTest): SignerUnderTest {
    return signer === this.one ? this.two : this.one;
  }

  async asked(mark: string): Promise<RequestUnderTest> {
    const artifact = await packageWith(mark);
    return { id: await this.system.ask({ artifact }), artifact };
  }

  /** Asked for, and waiting for its approval. */
  async waiting(mark: string): Promise<RequestUnderTest> {
    const request = await this.asked(mark);
    await this.system.untilStatus(request.id, 'waiting-for-approval');
    return request;
  }

  approve({ id, artifact }: RequestUnderTest, policyCommit?: string): Promise<void> {
    return this.system.approve(id, artifact, policyCommit === undefined ? {} : { policyCommit });
  }

  /** What a signer's keyholder signed for a request, by grant. */
  async signedBy({ journal }: SignerUnderTest, id: string): Promise<readonly string[]> {
    const entries = await this.system.keyHolderEntries(id, journal);
    return entries.filter((entry) => entry.kind === 'signed').map((entry) => entry.grantId);
  }

  async countOf(id: string, kind: string): Promise<number> {
    return (await this.system.journal(id)).filter((entry) => entry.kind === kind).length;
  }

  /** The signer that works on a request, once one does. */
  async holderOf(id: string): Promise<SignerUnderTest> {
    return vi.waitFor(async () => {
      const { rows } = await this.owner.query<{ lease_owner: string | null }>(
        'SELECT lease_owner FROM signer.open_request WHERE request_id = $1',
        [id],
      );
      const name = rows[0]?.lease_owner?.split('/')[0];
      const holder = [this.one, this.two].find((signer) => signer.id === name);
      if (holder === undefined) throw new RangeError(`nobody works on ${id}`);
      return holder;
    }, patience);
  }

  /** What follows when nothing renews it for a minute. */
  async endLease(id: string): Promise<void> {
    await this.owner.query(
      `UPDATE signer.open_request SET lease_until = now() - interval '1 second' WHERE request_id = $1`,
      [id],
    );
  }

  /** Process ids of a signer's keyholder: children of the daemon that run it. */
  async keyHolderOf({ pid }: SignerUnderTest): Promise<number> {
    const { stdout } = await promisify(execFile)('ps', ['-o', 'pid=,args=', '--ppid', String(pid)]);
    const line = stdout.split('\n').find((one) => /keyholder|holder\/main/.test(one));
    const found = Number(line?.trim().split(/\s+/)[0]);
    if (!Number.isInteger(found)) throw new RangeError(`signer ${pid} has no keyholder: ${stdout}`);
    return found;
  }

  kill(signer: SignerUnderTest): void {
    signal(signer.pid, 'SIGKILL');
  }

  /** Killed while a statement of it waits for what `locks` holds; without its end, PostgreSQL would carry that out for the dead. */
  async killWaitingForLock(signer: SignerUnderTest): Promise<void> {
    const { database } = this.system.foundation.stack;
    const sessions = new pg.Client({ connectionString: database.signer });
    await sessions.connect();
    try {
      const { rows } = await this.locks.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      const waiting = 'FROM pg_stat_activity WHERE $1 = ANY(pg_blocking_pids(pid))';
      await vi.waitFor(async () => {
        const { rowCount } = await sessions.query(`SELECT 1 ${waiting}`, [rows[0]?.pid]);
        expect(rowCount).toBe(1);
      }, patience);
      this.kill(signer);
      const ended = await sessions.query<{ ended: boolean }>(
        `SELECT pg_terminate_backend(pid, 60000) AS ended ${waiting}`,
        [rows[0]?.pid],
      );
      expect(ended.rows).toEqual([{ ended: true }]);
    } finally {
      await sessions.end();
    }
  }

  async startAgain(signer: SignerUnderTest): Promise<void> {
    const { paths } = this.system.foundation.stack;
    signer.pid = this.system.keep(await startSigner(paths, signer.config, `${signer.id}-${Date.now()}`)).pid;
  }

  /** The command on a signer's host; its output names who confirmed. */
  async stopAt(signer: SignerUnderTest, ...args: readonly string[]): Promise<string> {
    const given = ['--config', signer.config, '--project', 'esbuild-demo', '--wait', '200', ...args];
    return (await promisify(execFile)(pinnedNode, [...programArguments('emergency-stop'), ...given])).stdout;
  }
}

export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** A signer that is new on a database with a past signs nothing before an operator has looked at that. */
async function joinDatabase(config: string): Promise<void> {
  const reconcile = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(pinnedNode, [...programArguments('reconcile'), '--config', config, ...args]))
      .stdout;
  const plan = /Plan ([0-9a-f]{12})/.exec(await reconcile())?.[1] ?? '';
  await reconcile('--confirm', plan);
}
