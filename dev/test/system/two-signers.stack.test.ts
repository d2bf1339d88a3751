/** Two whole signers, each with its own folders, keyholder and way to the HSM, on one database: what depends on both. */
import { execFile } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { parse, stringify } from 'yaml';
import { pinnedNode } from '../../stack/index.ts';
import { startSigner } from '../../stack/signer.ts';
import { patience } from '../patience.ts';
import { packageWith } from './demo-package.ts';
import { programArguments } from '../../../scripts/processes/program.ts';
import { FoundationUnderTest } from './foundation-under-test.ts';

interface SignerUnderTest {
  readonly id: string;
  readonly config: string;
  readonly journal: string;
  pid: number;
}

let system: FoundationUnderTest;
let one: SignerUnderTest;
let two: SignerUnderTest;

beforeAll(async () => {
  system = await FoundationUnderTest.start();
  const { stack, signerConfig, signer } = system.foundation;
  const first = parse(await readFile(signerConfig, 'utf8')) as Record<string, Record<string, unknown>>;
  const keyHolder = first['keyHolder'] ?? {};
  const folder = join(stack.paths.state, 'signer-two');
  await mkdir(join(folder, 'keyholder'), { recursive: true, mode: 0o700 });
  two = {
    id: 'signer-two',
    config: join(folder, 'config.yaml'),
    pid: 0,
    journal: join(folder, 'keyholder/journal.jsonl'),
  };
  const config = {
    ...first,
    signerId: two.id,
    policyRepository: { ...first['policyRepository'], directory: join(folder, 'policies.git') },
    workDirectory: join(folder, 'work'),
    revocationRegister: join(folder, 'revocations.json'),
    keyHolder: { ...keyHolder, journal: two.journal },
  };
  await writeFile(two.config, stringify(config), { mode: 0o600 });
  await joinDatabase(two);
  two.pid = system.keep(await startSigner(stack.paths, two.config, 'signer-two')).pid;
  const { rows } = await system.portal.query<{ signer_id: string }>(
    'SELECT signer_id FROM signer.presence WHERE signer_id <> $1',
    [two.id],
  );
  one = {
    id: rows[0]?.signer_id ?? '',
    config: signerConfig,
    pid: signer.pid,
    journal: String(keyHolder['journal']),
  };
});
afterAll(() => system.stop());

/** A signer that is new on a database with a past signs nothing before an operator has looked at that. */
async function joinDatabase({ config }: SignerUnderTest): Promise<void> {
  const reconcile = async (...args: readonly string[]): Promise<string> =>
    (await promisify(execFile)(pinnedNode, [...programArguments('reconcile'), '--config', config, ...args]))
      .stdout;
  const plan = /Plan ([0-9a-f]{12})/.exec(await reconcile())?.[1] ?? '';
  await reconcile('--confirm', plan);
}

async function approved(
  mark: string,
): Promise<{ readonly id: string; readonly approve: () => Promise<void> }> {
  const artifact = await packageWith(mark);
  const id = await system.ask({ artifact });
  await system.untilStatus(id, 'waiting-for-approval');
  return { id, approve: () => system.approve(id, artifact) };
}

/** What a signer's keyholder signed for a request, by grant. */
async function signedBy({ journal }: SignerUnderTest, id: string): Promise<readonly string[]> {
  const entries = await system.keyHolderEntries(id, journal);
  return entries.filter((entry) => entry.kind === 'signed').map((entry) => entry.grantId);
}

async function countOf(id: string, kind: string): Promise<number> {
  return (await system.journal(id)).filter((entry) => entry.kind === kind).length;
}

/** The command on a signer's host; its output names who confirmed. */
async function stopAt(signer: SignerUnderTest, ...args: readonly string[]): Promise<string> {
  const all = [
    ...programArguments('emergency-stop'),
    '--config',
    signer.config,
    '--project',
    'esbuild-demo',
    '--wait',
    '200',
    ...args,
  ];
  return (await promisify(execFile)(pinnedNode, all)).stdout;
}

it('two signers share the work: ten concurrent requests are each signed once, by one of them', async () => {
  const requests = await Promise.all(Array.from({ length: 10 }, (_none, at) => approved(`shared ${at}`)));
  await Promise.all(requests.map(({ approve }) => approve()));
  for (const { id } of requests) {
    await system.untilStatus(id, 'completed');
    expect(await countOf(id, 'sign.done')).toBe(1);
    expect(await countOf(id, 'request.released')).toBe(1);
    expect([...(await signedBy(one, id)), ...(await signedBy(two, id))]).toHaveLength(1);
  }
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
});

it('two signers both stop, whichever receives the stop, each confirms it, and both sign again once it is lifted', async () => {
  expect(one.id).not.toBe('');
  for (const [told, reason] of [
    [one, 'Told at the first.'],
    [two, 'Told at the second.'],
  ] as const) {
    const { id, approve } = await approved(reason);
    const said = await stopAt(told, '--reason', reason);
    for (const signer of [one, two]) expect(said).toContain(signer.id);
    const { rows } = await system.portal.query<{ signer_id: string }>(
      `SELECT signer_id FROM signer.presence WHERE stops::text LIKE '%' || $1 || '%' ORDER BY signer_id`,
      [reason],
    );
    expect(rows.map((row) => row.signer_id)).toEqual([one.id, two.id].sort());
    await approve();
    await vi.waitFor(async () => {
      expect(JSON.stringify(await system.journal(id))).toContain(reason);
    }, patience);
    expect([...(await signedBy(one, id)), ...(await signedBy(two, id))]).toEqual([]);
    await stopAt(told, '--lift');
    await system.untilStatus(id, 'completed');
    expect([...(await signedBy(one, id)), ...(await signedBy(two, id))]).toHaveLength(1);
  }
});

it('two signers continue if one is killed while it signs: the other takes over the request, and it is released once', async () => {
  const { id, approve } = await approved('killed while signing');
  // The signature is made, and its timestamp waited for, when the signer dies.
  process.kill(system.tsaPid, 'SIGSTOP');
  let killed: SignerUnderTest | null = null;
  try {
    await approve();
    killed = await vi.waitFor(async () => {
      for (const signer of [one, two]) if ((await signedBy(signer, id)).length > 0) return signer;
      throw new RangeError('nobody has signed yet');
    }, patience);
    process.kill(killed.pid, 'SIGKILL');
  } finally {
    process.kill(system.tsaPid, 'SIGCONT');
  }
  await system.untilStatus(id, 'completed');
  expect(await countOf(id, 'request.released')).toBe(1);
  // The dead one may have had time to write down that it signed, before it waited for the timestamp.
  expect([1, 2]).toContain(await countOf(id, 'sign.done'));
  // One grant, whoever asked for it: of two keyholders both have signed the very same bytes.
  const grants = [...(await signedBy(one, id)), ...(await signedBy(two, id))];
  expect(new Set(grants).size).toBe(1);
  const other = killed === one ? two : one;
  expect(await signedBy(other, id)).toHaveLength(1);

  // The dead one comes back and leaves the finished request alone.
  killed.pid = system.keep(
    await startSigner(system.foundation.stack.paths, killed.config, 'signer-again'),
  ).pid;
  const next = await approved('after it came back');
  await next.approve();
  await system.untilStatus(next.id, 'completed');
  expect(await countOf(id, 'request.released')).toBe(1);
  expect(await system.verifyJournal()).toMatchObject({ intact: true });
});
