import { describe, expect, test } from 'vitest';
import { checkGuards, loadSnapshot, withApprovalKeys } from './index.ts';
import type { PolicySnapshot } from './index.ts';
import { decode, encode, newSshKey, seedCommit, seedWithKeys } from './seed.fixture.ts';

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
  checkGuards(snapshot(before), snapshot(after)).map((diagnostic) => diagnostic.rule);

function edit(files: Map<string, Uint8Array>, path: string, from: string, to: string) {
  const text = decode(files.get(path));
  expect(text).toContain(from);
  return new Map(files).set(path, encode(text.replace(from, to)));
}

describe('removal', () => {
  test('of a quarter passes, of more is stopped', () => {
    expect(rules(withProjects(8), withProjects(6))).toEqual([]);
    const stopped = checkGuards(snapshot(withProjects(8)), snapshot(withProjects(5)));
    expect(stopped.map((diagnostic) => diagnostic.rule)).toEqual(['guard.removal', 'guard.removal']);
    expect(stopped[0]?.message).toContain('removes 3 of 8 projects (p5, p6, p7)');
    expect(stopped[1]?.message).toContain('6 of 16 policies');
  });

  test('counts projects that are paused or retired like those that are removed', () => {
    const active = withProjects(8);
    const inactive = (count: number, status: string): Map<string, Uint8Array> =>
      Array.from({ length: count }).reduce<Map<string, Uint8Array>>(
        (files, _, n) => edit(files, `projects/p${n}/project.yaml`, 'status: active', `status: ${status}`),
        active,
      );
    expect(rules(active, inactive(2, 'retired'))).toEqual([]);
    expect(rules(active, inactive(3, 'retired'))).toEqual(['guard.removal']);
    const [stopped] = checkGuards(snapshot(active), snapshot(inactive(3, 'paused')));
    expect(stopped?.message).toBe(
      'The change pauses, retires or removes 3 of 8 active projects (p0, p1, p2), more than a quarter.',
    );
    // One of three is more than a quarter, and what has to be quick when one project is taken over.
    const few = withProjects(3);
    const one = edit(few, 'projects/p0/project.yaml', 'status: active', 'status: paused');
    expect(rules(few, one)).toEqual([]);
  });

  test('counts what goes in many small changes together', () => {
    const [eight, seven, six, five] = [8, 7, 6, 5].map((count) => snapshot(withProjects(count)));
    if (eight === undefined || seven === undefined || six === undefined || five === undefined)
      throw new Error();
    expect(checkGuards(seven, six, eight)).toEqual([]);
    const stopped = checkGuards(six, five, eight);
    expect(stopped.map((diagnostic) => diagnostic.rule)).toEqual(['guard.removal', 'guard.removal']);
    expect(stopped[0]?.message).toContain('3 of the 8 projects of 7 days ago (p5, p6, p7) have been removed');
    // What takes nothing away isn't held up by what went before.
    expect(checkGuards(five, five, eight)).toEqual([]);
    expect(checkGuards(five, eight, eight)).toEqual([]);
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
    expect(rules(three, two)).toEqual(['guard.authority']);
    const one = members('demo-maintainer');
    expect(rules(two, one)).toEqual(['guard.authority', 'guard.policy-maintainers']);
    expect(checkGuards(snapshot(two), snapshot(one))[1]).toMatchObject({ file: 'trust/root.yaml', line: 6 });
  });

  test('of a repository that never had two don’t stop other changes', () => {
    expect(rules(members('demo-maintainer'), members('demo-maintainer'))).toEqual([]);
  });

  test('count only with a key', () => {
    const two = members('demo-maintainer', 'demo-reviewer');
    const path = 'people/demo-reviewer.yaml';
    const keyless = decode(seed.get(path)).replace(/approvalKeys:[^]*$/, 'approvalKeys: []\n');
    expect(rules(two, new Map(two).set(path, encode(keyless)))).toEqual([
      'guard.authority',
      'guard.policy-maintainers',
    ]);
  });
});

describe('who decides', () => {
  const root = 'trust/root.yaml';
  const reviewer = 'people/demo-reviewer.yaml';
  const messages = (after: ReadonlyMap<string, Uint8Array>, before: ReadonlyMap<string, Uint8Array> = seed) =>
    checkGuards(snapshot(before), snapshot(after))
      .filter((diagnostic) => diagnostic.rule === 'guard.authority')
      .map((diagnostic) => diagnostic.message);
  const cases: readonly [string, string, string, string][] = [
    ['a maintainer who goes', root, ', demo-steward]', ']'],
    ['an added maintainer', root, 'demo-steward]', 'demo-steward, demo-approver]'],
    ['a higher threshold', root, 'threshold: 1', 'threshold: 2'],
    ['a higher threshold for what loosens', root, 'looseningThreshold: 2', 'looseningThreshold: 3'],
    ['a threshold that goes', root, '  looseningThreshold: 2\n', ''],
    ['a role', reviewer, 'roles: [ reviewer ]\n', ''],
    ['an account', reviewer, "'900003'", "'900099'"],
  ];
  test.each(cases)('doesn’t change by %s without confirmation', (_, path, from, to) => {
    const after = edit(new Map(seed), path, from, to);
    expect(messages(after)).toHaveLength(1);
    expect(messages(seed, after)).toHaveLength(1);
  });

  test('doesn’t change by another key, one more or one fewer', () => {
    const more = new Map(seed).set(
      reviewer,
      withApprovalKeys(seed.get(reviewer) ?? new Uint8Array(), [newSshKey(), newSshKey()]),
    );
    const other = new Map(seed).set(
      reviewer,
      withApprovalKeys(seed.get(reviewer) ?? new Uint8Array(), [newSshKey()]),
    );
    expect(messages(more)).toEqual(['Keys of demo-reviewer change.']);
    expect(messages(other)).toEqual(['Keys of demo-reviewer change.']);
  });

  test('stays the same if only text changes, or if a person without authority is added', () => {
    expect(messages(edit(new Map(seed), reviewer, 'Robin Reviewer', 'Robin R.'))).toEqual([]);
    const person = `apiVersion: countersign/v1\nkind: Person\nname: New\ngithubId: '77'\napprovalKeys: []\n`;
    expect(messages(new Map(seed).set('people/new.yaml', encode(person)))).toEqual([]);
  });
});

describe('approvers', () => {
  test('can’t fall below the quorum, even in an unvalidated snapshot', () => {
    const after = snapshot(seed);
    const people = new Map([...after.people].filter(([handle]) => handle !== 'demo-approver'));
    const found = checkGuards(snapshot(seed), { ...after, people }).filter(
      (diagnostic) => diagnostic.rule === 'guard.quorum',
    );
    expect(found).toHaveLength(2);
    expect(found[0]).toMatchObject({ file: 'projects/esbuild-demo/policies/release-signing.yaml', line: 21 });
  });
});
