import { describe, expect, it } from 'vitest';
import { fail } from '#core/wire/finding/index.ts';
import { parsePolicySlug, parseProjectSlug, parseSha256Hex } from '#core/ids/index.ts';
import { effectivePolicy } from '#core/policy/index.ts';
import { base } from '#core/policy/plan/snapshots.fixture.ts';
import type { Inspection } from '../../inspector/index.ts';
import { inspectionFacts } from './inspection-facts.ts';

const effective = effectivePolicy(base, parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing'));
if (!effective.ok) throw new Error('the seed has a release policy');
const sha256 = parseSha256Hex('a'.repeat(64));
type Entry = Inspection['tree'][number];
const entries = (count: number, nameCharacters = 8): readonly Entry[] =>
  Array.from({ length: count }, (_none, index) => ({
    path: [String(index).padStart(nameCharacters, 'x')],
    type: 'file' as const,
    sizeBytes: 1,
    sha256,
  }));

const factsOf = (changes: Partial<Inspection>) =>
  inspectionFacts(effective.value, {
    findings: [],
    tree: [],
    leaves: [],
    containers: [],
    sha256,
    sizeBytes: 1,
    ...changes,
  });

describe('what the journal keeps of an artifact', () => {
  it('includes every entry, up to two thousand', () => {
    expect(factsOf({ tree: entries(2_000) })['entries']).toHaveLength(2_000);
    expect(factsOf({ tree: entries(2_000) })['entries']).toContainEqual({
      path: ['xxxxxxx7'],
      type: 'file',
      sizeBytes: 1,
      sha256,
      facts: null,
    });
    expect(factsOf({ tree: entries(2_001) })['entries']).toBeNull();
  });

  it('includes no list that would make the entry too large, however few entries there are', () => {
    expect(factsOf({ tree: entries(1_000, 300) })['entries']).toHaveLength(1_000);
    expect(factsOf({ tree: entries(1_000, 600) })['entries']).toBeNull();
  });

  it('includes no list if the archive couldn’t be read completely', () => {
    const finding = fail({ rule: 'archive.member', message: 'Cut off.', fix: 'Make it again.' });
    expect(factsOf({ tree: entries(1), findings: [finding] })['entries']).toBeNull();
    const other = fail({ rule: 'artifact.unexpected', message: 'A file too many.', fix: 'Leave it out.' });
    expect(factsOf({ tree: entries(1), findings: [other] })['entries']).toHaveLength(1);
  });
});
