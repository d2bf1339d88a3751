import { describe, expect, test } from 'vitest';
import { checkGuards, loadSnapshot } from './index.ts';
import type { PolicySnapshot } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

const seed = seedWithKeys();

function snapshot(files: ReadonlyMap<string, Uint8Array>): PolicySnapshot {
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics[0]?.message);
  return loaded.snapshot;
}

/** The seed with this many projects, made from one of its own. */
function withProjects(count: number): Map<string, Uint8Array> {
  const files = new Map([...seed].filter(([path]) => !path.startsWith('projects/')));
  for (let n = 0; n < count; n += 1) {
    for (const [path, bytes] of seed) {
      if (path.startsWith('projects/esbuild-demo/')) files.set(path.replace('esbuild-demo', `p${n}`), bytes);
    }
  }
  return files;
}

const rules = (before: ReadonlyMap<string, Uint8Array>, after: ReadonlyMap<string, Uint8Array>) =>
  checkGuards(snapshot(before), snapshot(after)).map((one) => one.rule);

function edit(files: Map<string, Uint8Array>, path: string, from: string, to: string) {
  const text = decode(files.get(path));
  expect(text).toContain(from);
  return new Map(files).set(path, encode(text.replace(from, to)));
}

describe('removal', () => {
  test('of a quarter passes, of more is stopped', () => {
    expect(rules(withProjects(8), withProjects(6))).toEqual([]);
    const stopped = checkGuards(snapshot(withProjects(8)), snapshot(withProjects(5)));
    expect(stopped.map((one) => one.rule)).toEqual(['guard.removal', 'guard.removal']);
    expect(stopped[0]?.message).toContain('removes 3 of 8 projects (p5, p6, p7)');
    expect(stopped[1]?.message).toContain('6 of 16 policies');
  });

  test('counts what is gone, not what came instead', () => {
    const renamed = new Map([...withProjects(4)].map(([path, bytes]) => [path.replace('/p', '/q'), bytes]));
    expect(rules(withProjects(4), renamed)).toContain('guard.removal');
  });

  test('of people counts too', () => {
    const before = new Map(seed);
    for (let n = 0; n < 3; n += 1) {
      const text = `apiVersion: countersign/v1\nkind: Person\nname: P${n}\ngithubId: '77${n}'\napprovalKeys: []\n`;
      before.set(`people/extra-${n}.yaml`, encode(text));
    }
    expect(rules(before, seed)).toEqual(['guard.removal']);
    expect(rules(seed, before)).toEqual([]);
  });
});

describe('policy maintainers', () => {
  const members = (...handles: readonly string[]) =>
    edit(
      new Map(seed),
      'trust/root.yaml',
      'looseningThreshold: 2\n  members: [demo-maintainer, demo-reviewer, demo-steward]',
      `members: [${handles.join(', ')}]`,
    );
  test('can’t fall below two', () => {
    const three = members('demo-maintainer', 'demo-approver', 'demo-reviewer');
    const two = members('demo-maintainer', 'demo-approver');
    expect(rules(three, two)).toEqual([]);
    const one = members('demo-maintainer');
    expect(rules(two, one)).toEqual(['guard.policy-maintainers']);
    expect(checkGuards(snapshot(two), snapshot(one))[0]).toMatchObject({ file: 'trust/root.yaml', line: 6 });
  });

  test('of a repository that never had two don’t stop other changes', () => {
    expect(rules(members('demo-maintainer'), members('demo-maintainer'))).toEqual([]);
  });

  test('count only with a key', () => {
    const two = members('demo-maintainer', 'demo-reviewer');
    const path = 'people/demo-reviewer.yaml';
    const keyless = decode(seed.get(path)).replace(/approvalKeys:[^]*$/, 'approvalKeys: []\n');
    expect(rules(two, new Map(two).set(path, encode(keyless)))).toEqual(['guard.policy-maintainers']);
  });
});

describe('approvers', () => {
  test('can’t fall below the quorum, even in a snapshot that nobody validated', () => {
    const after = snapshot(seed);
    const people = new Map([...after.people].filter(([handle]) => handle !== 'demo-approver'));
    const found = checkGuards(snapshot(seed), { ...after, people }).filter(
      (one) => one.rule === 'guard.quorum',
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ file: 'projects/esbuild-demo/policies/release-signing.yaml', line: 21 });
  });
});
