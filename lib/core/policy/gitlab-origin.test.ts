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

/** The trust root says whose answers count. */
function askingGitLab(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  const file = 'trust/root.yaml';
  const issuer = '    issuer: https://gitlab.com\n';
  const text = decode(files.get(file));
  files.set(file, encode(text.replace(issuer, `${issuer}    hostApi: https://gitlab.com/api/v4\n`)));
  return files;
}

function snapshotOf(files: ReadonlyMap<string, Uint8Array>): PolicySnapshot {
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  return loaded.snapshot;
}

function effective(edits: readonly Edit[] = [], files = seedOnGitLab(edits)) {
  const slugs = [parseProjectSlug('esbuild-demo'), parsePolicySlug('release-signing')] as const;
  const found = effectivePolicy(snapshotOf(files), ...slugs);
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
      host: null,
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

const asking = `  requirePipelineSuccess: true
  retries: refused
  pipelineVariables: maintainers
  includes: pinned
  runners: {kinds: [instance, group], ids: ['42']}
  protectedBranch: {push: no-one, merge: maintainers, blockForcePushes: true, requireCodeOwnerApproval: true, minApprovals: 1}
  protectedTag: {create: maintainers}
  commitOn: [main]
  codeHost: asked
  unknown: allow
`;

describe('what GitLab itself is asked', () => {
  const edit: Edit = ['  refs:', `${asking}  refs:`];

  test('is compared with what holds where a line is missing', () => {
    const lines = (added: string) => {
      const edits: readonly Edit[] = [['  refs:', `${added}  refs:`]];
      return effective(edits, askingGitLab(seedOnGitLab(edits))).originPolicy;
    };
    expect(lines(asking)).toMatchObject({
      host: {
        unknown: 'allow',
        pipelineSuccess: true,
        retriesRefused: true,
        pipelineVariables: 'maintainers',
        includesPinned: true,
        runners: { kinds: ['instance', 'group'], ids: ['42'], areNamed: true },
        commitOn: ['main'],
        protectedBranch: { push: 'no-one', minApprovals: 1 },
        protectedTag: { create: 'maintainers' },
      },
    });
    expect(lines('  codeHost: asked\n')).toMatchObject({
      host: {
        unknown: 'deny',
        pipelineSuccess: false,
        retriesRefused: false,
        pipelineVariables: null,
        includesPinned: false,
        runners: { kinds: ['instance'], ids: [], areNamed: false },
        commitOn: [],
        protectedBranch: null,
        protectedTag: null,
      },
    });
    // These ask nothing, and so nobody.
    expect(lines('  codeHost: not-asked\n  retries: allowed\n  unknown: allow\n')).toMatchObject({
      host: null,
    });
  });

  test('is told on the policy’s public page', () => {
    const text = JSON.stringify(describePolicy(effective([], askingGitLab(seedOnGitLab([edit])))));
    for (const sentence of [
      'The whole pipeline must have ended with success.',
      'No job of its pipeline may have been retried.',
      'Only maintainers or higher may set variables of a pipeline when it is started.',
      'What the CI configuration includes of others must be named by a full commit or an integrity.',
      'must have run on a runner of the instance or a group or on the runner 42.',
      'GitLab must protect the branch (no one may push, only maintainers or higher may merge, force pushes are blocked, code owners must approve and merge requests need at least 1 approval).',
      'GitLab must protect the tag (only maintainers or higher may create it).',
      'The signer asks GitLab itself whether project, job and pipeline',
      'What GitLab doesn’t answer refuses nothing.',
    ]) {
      expect(text).toContain(sentence);
    }
  });

  test('is refused line by line where the trust root names no API', () => {
    const found = diagnosticsOf(seedOnGitLab([edit])).filter((one) => one.includes('rule.not-enforced'));
    // unknown asks for nothing by itself.
    expect(found).toHaveLength(asking.trim().split('\n').length - 1);
    expect(diagnosticsOf(askingGitLab(seedOnGitLab([edit])))).toEqual([]);
  });

  test.each([
    ['an empty list of kinds', 'runners: {kinds: []}'],
    ['runners that say nothing', 'runners: {}'],
    ['a number without quotes', 'runners: {ids: [42]}'],
    ['a kind that GitLab has not', 'runners: {kinds: [shared]}'],
    ['somebody by name', 'protectedBranch: {push: nora}'],
    ['a branch that nobody may merge into', 'protectedBranch: {merge: no-one}'],
    ['rulesets, which GitHub has', 'branchRulesets: {rules: {blockForcePushes: true}}'],
  ])('can’t be written with %s', (_what, line) => {
    const files = askingGitLab(seedOnGitLab([['  refs:', `  ${line}\n  refs:`]]));
    expect(diagnosticsOf(files)).not.toEqual([]);
  });
});

describe('a foundation’s floors', () => {
  const under = (floor: string, edits: readonly Edit[] = []) => {
    const files = seedOnGitLab(edits);
    askingGitLab(files);
    const foundation = decode(files.get('foundation.yaml'));
    files.set('foundation.yaml', encode(`${foundation}floors:\n  release: {${floor}}\n`));
    return diagnosticsOf(files).filter((one) => one.includes('esbuild-demo'));
  };

  test.each<[string, readonly Edit[]]>([
    ['runner: github-hosted', []],
    ['visibility: public', []],
    ['environment: required', [['  refs:', '  environment: release\n  refs:']]],
    ['refs: tags', [['    branches: [main]\n', '']]],
    ['reruns: refused', [['  refs:', '  retries: refused\n  refs:']]],
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
    ['reruns: refused', [], 'Write `retries: refused`'],
    [
      'runner: github-hosted',
      [['  refs:', '  runners: {kinds: [instance, project]}\n  refs:']],
      'no other `runners`',
    ],
  ])('are not kept by less: %s', (floor, edits, fix) => {
    const found = under(floor, edits);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('[rule.floor]');
    expect(found[0]).toContain(fix);
  });
});

describe('a change', () => {
  const changes = (before: readonly Edit[], after: readonly Edit[]) =>
    compareSnapshots(
      snapshotOf(askingGitLab(seedOnGitLab(before))),
      snapshotOf(askingGitLab(seedOnGitLab(after))),
    ).map(({ effect, field }) => `${effect} ${field}`);
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
    ['of the success', ['  refs:', '  requirePipelineSuccess: true\n  refs:'], 'tightens', 'loosens'],
    ['of retries', ['  refs:', '  retries: refused\n  refs:'], 'tightens', 'loosens'],
    ['of includes', ['  refs:', '  includes: pinned\n  refs:'], 'tightens', 'loosens'],
    ['of variables', ['  refs:', '  pipelineVariables: no-one\n  refs:'], 'tightens', 'loosens'],
    ['of runners', ['  refs:', '  runners: {kinds: [instance]}\n  refs:'], 'loosens', 'loosens'],
    ['of a branch', ['  refs:', '  protectedBranch: {push: no-one}\n  refs:'], 'tightens', 'loosens'],
    ['of a tag', ['  refs:', '  protectedTag: {}\n  refs:'], 'tightens', 'loosens'],
    ['of the host', ['  refs:', '  codeHost: asked\n  refs:'], 'tightens', 'loosens'],
  ];
  test.each(cases)('%s is judged in either direction', (_what, edit, there, back) => {
    const effects = (found: readonly string[]) => found.map((one) => one.split(' ')[0]);
    expect(effects(changes([], [edit]))).toEqual([there]);
    expect(effects(changes([edit], []))).toEqual([back]);
  });

  const within: readonly [from: string, to: string, there: string, back: string][] = [
    ['protectedBranch: {push: developers}', 'protectedBranch: {push: no-one}', 'tightens', 'loosens'],
    ['protectedBranch: {push: no-one}', 'protectedBranch: {push: maintainers}', 'loosens', 'tightens'],
    ['protectedBranch: {minApprovals: 1}', 'protectedBranch: {minApprovals: 2}', 'tightens', 'loosens'],
    ['includes: any', 'includes: pinned', 'tightens', 'loosens'],
    ['pipelineVariables: maintainers', 'pipelineVariables: no-one', 'tightens', 'loosens'],
    ['protectedTag: {}', 'protectedTag: {create: developers}', 'tightens', 'loosens'],
    ['runners: {kinds: [instance]}', 'runners: {kinds: [instance, group]}', 'loosens', 'tightens'],
    ["runners: {ids: ['1']}", "runners: {ids: ['1', '2']}", 'loosens', 'tightens'],
  ];
  test.each(within)('from %s to %s is judged in either direction', (from, to, there, back) => {
    const with_ = (line: string): Edit => ['  refs:', `  ${line}\n  refs:`];
    const effects = (before: string, after: string) =>
      changes([with_(before)], [with_(after)]).map((one) => one.split(' ')[0]);
    expect(effects(from, to)).toEqual([there]);
    expect(effects(to, from)).toEqual([back]);
  });

  test('from GitHub to GitLab loosens', () => {
    const found = compareSnapshots(snapshotOf(seedWithKeys()), snapshotOf(seedOnGitLab()));
    const ofOrigin = found.filter(({ field }) => field.startsWith('origin'));
    expect(ofOrigin.length).toBeGreaterThan(0);
    for (const change of ofOrigin) expect(change.effect).toBe('loosens');
  });
});
