import { describe, expect, it } from 'vitest';
import { loadSnapshot, type PolicySnapshot } from '#core/policy/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from '../../../lib/core/policy/seed.fixture.ts';
import { decidingPolicies } from './deciding-digest.ts';

const files = seedWithKeys();

function load(changed: ReadonlyMap<string, Uint8Array>): PolicySnapshot {
  const loaded = loadSnapshot(changed, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.snapshot;
}

function replaced(path: string, from: string, to: string): ReadonlyMap<string, Uint8Array> {
  const text = decode(files.get(path));
  expect(text).toContain(from);
  return new Map(files).set(path, encode(text.replace(from, to)));
}

const digest = (snapshot: PolicySnapshot, policy = 'release-signing', project = 'esbuild-demo') =>
  decidingPolicies()(snapshot)?.decides(project, policy) ?? null;
const before = digest(load(files));

describe('what decides in a policy', () => {
  it('is the same after a change of words', () => {
    const changed = load(
      replaced('projects/esbuild-demo/project.yaml', 'tagline: The JavaScript', 'tagline: One JavaScript'),
    );
    expect(before).toMatch(/^[0-9a-f]{64}$/);
    expect(digest(changed)).toBe(before);
  });

  it('is something else once a certificate is revoked', () => {
    const snapshot = load(files);
    const revocations = new Map<string, unknown>([
      ...snapshot.revocations,
      ['4a11', { value: { reason: 'x' } }],
    ]);
    expect(digest({ ...snapshot, revocations } as unknown as PolicySnapshot)).not.toBe(before);
  });

  it('is nothing for what may not be signed, or isn’t there', () => {
    const paused = load(replaced('projects/esbuild-demo/project.yaml', 'status: active', 'status: paused'));
    expect(digest(paused)).toBeNull();
    expect(digest(load(files), 'no-such-policy')).toBeNull();
    expect(digest(load(files), 'release-signing', '../../etc')).toBeNull();
  });

  it('is found once for each snapshot', () => {
    const deciding = decidingPolicies();
    const snapshot = load(files);
    expect(deciding(snapshot)).toBe(deciding(snapshot));
    expect(deciding(load(files))).not.toBe(deciding(snapshot));
    expect(deciding(null)).toBeNull();
  });
});
