/** Policies for builds of GitLab CI/CD: what may be written, what it means, and what a change of it is. */
import { describe, expect, test } from 'vitest';
import { parsePolicySlug, parseProjectSlug } from '../ids/index.ts';
import { releaseFile, seedOnGitLab } from './gitlab-origin.fixture.ts';
import { describePolicy, effectivePolicy, formatDiagnostic, loadSnapshot } from './index.ts';
import type { PolicySnapshot } from './index.ts';
import { compareSnapshots } from './plan/index.ts';
import { decode, encode, seedCommit, seedWithKeys } from './seed.fixture.ts';

type Edit = readonly [from: string, to: string];

const diagnosticsOf = (files: ReadonlyMap<string, Uint8Array>): readonly string[] => {
  const loaded = loadSnapshot(files, seedCommit);
  return loaded.ok ? [] : loaded.diagnostics.map(formatDiagnostic);
};

function snapshotOf(files: ReadonlyMap<string, Uint8Array>): PolicySnapshot {
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  return loaded.snapshot;
}

function effective(edits: readonly Edit[] = []) {
  const slugs = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')] as const;
  const found = effectivePolicy(snapshotOf(seedOnGitLab(edits)), ...slugs);
  if (!found.ok) throw new Error('the seed has a release policy');
  return found.value;
}

const good = decode(seedOnGitLab().get(releaseFile));
const lineOf = (words: string, text = good): number => text.slice(0, text.indexOf(words)).split('\n').length;

describe('a policy for builds of GitLab', () => {
  test('is compared strictly where it says nothing', () => {
    expect(effective().originPolicy).toEqual({
      provider: 'gitlab',
      issuer: 'https://gitlab.com',
      repository: {
        id: '20000001',
        ownerId: '7000001',
        uri: 'https://gitlab.com/countersign-demo/tools/esbuild-windows',
      },
      refs: { branches: ['main'], tags: ['v*'] },
      configuration: '.gitlab-ci.yml',
      pipelineSources: ['push', 'web'],
      runner: 'gitlab-hosted',
      visibility: 'public',
      attestations: ['slsa-provenance-v1', 'slsa-provenance-v0.2'],
      maximumAgeHours: 720,
    });
    const said = effective([
      ['  refs:', '  configuration: ci/release.yml\n  environment: release\n  visibility: any\n  refs:'],
      ['gitlab-hosted', 'self-hosted'],
    ]);
    expect(said.originPolicy).toMatchObject({
      configuration: 'ci/release.yml',
      environment: 'release',
      visibility: 'any',
      runner: 'self-hosted',
    });
  });

  test('says on its public page what it asks', () => {
    const text = JSON.stringify(describePolicy(effective()));
    expect(text).toContain('must be built by GitLab CI/CD from https://gitlab.com/countersign-demo');
    expect(text).toContain('The build must run .gitlab-ci.yml from the branch main or from the tag v*.');
    expect(text).toContain('Its pipeline may be started only by a push or a start by hand.');
    expect(text).toContain('It must run on a fresh machine of GitLab CI/CD');
    const own = JSON.stringify(describePolicy(effective([['gitlab-hosted', 'self-hosted']])));
    expect(own).toContain('on a machine that GitLab.com does not provide');
  });

  const refused: readonly [what: string, edit: Edit, at: string, words: string][] = [
    ...['merge_request_event', 'external_pull_request_event', 'parent_pipeline', 'pipeline', 'external'].map(
      (source): [string, Edit, string, string] => [
        source,
        ['[push, web]', `[push, ${source}]`],
        'pipelineSources:',
        'pipelineSources',
      ],
    ),
    ['no source', ['[push, web]', '[]'], 'pipelineSources:', 'pipelineSources'],
    ['a source twice', ['[push, web]', '[push, push]'], 'pipelineSources:', 'pipelineSources'],
    ['another runner', ['gitlab-hosted', 'github-hosted'], 'runner:', 'runner'],
    ['no runner', ['  runner: gitlab-hosted\n', ''], 'origin:', '`runner` is missing'],
    ['no sources', ['  pipelineSources: [push, web]\n', ''], 'origin:', '`pipelineSources` is missing'],
    [
      'a line of GitHub’s',
      ['  refs:', '  workflow: .github/workflows/a.yml\n  refs:'],
      '  refs:',
      'workflow',
    ],
    ['an id without quotes', ["'20000001'", '20000001'], 'id: ', '`origin.repository.id`'],
    ['another id than the project’s', ["'20000001'", "'20000002'"], 'id: ', '[rule.repository]'],
    [
      'a path out of the project',
      ['  refs:', '  configuration: ../a.yml\n  refs:'],
      '  refs:',
      'configuration',
    ],
    [
      'an address',
      ['  refs:', '  configuration: https://x.example/a.yml\n  refs:'],
      '  refs:',
      'configuration',
    ],
    ['a build system of GitHub’s', ['gitlab-com', 'github-actions'], 'provider:', '[rule.provider]'],
  ];
  test.each(refused)('is refused with %s, at its line', (_what, edit, at, words) => {
    const found = diagnosticsOf(seedOnGitLab([edit]));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`${releaseFile}:${lineOf(at)}:`);
    expect(found[0]).toContain(words);
  });

  test('needs its provider said: without it the lines are read as GitHub’s', () => {
    expect(diagnosticsOf(seedOnGitLab([['  provider: gitlab\n', '']])).join('\n')).toContain('workflow');
  });
});

describe('a foundation’s floors', () => {
  const under = (floor: string, edits: readonly Edit[] = []) => {
    const files = seedOnGitLab(edits);
    const foundation = decode(files.get('foundation.yaml'));
    files.set('foundation.yaml', encode(`${foundation}floors:\n  release: {${floor}}\n`));
    return diagnosticsOf(files).filter((one) => one.includes('esbuild-demo'));
  };

  test.each<[string, readonly Edit[]]>([
    ['runner: github-hosted', []],
    ['visibility: public', []],
    ['environment: required', [['  refs:', '  environment: release\n  refs:']]],
    ['refs: tags', [['    branches: [main]\n', '']]],
  ])('are kept by what asks the same: %s', (floor, edits) => {
    expect(under(floor, edits)).toEqual([]);
  });

  test.each<[string, readonly Edit[], string]>([
    ['runner: github-hosted', [['gitlab-hosted', 'self-hosted']], 'Write gitlab-hosted'],
    ['visibility: public', [['  refs:', '  visibility: any\n  refs:']], 'Set visibility to public'],
    ['environment: required', [], 'Add `environment`'],
    ['refs: tags', [], 'Remove `branches`'],
    // What no certificate of GitLab's tells is no floor that its builds could keep.
    ['builder: required', [], 'can’t be kept by its builds'],
    ['reruns: refused', [], 'can’t be kept by its builds'],
  ])('are not kept by less: %s', (floor, edits, fix) => {
    const found = under(floor, edits);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('[rule.floor]');
    expect(found[0]).toContain(fix);
  });
});

describe('a change', () => {
  const changes = (before: readonly Edit[], after: readonly Edit[]) =>
    compareSnapshots(snapshotOf(seedOnGitLab(before)), snapshotOf(seedOnGitLab(after))).map(
      ({ effect, field }) => `${effect} ${field}`,
    );
  const cases: readonly [what: string, edit: Edit, there: string, back: string][] = [
    ['of the runner', ['gitlab-hosted', 'self-hosted'], 'loosens', 'tightens'],
    ['by one more source', ['[push, web]', '[push, web, trigger]'], 'loosens', 'tightens'],
    ['of the configuration', ['  refs:', '  configuration: ci/a.yml\n  refs:'], 'loosens', 'loosens'],
    [
      'that says the default file',
      ['  refs:', '  configuration: .gitlab-ci.yml\n  refs:'],
      'neutral',
      'neutral',
    ],
    ['of the environment', ['  refs:', '  environment: release\n  refs:'], 'tightens', 'loosens'],
    ['of the visibility', ['  refs:', '  visibility: any\n  refs:'], 'loosens', 'tightens'],
  ];
  test.each(cases)('%s is judged in either direction', (_what, edit, there, back) => {
    const effects = (found: readonly string[]) => found.map((one) => one.split(' ')[0]);
    expect(effects(changes([], [edit]))).toEqual([there]);
    expect(effects(changes([edit], []))).toEqual([back]);
  });

  test('from GitHub to GitLab loosens', () => {
    const found = compareSnapshots(snapshotOf(seedWithKeys()), snapshotOf(seedOnGitLab()));
    const ofOrigin = found.filter(({ field }) => field.startsWith('origin'));
    expect(ofOrigin.length).toBeGreaterThan(0);
    for (const change of ofOrigin) expect(change.effect).toBe('loosens');
  });
});
