/**
 * Canonical JSON, RFC 8785 (JSON Canonicalization Scheme): one text for one value, so that it can be
 * hashed and signed. ECMAScript's own number and string output is what the RFC prescribes (§3.2.2).
 */
import { CodedError } from '#core/error/index.ts';

export { wellFormed } from './well-formed.ts';

export type JsonValue =
  null | boolean | number | string | readonly JsonValue[] | { readonly [key: string]: JsonValue };

export class CanonicalJsonError extends CodedError<'CANONICAL_JSON_UNREPRESENTABLE'> {
  static override readonly errorName = 'CanonicalJsonError';
  constructor(message: string) {
    super('CANONICAL_JSON_UNREPRESENTABLE', message);
  }
}

const depthMax = 64;

/**
 * value → its canonical text.
 * Rejects what JSON can't carry: undefined, functions, NaN, infinities, lone surrogates, deep nesting.
 */
export function canonicalJson(value: JsonValue): string {
  return write(value, 0);
}

function write(value: JsonValue, depth: number): string {
  if (depth > depthMax) throw new CanonicalJsonError(`nested deeper than ${depthMax} levels`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CanonicalJsonError(`not a JSON number: ${value}`);
    return JSON.stringify(value);
  }
  if (typeof value === 'string') return writeString(value);
  if (Array.isArray(value)) {
    return `[${(value as readonly JsonValue[]).map((item) => write(item, depth + 1)).join(',')}]`;
  }
  if (typeof value === 'object') {
    const record = value as Readonly<Record<string, JsonValue>>;
    // RFC 8785 §3.2.3 sorts names by UTF-16 code units, which is what the default sort compares.
    const members = Object.keys(record)
      .sort()
      .map((key) => `${writeString(key)}:${write(record[key] as JsonValue, depth + 1)}`);
    return `{${members.join(',')}}`;
  }
  throw new CanonicalJsonError(`no JSON value: ${typeof value}`);
}

function writeString(value: string): string {
  if (!value.isWellFormed()) throw new CanonicalJsonError('string with a lone surrogate');
  return JSON.stringify(value);
}
