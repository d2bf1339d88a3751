/**
 * npm run upgrade:check -- --old FOLDER: two versions on one database, as while a foundation updates one process after another, and as it goes back. FOLDER is
 * a checkout of the other version with its processes built (`node scripts/build-processes.ts`); this one's schema is in the database, as a
 * guide's first step has it. Requests are in each state as a process changes. Exits 1 where one is lost, signed twice or unlogged.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readOptions } from '../../signer/ground/command-line/index.ts';
import { nodeFlags } from '../../scripts/processes/program.ts';
import { startNodeService } from '../stack/node-service.ts';
import { packageWith } from '../test/system/demo-package.ts';
import { FoundationUnderTest } from '../test/system/foundation-under-test.ts';
import { madeBy } from '../test/system/rehearsal.ts';

const usage = 'usage: npm run upgrade:check -- --old FOLDER';
const { values } = readOptions(usage, { options: { old: { type: 'string' } } });
const old = values.old ?? '';
if (!existsSync(join(old, 'dist/daemon.js'))) {
  console.error(`${usage}\n${old}/dist/daemon.js isn’t there: build its processes first`);
  process.exit(2);
}
const say = (line: string): void => console.log(line);

interface Request {
  readonly id: string;
  readonly artifact: Uint8Array;
}

/** One signer that is one version or the other, under one configuration. */
class Updated {
  readonly system: FoundationUnderTest;
  readonly asked: Request[] = [];
  readonly faults: string[] = [];
  #pid: number;
  #starts = 0;

  constructor(system: FoundationUnderTest) {
    [this.system, this.#pid] = [system, system.foundation.signer.pid];
  }

  async become(version: 'old' | 'new'): Promise<void> {
    const { stack, signerConfig } = this.system.foundation;
    process.kill(this.#pid, 'SIGTERM');
    while (isRunning(this.#pid)) await new Promise((resolve) => setTimeout(resolve, 100));
    this.#starts += 1;
    const program =
      version === 'old' ? join(old, 'dist/daemon.js') : join(import.meta.dirname, '../../dist/daemon.js');
    const running = await startNodeService(stack.paths, {
      name: `signer-${version}-${this.#starts}`,
      args: [...nodeFlags('daemon'), program, '--config', signerConfig],
      health: ({ logFile }) => Promise.resolve(readFileSync(logFile, 'utf8').includes('the signer is ready')),
    });
    this.system.keep(running);
    this.#pid = running.pid;
    say(`the signer is ${version}`);
  }

  async ask(mark: string): Promise<Request> {
    const artifact = await packageWith(`${mark} ${this.asked.length}`);
    const request = { id: await this.system.ask({ artifact }), artifact };
    this.asked.push(request);
    return request;
  }

  async waiting(mark: string): Promise<Request> {
    const request = await this.ask(mark);
    await this.system.untilStatus(request.id, 'waiting-for-approval', 'denied', 'failed');
    return request;
  }

  approve({ id, artifact }: Request): Promise<void> {
    return this.system.approve(id, artifact);
  }

  async end({ id }: Request): Promise<void> {
    const state = await this.system.untilStatus(id, 'completed', 'denied', 'failed');
    if (state.status !== 'completed') this.faults.push(`${id}: ${state.status}: ${state.summary}`);
  }

  /** Requests that wait, that were approved a moment ago, and that nobody has taken yet, as the version changes. */
  async across(to: 'old' | 'new'): Promise<void> {
    const from = to === 'old' ? 'new' : 'old';
    const waits = await this.waiting(`waits since ${from}`);
    const approved = await this.waiting(`approved under ${from}`);
    const untaken = await this.ask(`asked under ${from}`);
    await this.approve(approved);
    await this.become(to);
    await this.approve(waits);
    await this.system.untilStatus(untaken.id, 'waiting-for-approval', 'denied', 'failed');
    await this.approve(untaken);
    for (const one of [waits, approved, untaken]) await this.end(one);
    say(`from ${from} to ${to}: ${this.faults.length} faults`);
  }

  async count(): Promise<void> {
    const journal = join(this.system.foundation.stack.paths.signer, 'keyholder', 'journal.jsonl');
    const made = await madeBy(journal);
    for (const { id } of this.asked) {
      const own = made.filter(({ requestId }) => requestId === id);
      const logged = (await this.system.journal(id)).filter(({ kind }) => kind === 'sign.done');
      if (own.length !== 1) this.faults.push(`${id}: signed ${own.length} times`);
      if (!own.every(({ sha256 }) => logged.some(({ body }) => body['signatureSha256'] === sha256)))
        this.faults.push(`${id}: a signature isn’t in the journal`);
    }
    const chain = await this.system.verifyJournal();
    if (!chain.intact) this.faults.push(`the journal’s chain: ${JSON.stringify(chain)}`);
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const system = await FoundationUnderTest.start();
try {
  const updated = new Updated(system);
  await updated.across('old');
  await updated.across('new');
  // Back again, and forth: what the newer one wrote is read by the older one, too.
  await updated.across('old');
  await updated.across('new');
  await updated.count();
  say(`${updated.asked.length} requests, ${updated.faults.length} faults`);
  for (const fault of updated.faults) say(`  ${fault}`);
  if (updated.faults.length > 0) process.exitCode = 1;
} finally {
  await system.stop();
}
