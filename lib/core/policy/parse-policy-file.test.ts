import { describe, expect, test } from 'vitest';
import { cpuTimeOf } from '../../../dev/test/cpu-time.ts';
import { formatDiagnostic, parsePolicyFile } from './index.ts';
import { decode, encode, seedWithoutKeys } from './seed.fixture.ts';

const path = 'projects/widget/policies/release-signing.yaml';
/** Far above what is needed, for machines that do other work as well. */
const boundMilliseconds = 4000;
const seed = seedWithoutKeys();
const good = decode(seed.get('projects/esbuild-demo/policies/release-signing.yaml'));

function diagnosticsOf(content: string | Uint8Array, file = path): readonly string[] {
  const parsed = parsePolicyFile({
    path: file,
    bytes: typeof content === 'string' ? encode(content) : content,
  });
  return parsed.ok ? [] : parsed.diagnostics.map(formatDiagnostic);
}

function change(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

/** Refused with exactly one diagnostic, in bounded time. */
function onlyDiagnostic(content: string | Uint8Array): string {
  let found: readonly string[] = [];
  expect(cpuTimeOf(() => (found = diagnosticsOf(content)))).toBeLessThan(boundMilliseconds);
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

const manyKeys = Array.from({ length: 2500 }, (_, at) => `k${at}: 1`).join(', ');
test.each([
  ['each in a value of its own', '  - {}\n'.repeat(9000)],
  ['all in one', `  - { ${manyKeys} }\n`],
])('a file with thousands of mistakes is refused soon, with as many as anybody reads: %s', (_, systems) => {
  let found: readonly string[] = [];
  const read = () =>
    (found = diagnosticsOf(
      `apiVersion: countersign/v1\nkind: TrustRoot\nbuildSystems:\n${systems}`,
      'trust/root.yaml',
    ));
  expect(cpuTimeOf(read)).toBeLessThan(boundMilliseconds);
  const more = Number(/(\d+) more problems follow/.exec(found.at(-1) ?? '')?.[1]);
  expect(more).toBeGreaterThan(0);
  expect(more).toBeLessThan(1000);
});

describe('a good file', () => {
  test('is read, frozen, and every part of it is found again', () => {
    const parsed = parsePolicyFile({ path, bytes: encode(good) });
    expect(parsed.ok).toBe(true);
    if (!parsed.ok) return;
    expect(parsed.document.value.kind).toBe('SigningPolicy');
    expect(Object.isFrozen(parsed.document.value)).toBe(true);
    expect(parsed.document.locate([])).toEqual({ file: path, line: 1, column: 1 });
    expect(parsed.document.locate(['purpose'])).toEqual({ file: path, line: 3, column: 10 });
    expect(parsed.document.locate(['approval', 'approvers', 0])).toMatchObject({ line: 21, column: 15 });
  });

  test('may use a few aliases and Windows line ends', () => {
    const text = change("id: '900100200'", "id: &id '900100200'").replace(
      "ownerId: '900100'",
      'ownerId: *id',
    );
    expect(diagnosticsOf(text.replaceAll('\n', '\r\n'))).toEqual([]);
  });
});

test('text in a block is a value, whatever its lines look like', () => {
  const file = 'projects/widget/project.yaml';
  const lines = ['!tag', '*alias', '%YAML', '[[[[', '- - -', '&a &b'].map((line) => `  ${line}\n`).join('');
  const text = decode(seed.get('projects/esbuild-demo/project.yaml'));
  const block = text.replace(/description: [^]*?repository:/, `description: |\n${lines}repository:`);
  expect(block).toContain('  !tag');
  expect(diagnosticsOf(block, file)).toEqual([]);
});

describe('messages say where and how to put it right', () => {
  test.each([
    [
      '  approvers: [demo-approver]',
      '  aprovers: [demo-approver]',
      ':21:3: Unknown key `aprovers`; did you mean `approvers`? Rename it to `approvers`. [schema.unknown-key]',
    ],
    [
      'scan: required',
      'scan: required\ncolour: blue',
      ':19:1: Unknown key `colour`. Remove it; the keys here are `apiVersion`',
    ],
    [
      'purpose: release',
      'purpose: relaese',
      ':3:10: `purpose` can\'t be "relaese"; did you mean `release`? Write one of `release`, `test`.',
    ],
    [
      "id: '900100200'",
      'id: 900100200',
      ':9:9: `origin.repository.id` must be text, but 900100200 is not. Put it in quotes',
    ],
    ['scan: required\n', '', ':1:1: `scan` is missing. Add `scan`: required: every file inside'],
    [
      'quorum: 1',
      'quorum: 0',
      ':20:11: `approval.quorum` is 0; it must be at least 1. A release needs an approval.',
    ],
    [
      'timestamp: required',
      'timestamp: none',
      ':22:12: `timestamp` can\'t be "none". A release policy needs timestamp: required',
    ],
    ['branches: [main]', 'branches: main', ':14:15: `origin.refs.branches` must be a list.'],
    [
      'branches: [main]',
      'branches: [refs/heads/main]',
      ':14:16: `origin.refs.branches[0]` can\'t be "refs/heads/main". A name without refs/heads/',
    ],
    ['branches: [main]', 'branches: [main, main]', ':14:5: `origin.refs.branches` lists the same twice'],
    ['workflow: .github', 'workflow: /.github', "The workflow file that builds, from the repository's root."],
    ['scan: required', 'scan:', ':18:6: `scan` is empty. Write `required`.'],
    [
      'triggers: [push, release, workflow_dispatch]',
      'triggers: [pull_request_target]',
      '`origin.triggers[0]` can\'t be "pull_request_target".',
    ],
    [
      'runner: github-hosted',
      'runner: self-hosted',
      '`origin.runner` can\'t be "self-hosted". Where the build runs.',
    ],
    [
      '  refs:',
      '  reruns: yes\n  refs:',
      '`origin.reruns` can\'t be "yes". Write one of `refused`, `allowed`.',
    ],
    // Of the one union of origins: as precise as of any other object.
    [
      '  workflow: .github',
      '  workfow: .github',
      ':12:3: Unknown key `workfow`; did you mean `workflow`? Rename it to `workflow`. [schema.unknown-key]',
    ],
    [
      '  runner: github-hosted\n',
      '',
      ':6:1: `runner` is missing in `origin`. Add `runner`: Where the build runs.',
    ],
    [
      '  buildSystem:',
      '  provider: jenkins\n  buildSystem:',
      ':7:13: `provider` can\'t be "jenkins". Write one of `github`',
    ],
    ['  buildSystem:', '  provider: 1\n  buildSystem:', "`provider` can't be 1. Write one of `github`"],
    ['  refs:', '  maximumAgeHours: 0\n  refs:', '`origin.maximumAgeHours` is 0; it must be at least 1.'],
    [
      '  refs:',
      `  builder: {uri: https://github.com/o/r/.github/workflows/b.yml, ref: v1, digest: ${'a'.repeat(40)}}\n  refs:`,
      '`origin.builder.ref` can\'t be "v1".',
    ],
    [
      '  refs:',
      '  builder: {uri: https://github.com/o/r/.github/workflows/b.yml, ref: refs/tags/v1}\n  refs:',
      '`digest` is missing in `origin.builder`.',
    ],
    ['countersign/v1', 'countersign/v2', ':1:13: Version "countersign/v2" is not known to this program.'],
    [
      'kind: SigningPolicy',
      'kind: Project',
      ':2:7: A file at this path has kind SigningPolicy, not "Project".',
    ],
  ])('%s → %s', (from, to, expected) => {
    expect(onlyDiagnostic(change(from, to))).toContain(expected);
  });

  test('a release policy must name its origin', () => {
    const text = good.slice(0, good.indexOf('origin:')) + good.slice(good.indexOf('scan:'));
    expect(onlyDiagnostic(text)).toContain('A release policy must name its origin.');
    expect(diagnosticsOf(text.replace('purpose: release', 'purpose: test'))).toEqual([]);
  });

  const artifacts = 'projects/widget/artifacts/windows.yaml';
  const configuration = (contents: string): string =>
    `apiVersion: countersign/v1\nkind: ArtifactConfiguration\nroot:\n  type: zip\n  contents:\n    - ${contents}\n`;
  test.each([
    ['{type: exe, path: a.exe}', ':6:14: `type` can\'t be "exe". Write one of `tar.gz`, `tar`, `zip`, `pe`,'],
    ['{path: a.exe}', ':6:7: `type` is missing in `root.contents[0]`. Write one of'],
    [
      '{type: file, path: a, contents: []}',
      ':6:29: Unknown key `contents`. Remove it; the keys here are `type`, `path`, `matches`',
    ],
    [
      '{type: file, path: a, matches: {min: 1, max: many}}',
      ':6:52: `root.contents[0].matches.max` can\'t be "many". The greatest number of files: a whole number from 1 to 100000, or unbounded.',
    ],
    ['{type: file, path: ../a}', '`root.contents[0].path` can\'t be "../a". Path inside the container'],
    ['{type: file, path: a/./b}', 'Path inside the container'],
    ['{type: file, path: /a}', 'Path inside the container'],
    ['{type: file, path: "a\\\\b"}', 'Path inside the container'],
  ])('artifact element %s', (element, expected) => {
    const found = diagnosticsOf(configuration(element), artifacts);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(expected);
  });

  test('dots in names are not steps up', () => {
    const text = configuration('{type: pe, path: "a..b/...c/*.d..exe", sign: {method: authenticode}}');
    expect(diagnosticsOf(text, artifacts)).toEqual([]);
  });
});
