/**
 * Public keys of those who issue identity tokens to builds, kept in this process. Asked for at most every 30 seconds, whatever tokens
 * come in; while the issuer doesn't answer, the last ones go on for a day. Then tokens are refused.
 */
import { createLocalJWKSet, errors } from 'jose';
import type { CryptoKey, JWSHeaderParameters } from 'jose';
import { fetchKeys } from './fetch-keys.ts';
import { BuildTokenError } from './error.ts';

const secondMilliseconds = 1_000;
const minuteMilliseconds = 60 * secondMilliseconds;
const hourMilliseconds = 60 * minuteMilliseconds;

/** A step back of the clock that changes nothing. */
const clockMilliseconds = 30 * secondMilliseconds;

export const keyTimes = {
  /** Between two looks, whether for age or for a key that isn't known. */
  cooldownMilliseconds: 30 * secondMilliseconds,
  /** From when on keys are asked for again before they are used: what an issuer withdrew counts no longer than that. */
  freshMilliseconds: 10 * minuteMilliseconds,
  /** How long they are used while the issuer doesn't answer. */
  staleMilliseconds: 24 * hourMilliseconds,
} as const;

export interface KeysState {
  readonly issuer: string;
  /** null: never yet. */
  readonly fetchedAt: Date | null;
  /** Why the last look failed; null: it didn't. */
  readonly failure: string | null;
}

export interface BuildKeys {
  /** The key that a token's header names. Rejects with BuildTokenError. */
  find(issuer: string, url: string, header: JWSHeaderParameters): Promise<CryptoKey>;
  /** Of every issuer that was asked since the start. */
  states(): readonly KeysState[];
}

export interface BuildKeysOptions {
  readonly now: () => Date;
  /** Where the keys of an issuer are, in place of the address that its provider has them at. */
  readonly elsewhere?: ReadonlyMap<string, string>;
  readonly fetch?: typeof fetchKeys;
}

interface Kept {
  find: ReturnType<typeof createLocalJWKSet> | null;
  fetchedAt: number;
  askedAt: number;
  failure: string | null;
  asking: Promise<void> | null;
}

export function openBuildKeys({ now, elsewhere, fetch = fetchKeys }: BuildKeysOptions): BuildKeys {
  const kept = new Map<string, Kept>();

  /** Since a moment by the same clock, in milliseconds; of one that lies ahead, since the clock was put right, for ever. */
  function since(moment: number): number {
    const elapsed = now().getTime() - moment;
    return elapsed < -clockMilliseconds ? Infinity : elapsed;
  }

  async function ask(one: Kept, url: string): Promise<void> {
    try {
      one.find = createLocalJWKSet(await fetch(url));
      one.fetchedAt = now().getTime();
      one.failure = null;
    } catch (error) {
      one.failure = error instanceof Error ? error.message.slice(0, 200) : 'it failed';
    }
  }

  /** Waits for the look that is under way; else looks, unless the last one was a moment ago. */
  async function refresh(one: Kept, url: string): Promise<void> {
    if (one.asking === null && since(one.askedAt) < keyTimes.cooldownMilliseconds) return;
    if (one.asking === null) {
      one.askedAt = now().getTime();
      one.asking = ask(one, url).finally(() => (one.asking = null));
    }
    await one.asking;
  }

  return {
    async find(issuer, given, header) {
      const url = elsewhere?.get(issuer) ?? given;
      let one = kept.get(issuer);
      if (one === undefined) {
        one = { find: null, fetchedAt: -Infinity, askedAt: -Infinity, failure: null, asking: null };
        kept.set(issuer, one);
      }
      const age = (): number => since(one.fetchedAt);
      if (age() > keyTimes.freshMilliseconds) await refresh(one, url);
      if (one.find === null || age() > keyTimes.staleMilliseconds) throw unavailable(issuer, one);
      const before = one.find;
      const found = await lookUp(before, header);
      if (found !== null) return found;
      await refresh(one, url);
      const again = one.find === before ? null : await lookUp(one.find, header);
      if (again !== null) return again;
      // With what the issuer signs by now nobody knows: the token may be good.
      if (one.failure !== null) throw unavailable(issuer, one);
      throw new BuildTokenError({
        code: 'BUILD_TOKEN_KEY_UNKNOWN',
        message: `The identity token is signed with a key that ${issuer} doesn’t publish.`,
        fix: 'Ask for a new token and send it. If the issuer has just changed its keys, that helps after 30 seconds at the latest.',
      });
    },
    states: () =>
      [...kept].map(([issuer, { fetchedAt, failure }]) => ({
        issuer,
        fetchedAt: Number.isFinite(fetchedAt) ? new Date(fetchedAt) : null,
        failure,
      })),
  };
}

async function lookUp(
  find: NonNullable<Kept['find']>,
  header: JWSHeaderParameters,
): Promise<CryptoKey | null> {
  try {
    return await find(header);
  } catch (error) {
    // Several: the set names two keys alike, and which of them was meant can't be told.
    if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) {
      return null;
    }
    throw error;
  }
}

function unavailable(issuer: string, { failure }: Kept): BuildTokenError {
  return new BuildTokenError({
    code: 'BUILD_KEYS_UNAVAILABLE',
    message: `The keys of ${issuer} can’t be had, so its identity tokens can’t be verified${failure === null ? '' : `: ${failure}`}.`,
    fix: 'Try again in a minute; /readyz says since when. An API token works meanwhile.',
  });
}
