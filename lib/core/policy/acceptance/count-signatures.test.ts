import { describe, expect, it } from 'vitest';
import { parseCommitSha, parsePersonHandle } from '../../ids/index.ts';
import type { PersonHandle } from '../../ids/index.ts';
import type { PolicySnapshot } from '../index.ts';
import { countSignatures } from './index.ts';
import type { Writers } from './index.ts';

const [ada, bob, cleo, dan] = ['ada', 'bob', 'cleo', 'dan'].map((name) => parsePersonHandle(name)) as [
  PersonHandle,
  PersonHandle,
  PersonHandle,
  PersonHandle,
];
const foundation = (...able: readonly PersonHandle[]) =>
  ({
    trustRoot: { value: { policyMaintainers: { members: [...able, dan], threshold: 1 } } },
    people: new Map(
      [...able, dan].map((handle) => [
        handle,
        { value: { approvalKeys: handle === dan ? [] : [{ publicKey: 'ssh-ed25519 AAAA' }] } },
      ]),
    ),
  }) as unknown as PolicySnapshot;

const written = (...handles: readonly PersonHandle[]): Writers => ({
  commit: parseCommitSha('c'.repeat(40)),
  handles: new Set(handles),
  proven: true,
});
const byAnybody: Writers = { ...written(), proven: false };
const count = (
  needed: number,
  signers: readonly PersonHandle[],
  writers: readonly Writers[],
  about: { snapshot?: PolicySnapshot; leaving?: readonly PersonHandle[] } = {},
) =>
  countSignatures({
    required: { needed, leaving: about.leaving ?? [], reasons: [] },
    signers,
    writers,
    snapshot: about.snapshot ?? foundation(ada, bob, cleo),
  });

describe('countSignatures', () => {
  it('is content with one who did not write it', () => {
    expect(count(1, [bob], [written(ada)])).toMatchObject({ enough: true, needed: 1, counted: ['bob'] });
    expect(count(1, [bob], [written()])).toMatchObject({ enough: true });
  });

  it('is not content with the writer alone, however the commits are split', () => {
    expect(count(1, [ada], [written(ada)])).toMatchObject({ enough: false, needed: 2, own: ['ada'] });
    expect(count(1, [ada], [written(bob), written(ada), written(bob)]).enough).toBe(false);
    expect(count(2, [ada, bob], [written(ada, bob)])).toMatchObject({ enough: false, needed: 3 });
    expect(count(1, [ada], [written(ada)]).reasons[0]).toContain('somebody who did not write it');
  });

  it('counts the writer beside others', () => {
    expect(count(1, [ada, bob], [written(ada)])).toMatchObject({ enough: true, needed: 1 });
    expect(count(2, [ada, bob], [written(ada)])).toMatchObject({ enough: true, needed: 2, own: ['ada'] });
    expect(count(2, [ada, bob], [written(ada), written(bob)]).enough).toBe(true);
  });

  it('asks for two where no key proves who wrote a commit, whomever it names', () => {
    expect(count(1, [ada], [{ ...written(bob), proven: false }])).toMatchObject({ enough: false, needed: 2 });
    expect(count(1, [ada, cleo], [{ ...written(bob), proven: false }]).enough).toBe(true);
    expect(count(1, [bob], [byAnybody])).toMatchObject({ enough: false, needed: 2 });
    expect(count(1, [], [byAnybody])).toMatchObject({ needed: 2 });
    expect(count(1, [bob, ada], [byAnybody]).enough).toBe(true);
    expect(count(1, [], [byAnybody]).reasons[0]).toContain('cccccccccccc');
  });

  it('asks the one for themselves who alone has a key', () => {
    expect(count(1, [ada], [written(ada)], { snapshot: foundation(ada) })).toMatchObject({
      enough: true,
      needed: 1,
    });
    expect(count(1, [ada], [byAnybody], { snapshot: foundation(ada) }).enough).toBe(true);
  });

  it('counts nobody whom the change lets go', () => {
    const leaving = { leaving: [cleo] };
    expect(count(2, [ada, cleo], [written(ada)], leaving)).toMatchObject({
      enough: false,
      needed: 2,
      counted: ['ada'],
      leaving: ['cleo'],
      able: ['ada', 'bob'],
    });
    expect(count(2, [ada, bob], [written(ada)], leaving).enough).toBe(true);
    expect(count(2, [bob, cleo], [written(cleo)], leaving).enough).toBe(false);
  });

  it('expects no signature of a maintainer without a key', () => {
    expect(count(1, [], [written()]).able).toEqual(['ada', 'bob', 'cleo']);
  });
});
