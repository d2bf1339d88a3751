import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { apiMethods } from '../platform/http-edge/index.ts';
import { readReference } from './index.ts';

const text = readFileSync(join(import.meta.dirname, '../../schemas/openapi.yaml'), 'utf8');
const { groups } = readReference(text);
const all = groups.flatMap(({ operations }) => operations);
const one = (id: string) => {
  const found = all.find((operation) => operation.id === id);
  if (found === undefined) throw new Error(`the reference has no ${id}`);
  return found;
};

describe('the reference of the API', () => {
  it('has every operation once, each in a group, with words for each status', () => {
    const expected = Object.entries(apiMethods).flatMap(([path, methods]) =>
      methods.map((method) => `${method} /api/v1${path}`),
    );
    expect(all.map(({ method, path }) => `${method} ${path}`).toSorted()).toEqual(expected.toSorted());
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    for (const { id, summary, responses } of all) {
      expect(summary, id).not.toBe('');
      for (const { status, text: said } of responses) expect(said, `${id} ${status}`).not.toBe('');
    }
  });

  it('tells parameters, bodies and answers, through references', () => {
    const append = one('appendToUpload');
    expect(append.parameters.map(({ name, place, isRequired }) => [name, place, isRequired])).toEqual([
      ['id', 'path', true],
      ['Upload-Offset', 'header', true],
      ['Content-Digest', 'header', false],
    ]);
    expect(append.body).toEqual({ types: ['application/partial-upload'], rows: [] });
    expect(append.responses.find(({ status }) => status === '204')?.headers).toContain('Upload-Offset');
    expect(append.needsToken).toBe(true);
    const begin = one('beginUpload');
    expect(begin.body?.rows.map(({ path, isRequired }) => [path, isRequired])).toEqual([
      ['project', true],
      ['sha256', true],
      ['size', true],
    ]);
    const rows = one('readRequest').responses.find(({ status }) => status === '200')?.rows ?? [];
    const paths = rows.map(({ path }) => path);
    for (const path of ['id', 'cancellation.reason', 'trace.passes[].steps', 'run.url'])
      expect(paths).toContain(path);
  });
});
