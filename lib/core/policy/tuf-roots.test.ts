import { describe, expect, test } from 'vitest';
import { formatDiagnostic, loadSnapshot, type PolicySnapshot } from './index.ts';
import { requiredSignatures } from './plan/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const file = 'trust/root.yaml';
const seed = seedWithKeys();
const pinned = '{"signed":{"_type":"root","version":1},"signatures":[{"keyid":"a","sig":"b"}]}';
const tuf = (changes: Readonly<Record<string, unknown>> = {}): string =>
  `tuf: ${JSON.stringify({
    kind: 'public-good',
    mirror: 'https://tuf.example.org/repository',
    root: pinned,
    staleDays: 7,
    ...changes,
  })}`;
const line = 'trustRoot: sigstore-public-good';

const load = (lines: string) =>
  loadSnapshot(new Map(seed).set(file, encode(decode(seed.get(file)).replace(line, lines))), seedCommit);

function snapshot(lines: string): PolicySnapshot {
  const loaded = load(lines);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  return loaded.snapshot;
}
const refusal = (lines: string): string => {
  const loaded = load(lines);
  return loaded.ok ? '' : loaded.diagnostics.map(formatDiagnostic).join('\n');
};

describe('a build system whose trust root comes by TUF', () => {
  test('says where from, from which keys on, and how old it may get', () => {
    const [system] = snapshot(tuf()).trustRoot.value.buildSystems;
    expect(system).toMatchObject({
      name: 'github-actions',
      tuf: { kind: 'public-good', staleDays: 7, root: pinned },
    });
    expect(
      snapshot(tuf({ mirror: 'http://127.0.0.1:8080/tuf', target: 'x.trusted_root.json' })),
    ).toBeDefined();
  });

  test.each([
    ['an address', { root: 'https://tuf.example.org/1.root.json' }],
    ['metadata of another role', { root: pinned.replace('root', 'targets') }],
    ['a root that nobody signed', { root: '{"signed":{"_type":"root"},"signatures":[]}' }],
    ['half a file', { root: pinned.slice(0, -1) }],
  ])('pins no %s', (_what, changes) => {
    expect(refusal(tuf(changes))).toMatch(
      /^trust\/root\.yaml:\d+:\d+: The root of `github-actions` is no signed root\.json.*\[rule\.tuf-root\]$/,
    );
  });

  test.each([
    ['plain HTTP from elsewhere', tuf({ mirror: 'http://tuf.example.org/' })],
    ['an address with a password', tuf({ mirror: 'https://me:secret@tuf.example.org/' })],
    ['a target in another folder', tuf({ target: '../other.json' })],
    ['a kind that nobody knows', tuf({ kind: 'private' })],
    ['no limit of its age', tuf({ staleDays: undefined })],
    ['a limit of a year', tuf({ staleDays: 365 })],
    ['both', `${line}\n    ${tuf()}`],
    ['neither', ''],
  ])('can’t have %s', (_what, lines) => {
    expect(refusal(lines)).toMatch(/^trust\/root\.yaml:\d+:\d+: .*\[schema\./);
  });

  test('changes with the signatures that loosening takes, but where it may only be newer', () => {
    const base = snapshot(tuf());
    const needed = (lines: string): number => requiredSignatures(base, snapshot(lines)).needed;
    const other = pinned.replace('"sig":"b"', '"sig":"c"');
    for (const changes of [
      { root: other },
      { mirror: 'https://x.example/' },
      { kind: 'custom' },
      { staleDays: 8 },
    ]) {
      expect(needed(tuf(changes))).toBe(2);
    }
    expect(needed(line)).toBe(2);
    expect(needed(tuf({ staleDays: 6 }))).toBe(1);
  });
});
