import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ExplainedError } from '../http/index.ts';
import { problemCodes, problemKind, problemOfSlug, problemsByPlace, problemType } from './index.ts';
import type { ProblemCode, ProblemStatus } from './index.ts';

describe('the table of problems', () => {
  it('has each code once', () => {
    const all = problemsByPlace.flatMap(({ codes }) => codes);
    expect(all.toSorted()).toEqual(problemCodes);
  });

  it.each(problemCodes)('%s has an error status, title and meaning', (code) => {
    const { status, elsewhere, title, meaning, fix } = problemKind(code);
    for (const one of [status, ...elsewhere]) expect(one >= 400 && one < 600).toBe(true);
    expect(new Set([status, ...elsewhere]).size).toBe(1 + elsewhere.length);
    expect(title).toMatch(/^[A-Z].*[^.]$/);
    for (const sentence of [meaning, fix]) expect(sentence).toMatch(/^[A-Z].*\.$/);
  });

  it.each(problemCodes)('%s has a type that links to its page', (code) => {
    expect(problemType(code)).toMatch(/^\/problems\/[a-z-]+$/);
    expect(problemOfSlug(problemType(code).slice('/problems/'.length))).toBe(code);
  });

  it('has no page for anything else', () => {
    for (const slug of ['', 'constructor', 'UNKNOWN_REQUEST', 'unknown_request'])
      expect(problemOfSlug(slug)).toBeNull();
  });

  it('covers every error code, with the statuses that it names', () => {
    expectTypeOf<ExplainedError['code']>().toEqualTypeOf<ProblemCode>();
    expectTypeOf<'NO_SUCH_PROBLEM'>().not.toExtend<ProblemCode>();
    expectTypeOf<ProblemStatus<'UNKNOWN_PROJECT'>>().toEqualTypeOf<422 | 404>();
    expectTypeOf<ProblemStatus<'UNKNOWN_REQUEST'>>().toEqualTypeOf<404>();
  });
});
