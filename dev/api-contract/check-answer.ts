/** An answer against the document: status, headers, type of content, members, and the words of its problem. */
import { expect } from 'vitest';
import { isProblemCode, problemKind, problemType } from '../../lib/platform/problems/index.ts';
import { faultsOf, type Operation } from './document.ts';

export function checkAnswer({ responses }: Operation, response: Response, text: string, what: string): void {
  const described = responses[String(response.status)];
  if (described === undefined)
    throw new Error(`${what}: the document declares no ${response.status}: ${text}`);
  for (const [name, header] of Object.entries(described.headers ?? {})) {
    const value = response.headers.get(name);
    if (value === null) expect(header.required === true, `${what} lacks the header ${name}`).toBe(false);
    else expect(parameterFaults(header.schema, value), `${what}, ${name}`).toEqual([]);
  }
  const type = response.headers.get('content-type')?.split(';')[0] ?? null;
  expect(Object.keys(described.content ?? {}), what).toEqual(type === null ? [] : [type]);
  if (type === null) return;
  if (!type.endsWith('json')) return;
  const value = parsed(text);
  const schema = described.content?.[type]?.schema;
  if (schema === undefined) throw new Error(`${what}: no schema for ${type}`);
  expect(faultsOf(schema, value), `${what}: ${text.slice(0, 2000)}`).toEqual([]);
  if (type !== 'application/problem+json') return;
  const problem = value as { code: string; type: string; title: string; status: number };
  const { code } = problem;
  if (!isProblemCode(code)) throw new Error(`${what}: ${code} is in no table`);
  const { status, elsewhere, title } = problemKind(code);
  expect([status, ...elsewhere], what).toContain(problem.status);
  expect(problem, what).toMatchObject({ title, type: problemType(code), status: response.status });
  expect(described.description, `${what}: the description of ${response.status}`).toMatch(
    new RegExp(`\\b${code}\\b`),
  );
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
