/**
 * The report as a file: one JSON document, each record on a line of its own, in canonical JSON (RFC 8785). So it can be written and
 * read line by line, and the same report has the same octets, which are hashed and signed.
 *
 *     {"head":{…},"entries":[
 *     {…},
 *     {…}
 *     ]}
 */
import { canonicalJson, type JsonValue } from '../json/index.ts';
import type { InspectionReport } from './report.ts';

export function* documentLines({ head, entries }: InspectionReport): Generator<string> {
  yield `{"head":${lineOf(head)},"entries":[\n`;
  const last = entries.length - 1;
  for (const [index, entry] of entries.entries()) yield `${lineOf(entry)}${index === last ? '' : ','}\n`;
  yield ']}\n';
}

/** Names and texts come from hostile files: half a surrogate pair has no octets. */
const lineOf = (value: object): string => canonicalJson(wellFormed(value as JsonValue));

function wellFormed(value: JsonValue): JsonValue {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return (value as readonly JsonValue[]).map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  );
}
