/** The tokens of a key holder, all on one module. With several, one that is missing takes only its own keys away. */
import {
  KeyHolderError,
  type ChildOptions,
  type KeyHolderHealth,
  type RegisteredKey,
} from '../protocol/index.ts';
import { Pkcs11Module, Pkcs11Token, readPin } from '../token/index.ts';

type TokenHealth = KeyHolderHealth['tokens'][number];

export interface OpenedTokens {
  /** The token with this label. Throws TOKEN_NOT_FOUND, or why its PIN isn't tried. */
  readonly of: (label: string) => Pkcs11Token;
  /** Messages by label. */
  readonly pinsRefused: () => Readonly<Record<string, string>>;
  readonly reconnections: () => number;
  readonly health: (keys: ReadonlyMap<string, RegisteredKey>) => Promise<TokenHealth[]>;
  readonly close: () => Promise<void>;
}

/** Health probes this many keys of each token: enough to see that the token is there, few enough to do so often. */
const probedKeysMax = 8;
const pinProblems: ReadonlySet<string> = new Set(['PIN_WRONG', 'PIN_LOCKED']);

/** Throws the problem of the first where none can be opened. */
export async function openTokens(options: ChildOptions): Promise<OpenedTokens> {
  const module = Pkcs11Module.load(options.module);
  const open = new Map<string, Pkcs11Token>();
  const problems = new Map<string, KeyHolderError>();
  for (const { label, pin: source, pinRefused } of options.tokens) {
    if (pinRefused !== null) {
      problems.set(label, new KeyHolderError('PIN_WRONG', pinRefused));
      continue;
    }
    const pin = await readPin(source, process.env).catch(keepError);
    if (typeof pin !== 'string') {
      problems.set(label, pin);
      continue;
    }
    const { token, problem } = Pkcs11Token.openLater({
      module,
      tokenLabel: label,
      pin,
      sessions: options.sessions,
    });
    if (problem !== null) problems.set(label, problem);
    if (problem === null || !pinProblems.has(problem.code)) open.set(label, token);
  }
  for (const { pin } of options.tokens) if ('env' in pin) Reflect.deleteProperty(process.env, pin.env);
  const [first] = problems.values();
  if (first !== undefined && problems.size === options.tokens.length) {
    await module.close();
    throw first;
  }
  const of = (label: string): Pkcs11Token => {
    const token = open.get(label);
    if (token !== undefined) return token;
    throw (
      problems.get(label) ?? new KeyHolderError('TOKEN_NOT_FOUND', `token ${label} isn't configured here`)
    );
  };
  return {
    of,
    pinsRefused: () =>
      Object.fromEntries(
        [...problems]
          .filter(([, { code }]) => pinProblems.has(code))
          .map(([label, { message }]) => [label, message]),
      ),
    reconnections: () => [...open.values()].reduce((sum, { reconnections }) => sum + reconnections, 0),
    health: (keys) =>
      Promise.all(
        options.tokens.map(async ({ label }) => {
          const own = [...keys.values()].filter(({ place }) => place.token === label);
          try {
            await probe(of(label), own);
            return {
              label,
              ok: true,
              detail: `token ${label} answers, ${own.length} keys`,
              keys: own.length,
            };
          } catch (error) {
            const detail = error instanceof Error ? error.message : 'unknown failure';
            return { label, ok: false, detail: detail.slice(0, 4096), keys: own.length };
          }
        }),
      ),
    async close() {
      for (const token of open.values()) await token.close();
      await module.close();
    },
  };
}

/** Some keys on the token, and every wrapping key. */
async function probe(token: Pkcs11Token, keys: readonly RegisteredKey[]): Promise<void> {
  const onToken = new Set(keys.flatMap(({ place }) => (place.wrapped === null ? [place.label] : [])));
  const wrapping = new Set(keys.flatMap(({ place }) => (place.wrapped === null ? [] : [place.wrapped.by])));
  for (const label of [...onToken].slice(0, probedKeysMax)) await token.probe(label);
  for (const label of [...wrapping].slice(0, probedKeysMax)) await token.probeWrappingKey(label);
}

function keepError(error: unknown): KeyHolderError {
  if (error instanceof KeyHolderError) return error;
  throw error;
}
