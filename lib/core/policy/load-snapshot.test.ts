import { describe, expect, test } from 'vitest';
import { parsePersonHandle, parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { formatDiagnostic, loadSnapshot, snapshotFilesMax, snapshotSizeBytesMax } from './index.ts';
import { decode, encode, seedCommit, seedWithKeys, seedWithoutKeys } from './seed.fixture.ts';

const release = 'projects/esbuild-demo/policies/release-signing.yaml';
const artifact = 'projects/esbuild-demo/artifacts/windows-package.yaml';
const project = 'projects/esbuild-demo/project.yaml';

function diagnosticsOf(files: ReadonlyMap<string, Uint8Array>): readonly string[] {
  const loaded = loadSnapshot(files, seedCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
}

/** The seed with one text replaced, which must be there. */
function changed(path: string, from: string, to: string): Map<string, Uint8Array> {
  const files = seedWithKeys();
  const text = decode(files.get(path));
  expect(text).toContain(from);
  return files.set(path, encode(text.replace(from, to)));
}

const without = (path: string): Map<string, Uint8Array> => {
  const files = seedWithKeys();
  expect(files.delete(path)).toBe(true);
  return files;
};

describe('the seed', () => {
  test('is a snapshot once its people have keys', () => {
    const loaded = loadSnapshot(seedWithKeys(), seedCommit);
    expect(loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic)).toEqual([]);
    if (!loaded.ok) return;
    const { snapshot } = loaded;
    expect(snapshot.commit).toBe(seedCommit);
    expect(snapshot.foundation.value.name).toBe('Countersign Demo Foundation');
    expect([...snapshot.projects.keys()]).toEqual(['esbuild-demo', 'zip-demo']);
    expect(snapshot.people.get(parsePersonHandle('demo-approver'))?.value.approvalKeys).toHaveLength(1);
    const policies = snapshot.projects.get(parseProjectSlug('esbuild-demo'))?.policies;
    const policy = policies?.get(parsePolicySlug('release-signing'));
    expect(policy?.locate(['origin', 'refs', 'tags', 0])).toEqual({ file: release, line: 15, column: 12 });
    expect(policy?.locate(['origin'])).toEqual({ file: release, line: 6, column: 1 });
    expect(policy?.locate(['origin', 'nothing', 'here'])).toEqual({ file: release, line: 6, column: 1 });
    expect(Object.isFrozen(policy?.value.origin?.refs.tags)).toBe(true);
  });

  test('refuses to be one while nobody could approve, and names the people without keys', () => {
    const found = diagnosticsOf(seedWithoutKeys());
    expect(found).toContain(
      `${release}:20:11: 1 approvals are required, but only 0 of the approvers have an approval key. Add approvalKeys to people/demo-approver.yaml, or lower the quorum. [rule.quorum]`,
    );
    expect(found.some((one) => one.startsWith('trust/root.yaml:5:14:'))).toBe(true);
  });
});

describe('the licence of a project', () => {
  test.each([
    ['BUSL-1.1', 'The Open Source Initiative hasn’t approved BUSL-1.1.'],
    ['MIT AND LicenseRef-Plugins', 'The Open Source Initiative hasn’t approved LicenseRef-Plugins.'],
    ['GPL3', '“GPL3” is not a licence on SPDX’s list. Did you mean GPL-3.0-only or GPL-3.0-or-later?'],
  ])('%s is no licence that anything is signed under', (licence, message) => {
    const found = diagnosticsOf(changed(project, 'licence: MIT', `licence: ${licence}`));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${project}:13:10: ${message}`);
    expect(found[0]).toContain('[rule.licence]');
  });

  test('may be one on offer beside an approved one, or an id of years ago', () => {
    for (const licence of ['MIT OR LicenseRef-Commercial', 'GPL-3.0', 'GPL-2.0+']) {
      expect(diagnosticsOf(changed(project, 'licence: MIT', `licence: ${licence}`))).toEqual([]);
    }
  });

  test.each(['paused', 'retired'])(
    'says what became of it where nothing is signed any more (%s)',
    (status) => {
      const files = changed(project, 'licence: MIT', 'licence: BUSL-1.1');
      files.set(project, encode(decode(files.get(project)).replace('status: active', `status: ${status}`)));
      expect(diagnosticsOf(files)).toEqual([]);
    },
  );
});

describe('an earlier snapshot', () => {
  test('saves parsing what is the same, and changes no answer', () => {
    const files = seedWithKeys();
    const first = loadSnapshot(files, seedCommit);
    if (!first.ok) throw new Error('the seed is a snapshot');
    const next = new Map(files).set(release, encode(decode(files.get(release)).replace('[main]', '[next]')));
    // Copies: the same bytes, not the same objects.
    for (const [path, bytes] of next) next.set(path, Uint8Array.from(bytes));
    const second = loadSnapshot(next, seedCommit, first.snapshot);
    const alone = loadSnapshot(next, seedCommit);
    if (!second.ok || !alone.ok) throw new Error('the change is a snapshot');
    const slug = parseProjectSlug('esbuild-demo');
    const [before, after, fresh] = [first, second, alone].map((one) => one.snapshot.projects.get(slug));
    expect(after?.project).toBe(before?.project);
    expect(after?.policies.get(parsePolicySlug('test-signing'))).toBe(
      before?.policies.get(parsePolicySlug('test-signing')),
    );
    const policy = parsePolicySlug('release-signing');
    expect(after?.policies.get(policy)?.value).toEqual(fresh?.policies.get(policy)?.value);
    expect(after?.policies.get(policy)?.value.origin?.refs.branches).toEqual(['next']);
  });

  test('is no excuse: what breaks together is still refused', () => {
    const files = seedWithKeys();
    const first = loadSnapshot(files, seedCommit);
    if (!first.ok) throw new Error('the seed is a snapshot');
    const next = new Map(files);
    next.delete('people/demo-approver.yaml');
    expect(loadSnapshot(next, seedCommit, first.snapshot).ok).toBe(false);
  });
});

describe('references', () => {
  test.each([
    [
      'approvers: [demo-approver]',
      'approvers: [demo-aprover]',
      'reference.person',
      'did you mean `demo-approver`?',
    ],
    ['approvers: [demo-approver]', 'approvers: [demo-reviewer]', 'rule.approver', 'team.approvers'],
    ['quorum: 1', 'quorum: 2', 'rule.quorum', 'only 1 approver is listed'],
    [
      'windows-package',
      'window-package',
      'reference.artifact-configuration',
      'did you mean `windows-package`?',
    ],
    ['buildSystem: development', 'buildSystem: jenkins', 'reference.build-system', 'trust/root.yaml'],
    ["id: '900100200'", "id: '900100201'", 'rule.repository', 'has id 900100200, not 900100201'],
    ['branches: [main]', 'branches: [rel**]', 'rule.pattern', '** must be a part of its own'],
    ['branches: [main]', 'branches: [a..b]', 'rule.pattern', "can't be the name"],
    ['certificate: release', 'certificate: test', 'rule.certificate', 'separate certificate'],
  ])('refuses a policy with %s changed to %s', (from, to, rule, words) => {
    const found = diagnosticsOf(changed(release, from, to));
    expect(found.some((one) => one.includes(`[${rule}]`) && one.includes(words))).toBe(true);
    expect(found.every((one) => /^projects\/esbuild-demo\/[a-z/.-]+:\d+:\d+: /.test(one))).toBe(true);
  });

  test.each([
    ['program: executables', 'program: components', []],
    ['authors: [demo-maintainer]', 'authors: [nobody]', ['reference.person']],
  ])('checks a project with %s changed to %s', (from, to, rules) => {
    const loaded = loadSnapshot(changed(project, from, to), seedCommit);
    expect(loaded.ok ? [] : loaded.diagnostics.map((diagnostic) => diagnostic.rule)).toEqual(rules);
  });

  test('refuses a project in a program that the foundation does not run', () => {
    const found = diagnosticsOf(changed('foundation.yaml', '[executables, components]', '[components]'));
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('The foundation has no program `executables`.');
  });

  test('refuses a release policy under the foundation’s floor', () => {
    const found = diagnosticsOf(changed('foundation.yaml', 'quorumMin: 1', 'quorumMin: 2'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('at least 2 approvals of every release, not 1');
  });

  test('refuses an artifact configuration with a path that can never match', () => {
    const found = diagnosticsOf(changed(artifact, 'path: package/README.md', 'path: Package/Package.json'));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${artifact}:17:13:`);
  });
});

describe('people', () => {
  test('refuses a key that two people share: one person would count twice', () => {
    const files = seedWithKeys();
    const key = /ssh-ed25519 \S+/.exec(decode(files.get('people/demo-approver.yaml')))?.[0] ?? '';
    const text = decode(files.get('people/demo-reviewer.yaml')).replace(/ssh-ed25519 \S+/, key);
    files.set('people/demo-reviewer.yaml', encode(text));
    expect(diagnosticsOf(files)).toEqual([
      expect.stringContaining('This key is already in people/demo-approver.yaml.'),
    ]);
  });

  test('refuses an account that two people share', () => {
    const found = diagnosticsOf(changed('people/demo-reviewer.yaml', '900003', '900002'));
    expect(found).toEqual([
      expect.stringContaining('Account 900002 on GitHub already belongs to people/demo-approver.yaml.'),
    ]);
  });

  test('refuses a key whose data is cut off', () => {
    const files = seedWithKeys();
    const text = decode(files.get('people/demo-reviewer.yaml')).replace(/AAAA\S+/, (key) => key.slice(0, -8));
    files.set('people/demo-reviewer.yaml', encode(text));
    expect(diagnosticsOf(files)).toEqual([
      expect.stringContaining("The key's data is not that of ssh-ed25519."),
    ]);
  });

  test('refuses more signatures than there are policy maintainers', () => {
    const found = diagnosticsOf(
      changed('trust/root.yaml', 'threshold: 1\n  looseningThreshold: 2', 'threshold: 4'),
    );
    expect(found).toEqual([
      expect.stringContaining('trust/root.yaml:5:14: 4 policy maintainers must sign, but only 3'),
    ]);
  });
});

describe('files', () => {
  test.each([
    ['foundation.yaml', 'There is no foundation.yaml.'],
    ['trust/root.yaml', 'There is no trust/root.yaml.'],
    [project, `There is no ${project}.`],
  ])('refuses a repository without %s', (path, words) => {
    expect(diagnosticsOf(without(path))).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    ['people/Mallory.yaml', 'lower-case letters'],
    ['people/mallory.yml', 'Name it .yaml.'],
    ['projects/esbuild-demo/hooks/run.sh', 'has no such file'],
    ['projects/esbuild-demo/policies/deeper/release.yaml', 'has no such file'],
    ['foundation.yaml.bak', 'has no such file'],
  ])('refuses the unknown file %s', (path, words) => {
    expect(diagnosticsOf(seedWithKeys().set(path, encode('x')))).toEqual([expect.stringContaining(words)]);
  });

  test.each([
    'LICENSE',
    '.github/CODEOWNERS',
    'projects/esbuild-demo/README.md',
    '.gitattributes',
    '.vscode/settings.json',
  ])('leaves %s alone', (path) => {
    expect(diagnosticsOf(seedWithKeys().set(path, encode('anything')))).toEqual([]);
  });

  test('one bad file is enough, and every bad file is named', () => {
    const files = changed(release, 'kind: SigningPolicy', 'kind: Policy').set(project, encode('[1]'));
    expect(diagnosticsOf(files)).toEqual([
      expect.stringContaining(`${release}:2:7: A file at this path has kind SigningPolicy, not "Policy".`),
      expect.stringContaining(`${project}:1:1: The file must be a group of keys.`),
    ]);
  });

  test('refuses too many files and too many bytes before it reads any', () => {
    const many = seedWithKeys();
    for (let n = 0; n <= snapshotFilesMax; n += 1) many.set(`people/p${n}.yaml`, encode(''));
    expect(diagnosticsOf(many)).toEqual([expect.stringContaining('[file.count]')]);
    const large = seedWithKeys().set('README.md', new Uint8Array(snapshotSizeBytesMax));
    expect(diagnosticsOf(large)).toEqual([expect.stringContaining('[file.size]')]);
  });

  test('stops at a bounded number of diagnostics', () => {
    const files = seedWithKeys();
    for (let n = 0; n < 500; n += 1) files.set(`people/p${n}.yaml`, encode('nothing: here'));
    expect(diagnosticsOf(files).length).toBeLessThanOrEqual(51);
  });
});
