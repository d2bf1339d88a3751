import { describe, expect, test } from 'vitest';
import { requiredSignatures } from './required-signatures.ts';
import { decode } from '../seed.fixture.ts';
import { base, changed, releasePolicy, seed } from './snapshots.fixture.ts';

const root = 'trust/root.yaml';
const text = (file: string): string => decode(seed.get(file));
const three = changed({ [root]: [['looseningThreshold: 2', 'looseningThreshold: 3']] });
const looser = [["tags: ['v*']", "tags: ['v*', 'rc-*']"]] as const;
const stricter = [["\n    tags: ['v*']", '']] as const;

describe('requiredSignatures', () => {
  test('asks for the threshold where a change tightens or decides nothing', () => {
    expect(requiredSignatures(base, changed({ [releasePolicy]: stricter }))).toMatchObject({
      needed: 1,
      effect: 'tightens',
      reasons: [],
    });
    expect(requiredSignatures(base, base)).toMatchObject({ needed: 1, effect: 'neutral' });
  });

  test('asks for the higher one where anything loosens, and says what', () => {
    const required = requiredSignatures(base, changed({ [releasePolicy]: looser }));
    expect(required).toMatchObject({ needed: 2, effect: 'loosens' });
    expect(required.reasons).toHaveLength(1);
    expect(required.reasons[0]).toContain(`${releasePolicy}, line `);
  });

  test('asks two people for a revocation, though it tightens', () => {
    const path = 'revocations/5a3c.yaml';
    const file = [
      'apiVersion: countersign/v1',
      'kind: Revocation',
      "serial: '5a3c'",
      'project: zip-demo',
      'certificate: release',
      'trigger: malware',
      'reason: privilegeWithdrawn',
      "effectiveAt: '2026-11-20T00:00:00Z'",
      'statement: It held malware.',
      '',
    ].join('\n');
    expect(requiredSignatures(base, changed({ [path]: file }))).toMatchObject({
      needed: 2,
      effect: 'tightens',
      reasons: [`${path}: a revocation can’t be undone.`],
    });
    // Other words for the public are no revocation.
    const before = changed({ [path]: file });
    expect(
      requiredSignatures(before, changed({ [path]: `${file}advisory: https://example.org/a\n` })).needed,
    ).toBe(1);
  });

  test('reads both from the policy in force: a change can’t lower what it takes to make it', () => {
    const lower = { [root]: [['looseningThreshold: 2', 'looseningThreshold: 1']] } as const;
    expect(requiredSignatures(base, changed({ ...lower, [releasePolicy]: looser })).needed).toBe(2);
    expect(requiredSignatures(three, changed({ [releasePolicy]: looser })).needed).toBe(3);
  });

  test('takes a missing looseningThreshold for two, where there are two', () => {
    const edits = { [root]: [['  looseningThreshold: 2\n', '']] } as const;
    const without = changed(edits);
    expect(requiredSignatures(without, changed({ ...edits, [releasePolicy]: looser })).needed).toBe(2);
    const alone = {
      [root]: [[/  looseningThreshold[^]*?\]/.exec(text(root))?.[0] ?? '', '  members: [demo-steward]']],
    } as const;
    expect(requiredSignatures(changed(alone), changed({ ...alone, [releasePolicy]: looser })).needed).toBe(1);
  });

  test('asks two people where a guard strikes, whatever the thresholds', () => {
    const without = changed({ [root]: [['  looseningThreshold: 2\n', '']] });
    const gone = Object.fromEntries(
      [
        'project.yaml',
        'policies/release-signing.yaml',
        'policies/test-signing.yaml',
        'artifacts/portable-archive.yaml',
      ].map((name) => [`projects/zip-demo/${name}`, null]),
    );
    const required = requiredSignatures(
      without,
      changed({ [root]: [['  looseningThreshold: 2\n', '']], ...gone }),
    );
    expect(required.needed).toBe(2);
    expect(required.guards.map((guard) => guard.rule)).toContain('guard.removal');
    expect(required.reasons[0]).toContain('more than a quarter');
  });
});
