import type { BuildSystem, TufRepository } from '#core/generated/index.ts';
import { OriginError, parseTrustRoot, type TrustRoot } from '#core/origin/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { messageOf, Unavailable } from '../../ground/availability/index.ts';
import { fetchRoot } from './fetch-root.ts';
import { pinOf, readKnown, RootRecordError, writeKnown, type KnownRoot } from './known-root.ts';

/** A trust root, and where it is kept current by TUF, what is said of that. */
export interface UsedRoot {
  readonly trustRoot: TrustRoot;
  readonly checked: { readonly at: Date; readonly sha256: string; readonly mirror: string } | null;
}

export interface RootsVerdict {
  readonly state: 'ok' | 'degraded' | 'down';
  readonly detail: string;
  readonly measures?: Readonly<Record<string, number>>;
}

export interface SigstoreRoots {
  /** Throws Unavailable where it isn't known, or wasn't confirmed for longer than the policy allows. */
  of(buildSystem: BuildSystem): Promise<UsedRoot>;
  /** Begins to look at the repositories that this policy names and that are due; → when those looks are over. */
  follow(snapshot: PolicySnapshot): Promise<void>;
  health(): Promise<RootsVerdict>;
  /** Ends what is under way. */
  stop(): Promise<void>;
}

interface Input {
  /** Those that the signer was installed with, by the name that trust/root.yaml uses. */
  readonly installed: ReadonlyMap<string, TrustRoot>;
  readonly directory: string;
  readonly log: { warn(facts: object, message: string): void; info(facts: object, message: string): void };
  readonly now: () => Date;
  readonly lookSeconds?: number;
}

/** What this process knows of its looks at one repository. */
interface Looks {
  running: Promise<void> | null;
  /** When the last one began. */
  beganAt: number;
  dueAt: number;
  failures: number;
  problem: string | null;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const againAfter = 6 * 60 * minute;
const againAfterFailureMax = 60 * minute;
/** Clocks differ by that much; a record from further ahead was written by a clock that was wrong, or this one is. */
const futureMax = 5 * minute;

export function openSigstoreRoots(input: Input): SigstoreRoots {
  const { installed, directory, log, now, lookSeconds = 60 } = input;
  const looks = new Map<string, Looks>();
  const parsed = new Map<
    string,
    { readonly sha256: string; readonly kind: string; readonly root: TrustRoot }
  >();
  const over = new AbortController();
  let wanted: readonly (readonly [string, TufRepository])[] = [];

  const looksOf = (pin: string): Looks => {
    const none = { running: null, beganAt: 0, dueAt: 0, failures: 0, problem: null };
    const found = looks.get(pin) ?? none;
    looks.set(pin, found);
    return found;
  };
  const look = async (pin: string, tuf: TufRepository): Promise<void> => {
    const one = looksOf(pin);
    const checkedAt = now();
    one.beganAt = checkedAt.getTime();
    try {
      const known = await readKnown(directory, pin);
      const signal = AbortSignal.any([over.signal, AbortSignal.timeout(lookSeconds * 1000)]);
      const workplace = `${directory}/${pin}.look`;
      const fetched = await fetchRoot(tuf, known?.metadata ?? null, { workplace, signal });
      await writeKnown(directory, pin, { mirror: tuf.mirror, checkedAt, ...fetched });
      if (known?.trustedRoot !== fetched.trustedRoot)
        log.info({ mirror: tuf.mirror }, 'the trust root is a new one');
      Object.assign(one, { failures: 0, problem: null, dueAt: now().getTime() + againAfter });
    } catch (error) {
      if (over.signal.aborted) return;
      one.failures += 1;
      one.problem = problemOf(error);
      one.dueAt =
        now().getTime() + Math.min(againAfterFailureMax, minute * 2 ** Math.min(one.failures - 1, 10));
      log.warn({ err: error, mirror: tuf.mirror }, 'the trust root could not be confirmed');
    }
  };
  const lookIfDue = async (pin: string, tuf: TufRepository): Promise<void> => {
    const one = looksOf(pin);
    const time = now().getTime();
    // A clock that has been put right since the last look makes no sense of when the next one is due, nor of what was recorded.
    const isDue = one.dueAt <= time || time < one.beganAt - futureMax;
    if (one.running === null && isDue && !over.signal.aborted) {
      one.running = look(pin, tuf).finally(() => (one.running = null));
    }
    await one.running;
  };
  const rootOf = (pin: string, tuf: TufRepository, known: KnownRoot): TrustRoot => {
    const cached = parsed.get(pin);
    if (cached?.sha256 === known.sha256 && cached.kind === tuf.kind) return cached.root;
    const root = parseTrustRoot(JSON.parse(known.trustedRoot), tuf.kind);
    parsed.set(pin, { sha256: known.sha256, kind: tuf.kind, root });
    return root;
  };

  return {
    async of(buildSystem) {
      const { name, tuf, trustRoot = '' } = buildSystem;
      if (tuf === undefined) {
        const found = installed.get(trustRoot);
        if (found !== undefined) return { trustRoot: found, checked: null };
        throw new Unavailable(
          'policy',
          `the signer has no trust root named ${trustRoot}, which the build system ${name} needs`,
          'add it under trustRoots in the signer’s configuration',
        );
      }
      const pin = pinOf(tuf);
      const known = await readOrWait(name, pin);
      const problem = looks.get(pin)?.problem ?? null;
      const because = problem === null ? '' : `: ${problem}`;
      if (known === null) {
        throw new Unavailable(
          'policy',
          `the trust root of the build system ${name} was not fetched from ${tuf.mirror} yet${because}`,
          'let the signer reach that address; it goes on as soon as one look at the repository succeeds',
        );
      }
      if (isStale(known, tuf, now())) {
        throw new Unavailable(
          'policy',
          `the trust root of the build system ${name} was last confirmed at ${known.checkedAt.toISOString()}, and the policy lets it be used for ${tuf.staleDays} days${because}`,
          `let the signer reach ${tuf.mirror}, and compare the machine’s clock; it goes on as soon as one look at the repository succeeds`,
        );
      }
      try {
        const used = rootOf(pin, tuf, known);
        return {
          trustRoot: used,
          checked: { at: known.checkedAt, sha256: known.sha256, mirror: tuf.mirror },
        };
      } catch (error) {
        if (!(error instanceof OriginError)) throw error;
        const fix = 'correct the kind in trust/root.yaml, or ask whoever runs the repository';
        throw new Unavailable('policy', `the build system ${name}: ${error.message}`, fix, error);
      }
    },
    async follow({ trustRoot }) {
      wanted = trustRoot.value.buildSystems.flatMap(({ tuf }) =>
        tuf === undefined ? [] : [[pinOf(tuf), tuf] as const],
      );
      const pins = new Set(wanted.map(([pin]) => pin));
      for (const [pin, { running }] of looks) if (!pins.has(pin) && running === null) looks.delete(pin);
      for (const pin of parsed.keys()) if (!pins.has(pin)) parsed.delete(pin);
      await Promise.all(wanted.map(([pin, tuf]) => lookIfDue(pin, tuf)));
    },
    async health() {
      if (wanted.length === 0) return { state: 'ok', detail: 'no build system has a trust root by TUF' };
      const verdicts = await Promise.all(wanted.map(([pin, tuf]) => verdictOf(pin, tuf)));
      const states = (['down', 'degraded', 'ok'] as const).filter((state) =>
        verdicts.some((verdict) => verdict.state === state),
      );
      const times = verdicts.flatMap(({ checkedAt }) => (checkedAt === null ? [] : [checkedAt / 1000]));
      const ends = verdicts.flatMap(({ staleAt }) => (staleAt === null ? [] : [staleAt / 1000]));
      return {
        state: states[0] ?? 'ok',
        detail: verdicts.map(({ detail }) => detail).join('; '),
        ...(times.length < verdicts.length
          ? {}
          : {
              measures: {
                checked_timestamp_seconds: Math.min(...times),
                stale_timestamp_seconds: Math.min(...ends),
              },
            }),
      };
    },
    async stop() {
      over.abort();
      await Promise.all([...looks.values()].map(async ({ running }) => running));
    },
  };

  async function readOrWait(name: string, pin: string): Promise<KnownRoot | null> {
    try {
      return await readKnown(directory, pin);
    } catch (error) {
      if (!(error instanceof RootRecordError)) throw error;
      throw new Unavailable(
        'policy',
        `the trust root of the build system ${name} can’t be read: ${error.message}`,
        'put the file back from a backup, or remove it: the root is then fetched anew, and what the mirror showed before is forgotten',
        error,
      );
    }
  }

  async function verdictOf(pin: string, tuf: TufRepository) {
    const known = await readKnown(directory, pin).catch((error: unknown) => messageOf(error));
    const problem = looks.get(pin)?.problem ?? null;
    const because = problem === null ? '' : ` (${problem})`;
    if (typeof known === 'string')
      return { state: 'down', detail: known, checkedAt: null, staleAt: null } as const;
    if (known === null) {
      const detail = `${tuf.mirror}: nothing was fetched yet${because}`;
      return { state: 'down', detail, checkedAt: null, staleAt: null } as const;
    }
    const checkedAt = known.checkedAt.getTime();
    const staleAt = checkedAt + tuf.staleDays * day;
    const detail = `${tuf.mirror}: confirmed ${known.checkedAt.toISOString()}, used until ${new Date(staleAt).toISOString()}${because}`;
    const halfway = (checkedAt + staleAt) / 2;
    const aging = now().getTime() > halfway ? 'degraded' : 'ok';
    return { state: isStale(known, tuf, now()) ? 'down' : aging, detail, checkedAt, staleAt } as const;
  }
}

function isStale({ checkedAt }: KnownRoot, { staleDays }: TufRepository, now: Date): boolean {
  const age = now.getTime() - checkedAt.getTime();
  return age > staleDays * day || age < -futureMax;
}

/** Whatever the client throws is about the mirror's answer, or about reaching it; fetch says its reason in the cause. */
function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it failed';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
  return `${error.message}${cause}`.replaceAll(/[^\x20-\x7e]/g, ' ').slice(0, 240);
}
