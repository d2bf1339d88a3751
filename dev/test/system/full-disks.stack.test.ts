/**
 * Each file system that a signer writes to, and PostgreSQL's, gets full while requests are waiting, at work and being signed: it is named, nothing is
 * signed twice or unlogged, no request is lost, and all go on by themselves once there is room.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdir, readFile, realpath, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { startPostgres } from '../../stack/index.ts';
import { lacksMounts } from '../lacks.ts';
import { patience } from '../patience.ts';
import { SmallDisk } from '../small-disk.ts';
import { packageWith } from './demo-package.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';
import { madeBy } from './rehearsal.ts';

const run = promisify(execFile);
const names = ['state', 'keyholder', 'work', 'released'] as const;
type Name = (typeof names)[number];
const kibibytes: Readonly<Record<Name | 'postgres', number>> = {
  state: 32_768,
  keyholder: 4096,
  work: 262_144,
  released: 262_144,
  postgres: 262_144,
};

// Sandboxes look up real paths, so a file system that is reached through another process won't do.
describe.skipIf(lacksMounts())('full disks', () => {
  let system: FoundationUnderTest;
  const disks = new Map<Name | 'postgres', SmallDisk>();
  let journal = '';
  const disk = (name: Name | 'postgres'): SmallDisk => {
    const found = disks.get(name);
    if (found === undefined) throw new RangeError(`no disk ${name}`);
    return found;
  };
  beforeAll(async () => {
    system = await FoundationUnderTest.start();
    const { signerConfig, stack } = system.foundation;
    for (const name of names) disks.set(name, await SmallDisk.make(kibibytes[name]));
    const config = parse(await readFile(signerConfig, 'utf8')) as {
      policyRepository: { directory: string };
      keyHolder: { journal: string };
      revocationRegister: string;
      workDirectory: string;
      store: { artifacts: string; released: string };
    };
    system.killSigner();
    // Its keyholder ends with it; a journal that still grows can't be copied.
    await vi.waitFor(async () => {
      const { stdout } = await run('ps', ['-ww', '-eo', 'args=']);
      expect(stdout).not.toContain(`=${stack.paths.signer}/keyholder/`);
    }, patience);
    await run('cp', ['-a', `${stack.paths.signer}/.`, disk('state').path]);
    await run('cp', ['-a', `${stack.paths.signer}/keyholder/.`, disk('keyholder').path]);
    journal = join(disk('keyholder').path, 'journal.jsonl');
    config.policyRepository.directory = join(disk('state').path, 'policies.git');
    config.revocationRegister = join(disk('state').path, 'revocations.json');
    config.keyHolder.journal = journal;
    config.workDirectory = join(disk('work').path, 'work');
    config.store.released = join(disk('released').path, 'objects');
    await mkdir(config.store.released);
    await writeFile(signerConfig, stringify(config), { mode: 0o600 });
    await system.restartSigner();
  });
  afterAll(async () => {
    await system.stop();
    for (const one of disks.values()) await one[Symbol.asyncDispose]();
  });

  const room = async (component = 'room'): Promise<string> => {
    const { rows } = await system.portal.query<{ state: string; detail: string }>(
      'SELECT state, detail FROM signer.signer_health WHERE component = $1',
      [component],
    );
    return `${rows[0]?.state}: ${rows[0]?.detail}`;
  };
  const ask = async (mark: string): Promise<{ readonly id: string; readonly artifact: Uint8Array }> => {
    const artifact = await packageWith(mark);
    return { id: await system.ask({ artifact }), artifact };
  };
  const waiting = async (mark: string): ReturnType<typeof ask> => {
    const request = await ask(mark);
    await system.untilStatus(request.id, 'waiting-for-approval');
    return request;
  };
  /** By the keyholder's own journal: once for each place, and in the signer's journal. */
  const isSignedOnce = async (...ids: readonly string[]): Promise<void> => {
    const made = await madeBy(journal);
    for (const id of ids) {
      const own = made.filter(({ requestId }) => requestId === id);
      expect(own.length).toBeGreaterThan(0);
      expect(new Set(own.map(({ slot }) => slot)).size, 'signatures for one place').toBe(own.length);
      const logged = (await system.journal(id)).filter(({ kind }) => kind === 'sign.done');
      expect(new Set(logged.map(({ body }) => body['signatureSha256']))).toEqual(
        new Set(own.map(({ sha256 }) => sha256)),
      );
    }
    expect(await system.verifyJournal()).toMatchObject({ intact: true });
  };

  it.each(names)(
    'the one of %s: named, nothing is signed meanwhile or twice, no request is lost, and it goes on by itself',
    async (name) => {
      const approved = await waiting(`${name}, approved while it was full`);
      const atWork = await waiting(`${name}, at work as it became full`);
      const fresh = await ask(`${name}, being checked as it became full`);
      await system.approve(atWork.id, atWork.artifact);
      await system.until(atWork.id, ({ step, status }) => status === 'completed' || step !== 'approval');
      disk(name).fill();
      await system.approve(approved.id, approved.artifact);
      await vi.waitFor(
        async () =>
          expect(await room()).toMatch(new RegExp(`^down: .*${disk(name).path}.*\\(ENOSPC\\).*df -h`)),
        patience,
      );
      const later = await ask(`${name}, asked while it was full`);
      // Several sweeps, each of which would take what is due.
      await new Promise((resolve) => setTimeout(resolve, 8_000));
      expect(await system.state(later.id), 'nothing is taken').toBeNull();
      for (const { id } of [approved, atWork, fresh])
        expect((await system.state(id))?.status).not.toMatch(/denied|failed/);
      disk(name).free();
      await system.untilStatus(approved.id, 'completed');
      await system.untilStatus(atWork.id, 'completed');
      for (const one of [fresh, later]) {
        await system.untilStatus(one.id, 'waiting-for-approval');
        await system.approve(one.id, one.artifact);
        await system.untilStatus(one.id, 'completed');
      }
      await isSignedOnce(approved.id, atWork.id, fresh.id, later.id);
      await vi.waitFor(async () => expect(await room()).toMatch(/^(?:ok|degraded): /), patience);
      await vi.waitFor(async () => expect(await room('journal')).toMatch(/^ok: /), patience);
    },
  );

  it('the one of PostgreSQL: nothing is signed that can’t be journalled, and what waited is signed once', async () => {
    const { stack } = system.foundation;
    const atWork = await waiting('PostgreSQL, at work');
    const approved = await waiting('PostgreSQL, approved');
    await stack.postgres.stop();
    const small = await SmallDisk.make(kibibytes.postgres);
    disks.set('postgres', small);
    await chmod(small.path, 0o755);
    const data = await realpath(join(await realpath(stack.paths.postgres), 'data'));
    await run('cp', ['-a', data, join(small.path, 'data')]);
    await rename(data, `${data}-before`);
    await symlink(join(small.path, 'data'), data);
    let postgres = system.keep(await startPostgres(stack.paths));
    await vi.waitFor(() => system.portal.query('SELECT 1'), patience);
    await system.approve(atWork.id, atWork.artifact);
    await system.approve(approved.id, approved.artifact);
    small.fill();
    await new Promise((resolve) => setTimeout(resolve, 10_000));
    const log = await readFile(join(stack.paths.logs, 'postgres.log'), 'utf8');
    expect(log).toMatch(/No space left on device/);
    small.free();
    // Without room for its log of transactions the server ends itself, and its service manager starts it.
    if (!(await postgres.health().catch(() => false)))
      postgres = system.keep(await startPostgres(stack.paths));
    for (const { id } of [atWork, approved]) await system.untilStatus(id, 'completed');
    const after = await waiting('PostgreSQL, afterwards');
    await system.approve(after.id, after.artifact);
    await system.untilStatus(after.id, 'completed');
    await isSignedOnce(atWork.id, approved.id, after.id);
  });
});
