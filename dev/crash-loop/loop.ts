/** Two signers with requests in flight; something is killed, again and again; and then all is counted. */
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../format-fuzz/mutate.ts';
import type { RequestUnderTest, TwoSigners } from '../test/system/two-signers.ts';
import { count, type Count } from './count.ts';
import { readLeft } from './left.ts';
import { Killer, type Victim } from './victims.ts';

export interface LoopOptions {
  readonly rounds: number;
  readonly seed: number;
  readonly inFlight: number;
  readonly among: readonly Victim[];
  /** Rounds between two counts; there is one at the end in any case. */
  readonly countEvery: number;
  readonly say: (line: string) => void;
}

export interface LoopResult extends Count {
  readonly rounds: number;
  readonly asked: number;
  readonly kills: Readonly<Partial<Record<Victim, number>>>;
}

/** Tells what hangs from what is slow; nothing else depends on it. */
const patienceMilliseconds = 900_000;
const killWithinMilliseconds = 2500;

/** Ends early where something doesn't come back, or a count has a fault. */
export async function crashLoop(both: TwoSigners, options: LoopOptions): Promise<LoopResult> {
  const { rounds, seed, say } = options;
  const random = seededRandom(seed);
  const killer = await Killer.start(both, random, options.among);
  const load = new Load(both, options.inFlight, () => killer.portalUrl);
  const kills: Partial<Record<Victim, number>> = {};
  const result = (counted: Count, round: number): LoopResult => ({
    ...counted,
    rounds: round,
    asked: load.asked.length,
    kills,
  });
  try {
    for (let round = 1; ; round += 1) {
      const victim = killer.next();
      const before = load.ended;
      await sleep(Math.floor(random() * killWithinMilliseconds));
      try {
        await killer.kill(victim);
      } catch (error) {
        const counted = await counts(both, load.asked, []);
        const faults = [...counted.faults, `stuck: ${victim} doesn’t come back: ${String(error)}`];
        return result({ ...counted, stuck: counted.stuck + 1, faults }, round);
      }
      kills[victim] = (kills[victim] ?? 0) + 1;
      const goesOn = await load.until(() => load.ended > before);
      if (!goesOn || round === rounds || round % options.countEvery === 0) {
        const stuck = goesOn ? await load.drain() : await load.describe();
        const counted = await counts(both, load.asked, stuck);
        say(`  counted: ${describeCount(counted)}`);
        if (round === rounds || counted.faults.length > 0) return result(counted, round);
        load.resume();
      }
      say(`round ${round} of ${rounds}: ${victim}; ${load.asked.length} asked, ${load.ended} ended`);
    }
  } finally {
    await load.stop();
  }
}

export const describeCount = (counted: Count): string =>
  `${counted.signed} signed, ${counted.unlogged} unlogged, ${counted.doubled} doubled, ${counted.stuck} stuck, ${counted.broken} broken`;

const counts = async (both: TwoSigners, asked: readonly string[], stuck: readonly string[]) =>
  count(await readLeft(both, { asked, stuck }));

/** Requests in flight: asked for, approved once they wait for that, replaced once they have ended. */
class Load {
  readonly asked: string[] = [];
  ended = 0;
  readonly #both: TwoSigners;
  readonly #inFlight: number;
  readonly #portal: () => string | null;
  readonly #open = new Map<string, RequestUnderTest>();
  readonly #tending: Promise<void>;
  #filling = true;
  #stopped = false;

  constructor(both: TwoSigners, inFlight: number, portal: () => string | null) {
    [this.#both, this.#inFlight, this.#portal] = [both, inFlight, portal];
    this.#tending = this.#tend();
  }

  async #tend(): Promise<void> {
    while (!this.#stopped) {
      // While PostgreSQL is away nothing can be asked for: that is no fault, and is tried again.
      await this.#look().catch(() => undefined);
      await sleep(200);
    }
  }

  async #look(): Promise<void> {
    const { system } = this.#both;
    const url = this.#portal();
    if (url !== null)
      await fetch(new URL('readyz', url), { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    while (this.#filling && this.#open.size < this.#inFlight && !this.#stopped) {
      const request = await this.#both.asked(`crash loop ${this.asked.length + 1}`);
      this.#open.set(request.id, request);
      this.asked.push(request.id);
    }
    const { rows } = await system.portal.query<{ id: string; status: string }>(
      'SELECT request_id::text AS id, status FROM signer.request_state WHERE request_id = ANY($1::uuid[])',
      [[...this.#open.keys()]],
    );
    for (const { id, status } of rows) {
      const request = this.#open.get(id);
      if (request === undefined) continue;
      if (status === 'waiting-for-approval' && !(await this.#isApproved(id)))
        await this.#both.approve(request);
      if (status !== 'completed' && status !== 'denied') continue;
      this.#open.delete(id);
      this.ended += 1;
    }
  }

  /** Asked of the database: an approval whose answer was lost may be there. */
  async #isApproved(id: string): Promise<boolean> {
    const { rowCount } = await this.#both.system.portal.query(
      'SELECT 1 FROM portal.approval_submission WHERE request_id = $1 LIMIT 1',
      [id],
    );
    return rowCount !== 0;
  }

  /** false: not within the patience. */
  async until(condition: () => boolean): Promise<boolean> {
    const deadline = Date.now() + patienceMilliseconds;
    while (!condition()) {
      if (Date.now() > deadline) return false;
      await sleep(50);
    }
    return true;
  }

  /** Nothing more is asked for, and all that is open may end → what doesn't; a request that was denied had no reason to be. */
  async drain(): Promise<readonly string[]> {
    this.#filling = false;
    const isDrained = await this.until(() => this.#open.size === 0);
    return isDrained ? await this.#denied() : await this.describe();
  }

  resume(): void {
    this.#filling = true;
  }

  async #denied(): Promise<readonly string[]> {
    const { rows } = await this.#both.system.portal.query<{ id: string; summary: string }>(
      `SELECT request_id::text AS id, summary FROM signer.request_state WHERE request_id = ANY($1::uuid[]) AND status <> 'completed'`,
      [this.asked],
    );
    return rows.map(({ id, summary }) => `request ${id} was refused: ${summary}`);
  }

  async describe(): Promise<readonly string[]> {
    const described: string[] = [];
    for (const id of this.#open.keys()) {
      const state = await this.#both.system.state(id).catch(() => null);
      described.push(`request ${id} is ${JSON.stringify(state)}`);
    }
    return described;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#tending;
  }
}
