/**
 * A key of a configuration is one record: its schema, and what is said of it in the reference, in the annotated examples and by
 * `config check`. Schemas are made of these records alone, so a key without its words doesn't compile (decision 0129). Pure.
 */
import { z } from 'zod';

/** What a value counts, where the key's name doesn't end with it. */
export type Unit =
  | 'bytes'
  | 'seconds'
  | 'minutes'
  | 'hours'
  | 'days'
  | 'months'
  | 'years'
  | 'milliseconds'
  | 'mebibytes'
  | 'bits'
  | 'count';

/**
 * What a path leads to, for `config check`: `file` and `folder` exist and nobody else may change them, a `secret`'s content is for its reader alone, a
 * `credential` is the name of such a file that the service manager hands over, and of what the process `makes` the folder around it exists.
 */
export type Named = 'file' | 'folder' | 'secret' | 'credential' | 'makes';

export interface KeyWords<Value = unknown> {
  /** One or more plain sentences. */
  readonly means: string;
  readonly unit?: Unit;
  /** In words, where the schema has no constant. */
  readonly default?: string;
  /** It is a secret, or leads to one: how it comes to the process. */
  readonly secret?: string;
  readonly names?: Named;
  /** In the annotated example the key is set to this. */
  readonly example?: unknown;
  /** In the annotated example the key stands with this value, commented out. */
  readonly sample?: unknown;
  /** It contradicts another key of the example, or is for tests: the example leaves it out. */
  readonly notInExample?: true;
  /** Who needs it, where not everybody does. */
  readonly neededBy?: string;
  /** Why this value is dangerous although it is allowed; null: it isn't. A sentence that says what to write instead. */
  readonly risk?: (value: Value) => string | null;
}

type Details<Value> = Omit<KeyWords<Value>, 'means'>;

const wordsOfSchemas = new WeakMap<z.core.$ZodType, KeyWords>();

/** A schema with its words. */
export class Key<Schema extends z.ZodType = z.ZodType> {
  readonly #schema: Schema;
  constructor(schema: Schema, words: KeyWords) {
    // A copy: the same schema may stand at several keys.
    this.#schema = schema.clone();
    wordsOfSchemas.set(this.#schema, words);
  }

  get schema(): Schema {
    return this.#schema;
  }
}

/** The record of a key: what it means, what it may be, and what else is to be said. */
export function key<Schema extends z.ZodType>(
  means: string,
  schema: Schema,
  details: Details<Exclude<z.output<Schema>, undefined>> = {},
): Key<Schema> {
  return new Key(schema, { means, ...(details as Details<unknown>) });
}

type Shape<Keys extends Readonly<Record<string, Key>>> = {
  [Name in keyof Keys]: Keys[Name] extends Key<infer Schema> ? Schema : never;
};

/** An object of exactly these keys. */
export function keys<Keys extends Readonly<Record<string, Key>>>(
  records: Keys,
): z.ZodObject<Shape<Keys>, z.core.$strict> {
  const shape = Object.fromEntries(Object.entries(records).map(([name, one]) => [name, one.schema]));
  return z.strictObject(shape as Shape<Keys>);
}

/** null: no key has this schema. */
export const wordsOf = (schema: z.core.$ZodType): KeyWords | null => wordsOfSchemas.get(schema) ?? null;
