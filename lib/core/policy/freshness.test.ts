import { describe, expect, test } from 'vitest';
import { freshnessLimits, loadSnapshot } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const files = seedWithKeys();
const block = /^policyFreshness:\n(?: .*\n)*/m;

function load(text: string) {
  const foundation = decode(files.get('foundation.yaml')).replace(block, '');
  return loadSnapshot(new Map(files).set('foundation.yaml', encode(`${foundation}${text}`)), seedCommit);
}
const limits = (text: string) => {
  const loaded = load(text);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  const { alarmAt, stopAt } = freshnessLimits(loaded.snapshot, new Date('2026-01-01T12:00:00Z'));
  return [alarmAt.toISOString(), stopAt?.toISOString() ?? null];
};

describe('how old a policy may get', () => {
  test('is ninety days before the alarm, where the foundation says nothing', () => {
    expect(limits('')).toEqual(['2026-04-01T12:00:00.000Z', null]);
  });

  test('is what the foundation says', () => {
    expect(limits('policyFreshness: {alarmDays: 2}\n')).toEqual(['2026-01-03T12:00:00.000Z', null]);
    expect(limits('policyFreshness: {alarmDays: 2, stopDays: 3}\n')).toEqual([
      '2026-01-03T12:00:00.000Z',
      '2026-01-04T12:00:00.000Z',
    ]);
  });

  test('can’t stop signing before it warned', () => {
    expect(load('policyFreshness: {alarmDays: 30, stopDays: 30}\n')).toMatchObject({
      ok: false,
      diagnostics: [{ rule: 'rule.freshness', file: 'foundation.yaml' }],
    });
  });
});
