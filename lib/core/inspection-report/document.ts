/**
 * The report as a file: one JSON document, each record on a line of its own, in canonical JSON (RFC 8785). So it can be written and
 * read line by line, and the same report has the same octets, which are hashed and signed.
 *
 *     {"head":{…},"entries":[
 *     {…},
 *     {…}
 *     ]}
 */
import { canonicalJson, wellFormed, type JsonValue } from '../json/index.ts';
import type { InspectionReport, ReportHead } from './report.ts';

export function* documentLines({ head, entries }: InspectionReport): Generator<string> {
  yield `{"head":${headText(head)},"entries":[\n`;
  const last = entries.length - 1;
  for (const [index, entry] of entries.entries()) yield `${lineOf(entry)}${index === last ? '' : ','}\n`;
  yield ']}\n';
}

/** As the document has it. */
export const headText = (head: ReportHead): string => lineOf(head);

const lineOf = (value: object): string => canonicalJson(wellFormed(value as unknown as JsonValue));
