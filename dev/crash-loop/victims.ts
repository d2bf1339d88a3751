/** What is killed, and started again where nobody else does that. */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Random } from '../format-fuzz/mutate.ts';
import { startPortalOf } from '../foundation/index.ts';
import { startPostgres } from '../stack/index.ts';
import { signal, type SignerUnderTest, type TwoSigners } from '../test/system/two-signers.ts';

export const victims = [
  'one signer',
  'both signers',
  'keyholder',
  'inspector',
  'PostgreSQL, killed',
  'PostgreSQL, stopped at once',
  'portal',
] as const;
export type Victim = (typeof victims)[number];

/** A server whose own children still end refuses a second one on its folder. */
const postgresStartsMax = 60;

export class Killer {
  readonly #both: TwoSigners;
  readonly #random: Random;
  #postgresPid: number;
  #portal: { readonly pid: number; stop(): Promise<void> } | null = null;
  #bag: Victim[] = [];
  readonly #among: readonly Victim[];

  private constructor(both: TwoSigners, random: Random, among: readonly Victim[]) {
    [this.#both, this.#random, this.#among] = [both, random, among];
    this.#postgresPid = both.system.foundation.stack.postgres.pid;
  }

  static async start(both: TwoSigners, random: Random, among: readonly Victim[]): Promise<Killer> {
    const killer = new Killer(both, random, among);
    if (among.includes('portal')) await killer.#startPortal();
    return killer;
  }

  /** Address of the portal; null: there is none. */
  portalUrl: string | null = null;

  /** Each once before any comes again, in an order by chance. */
  next(): Victim {
    if (this.#bag.length === 0) this.#bag = [...this.#among];
    const [victim] = this.#bag.splice(this.#below(this.#bag.length), 1);
    if (victim === undefined) throw new RangeError('nothing is to be killed');
    return victim;
  }

  /** Resolves once what was killed works again; rejects where it doesn't come back. */
  async kill(victim: Victim): Promise<void> {
    const { one, two } = this.#both;
    const signer = this.#below(2) === 0 ? one : two;
    switch (victim) {
      case 'one signer':
        return this.#restart(signer);
      case 'both signers':
        await Promise.all([this.#restart(one), this.#restart(two)]);
        return;
      case 'keyholder':
        return killChild(signer, 'keyholder.js');
      case 'inspector':
        return killChild(signer, 'inspector.js');
      case 'PostgreSQL, killed':
        return this.#restartPostgres('SIGKILL');
      case 'PostgreSQL, stopped at once':
        return this.#restartPostgres('SIGQUIT');
      case 'portal':
        signal(this.#portal?.pid ?? 0, 'SIGKILL');
        return this.#startPortal();
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  async #restart(signer: SignerUnderTest): Promise<void> {
    this.#both.kill(signer);
    await this.#both.startAgain(signer);
  }

  async #restartPostgres(how: NodeJS.Signals): Promise<void> {
    const { system } = this.#both;
    signal(this.#postgresPid, how);
    for (let start = 1; ; start += 1) {
      try {
        this.#postgresPid = system.keep(await startPostgres(system.foundation.stack.paths)).pid;
        return;
      } catch (error) {
        if (start >= postgresStartsMax) throw error;
        await sleep(500);
      }
    }
  }

  async #startPortal(): Promise<void> {
    const portal = this.#both.system.keep(await startPortalOf(this.#both.system.foundation));
    this.#portal = portal;
    this.portalUrl = portal.url;
  }
}

/** A child that the daemon starts anew by itself; below it, since a sandbox may be in between. */
async function killChild({ pid }: SignerUnderTest, program: string): Promise<void> {
  const { stdout } = await promisify(execFile)('ps', ['-ww', '-eo', 'pid=,ppid=,args=']);
  const processes = stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((found) => found !== null)
    .map(([, own, parent, args = '']) => ({ pid: Number(own), parent: Number(parent), args }));
  const below = new Set([pid]);
  for (let size = 0; size !== below.size;) {
    size = below.size;
    for (const one of processes) if (below.has(one.parent)) below.add(one.pid);
  }
  // The first flag is Node's own permission model: the sandbox's programs have the same file in their arguments.
  const own = processes.filter(
    (one) => below.has(one.pid) && one.args.includes(program) && /^\S*node /.test(one.args),
  );
  for (const one of own) signal(one.pid, 'SIGKILL');
}
