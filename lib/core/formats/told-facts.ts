/** What a file says of itself, as people are told it: each format's own texts, in its own order and words. */
import type { FormatType, Options } from './format.ts';
import { formats } from './registry.ts';

export interface ToldFact {
  /** As the format calls it: `UpgradeCode`. */
  readonly name: string;
  /** `Upgrade code`. */
  readonly words: string;
  readonly text: string;
}

/** Of all formats: reports keep texts without the type that they were read as, and what two formats call the same is the same. */
const known: ReadonlyMap<string, { readonly words: string; readonly order: number }> = new Map(
  Object.values(formats)
    .flatMap(({ facts }) => facts)
    .map(({ name, words }, order) => [name, { words, order }]),
);

/** `type`: what it is expected as, whose texts come first; null: nothing expects it. */
export function toldFacts(
  type: FormatType | null,
  texts: Readonly<Record<string, string>> | null,
): readonly ToldFact[] {
  const own = new Map((type === null ? [] : formats[type].facts).map(({ name, words }) => [name, words]));
  const order = [...own.keys()];
  const placeOf = (name: string): number =>
    own.has(name) ? order.indexOf(name) : order.length + (known.get(name)?.order ?? Number.MAX_SAFE_INTEGER);
  return Object.entries(texts ?? {})
    .map(([name, text]) => ({ name, words: own.get(name) ?? known.get(name)?.words ?? name, text }))
    .toSorted((one, other) => placeOf(one.name) - placeOf(other.name));
}

/** By which method a file gets signed, with key and file where a format has several: `Authenticode`, `CMS; in ….p7s`. null: it can't be. */
export function signedAs(type: FormatType, sign: Options): string | null {
  const { signing } = formats[type];
  return signing === null ? null : (signing.methodOf?.(sign) ?? signing.method);
}
