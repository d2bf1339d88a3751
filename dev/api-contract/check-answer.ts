/**
 * An answer against the document: status, headers, type of content, members, and the words of its problem. For tests of both
 * runners, so it asserts by Node.js alone.
 */
import assert from 'node:assert/strict';
import { isProblemCode, problemKind, problemType } from '../../lib/platform/problems/index.ts';
import { faultsOf, type Operation } from './document.ts';

export function checkAnswer({ responses }: Operation, response: Response, text: string, what: string): void {
  const described = responses[String(response.status)];
  if (described === undefined)
    throw new Error(`${what}: the document declares no ${response.status}: ${text}`);
  for (const [name, header] of Object.entries(described.headers ?? {})) {
    const value = response.headers.get(name);
    if (value === null) assert(header.required !== true, `${what} lacks the header ${name}`);
    else assert.deepEqual(parameterFaults(header.schema, value), [], `${what}, ${name}`);
  }
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  assert.deepEqual(Object.keys(described.content ?? {}), type === null ? [] : [type], what);
  if (type === null) return;
  checkLength(response, text, type, what);
  if (!type.endsWith('json')) return;
  const value = parsed(text);
  const schema = described.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`${what}: no schema for ${type}`);
  const faults = faultsOf(schema, value);
  assert.deepEqual(faults, [], `${what}: ${JSON.stringify(faults)} in ${text.slice(0, 2000)}`);
  if (type !== 'application/problem+json') return;
  const problem = value as { code: string; type: string; title: string; status: number };
  const { code } = problem;
  if (!isProblemCode(code)) throw new Error(`${what}: ${code} is in no table`);
  const { status, elsewhere, title } = problemKind(code);
  assert([status, ...elsewhere].includes(problem.status), `${what}: ${code} with status ${problem.status}`);
  const { title: given, type: address, status: repeated } = problem;
  assert.deepEqual([given, address, repeated], [title, problemType(code), response.status], what);
  assert.match(
    described.description,
    new RegExp(`\\b${code}\\b`),
    `${what}: the description of ${response.status}`,
  );
}

/** Whoever gets fewer bytes than were meant has to know: all but streams of events say how many. */
function checkLength({ headers }: Response, text: string, type: string, what: string): void {
  if (type === 'text/event-stream' || headers.has('content-encoding')) return;
  const said = headers.get('content-length');
  assert(said !== null, `${what} doesn't say its length`);
  // Of bytes that are no text, `text` isn't what came; of HEAD, nothing did.
  if (type.endsWith('json') && text !== '') assert.equal(Number(said), Buffer.byteLength(text), what);
}

/** Of a parameter or a header, which are text; a number is meant where the schema says so. */
export const parameterFaults = (schema: Readonly<Record<string, unknown>>, value: string) =>
  faultsOf(schema, schema['type'] === 'integer' ? Number(value) : value);

/** null: no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
