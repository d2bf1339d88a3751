import { describe, expect, test } from 'vitest';
import { peFormat } from './format.ts';

const sign = { method: 'authenticode' } as const;
const element = { path: ['a.exe'], policy: null, sha256: null };

function rejudge(signed: boolean, body: object): readonly (string | null)[] {
  const { sign: how, check } = peFormat.compile({ type: 'pe', ...body }, undefined);
  const facts = { type: 'pe', signed, kind: 'program', texts: {} } as const;
  const { findings, missing } = peFormat.rejudge(facts, { ...element, sign: how, check });
  return [...findings.map(({ rule }) => rule), missing];
}

describe('a program of which facts alone are left', () => {
  test('is refused for being signed where that is refused, and never for being unsigned', () => {
    expect(rejudge(true, { sign })).toEqual(['pe.already-signed', null]);
    expect(rejudge(false, { sign })).toEqual([null]);
    const replace = { sign: { ...sign, existingSignature: 'replace' } };
    expect([rejudge(true, replace), rejudge(false, replace)]).toEqual([[null], [null]]);
  });

  test('is neither taken nor refused by signatures that nobody recorded', () => {
    const append = { sign: { ...sign, existingSignature: 'append' } };
    expect(rejudge(true, append)).toEqual([expect.stringContaining('fit it was not recorded')]);
    expect(rejudge(false, append)).toEqual([null]);
    const verify = { verify: 'authenticode' };
    expect(rejudge(true, verify)).toEqual([expect.stringContaining('Who signed a.exe upstream')]);
    expect(rejudge(false, verify)).toEqual(['pe.upstream-unsigned', null]);
    expect(rejudge(false, { ...verify, ...append })).toEqual(['pe.upstream-unsigned', null]);
  });
});
