import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../json/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { effectivePolicy } from '../index.ts';
import type { PolicySnapshot } from '../index.ts';
import { compareJson } from '../fields/index.ts';
import { compareSnapshots } from './index.ts';
import type { Change } from './index.ts';
import { decode } from '../seed.fixture.ts';
import { artifactFile, base, changed, releasePolicy, seed, withValue } from './snapshots.fixture.ts';
import type { Edits } from './snapshots.fixture.ts';

const one = (edits: Edits): string => {
  const changes = compareSnapshots(base, changed(edits));
  return changes.map(({ effect, field }: Change) => `${effect} ${field}`).join(', ');
};
const back = (edits: Edits): string =>
  compareSnapshots(changed(edits), base)
    .map(({ effect, field }) => `${effect} ${field}`)
    .join(', ');

const text = (file: string): string => decode(seed.get(file));
const zipPolicy = 'projects/zip-demo/policies/release-signing.yaml';
const cases: readonly (readonly [string, Edits, string, string])[] = [
  [
    'a lower quorum',
    { [zipPolicy]: [['quorum: 2', 'quorum: 1']] },
    'loosens approval.quorum',
    'tightens approval.quorum',
  ],
  [
    'a file that need not be scanned completely',
    {
      [artifactFile]: [
        ['path: package/README.md', 'path: package/README.md\n      opaque: {reason: Made by upstream.}'],
      ],
    },
    'loosens root.contents[package/README.md].opaque',
    'tightens root.contents[package/README.md].opaque',
  ],
  [
    'programs inside that must be signed',
    { [artifactFile]: [['type: pe', 'type: pe\n      requireSignedInside: true']] },
    'tightens root.contents[package/esbuild.exe].requireSignedInside',
    'loosens root.contents[package/esbuild.exe].requireSignedInside',
  ],
  [
    'a new tag pattern',
    { [releasePolicy]: [["tags: ['v*']", "tags: ['v*', 'rc-1']"]] },
    'loosens origin.refs.tags[rc-1]',
    'tightens origin.refs.tags[rc-1]',
  ],
  [
    'tags at all',
    { [releasePolicy]: [["\n    tags: ['v*']", '']] },
    'tightens origin.refs.tags',
    'loosens origin.refs.tags',
  ],
  [
    'another order of triggers',
    { [releasePolicy]: [['[push, release, workflow_dispatch]', '[release, push, workflow_dispatch]']] },
    'neutral origin.triggers',
    'neutral origin.triggers',
  ],
  [
    'another workflow',
    { [releasePolicy]: [['release.yml', 'other.yml']] },
    'loosens origin.workflow',
    'loosens origin.workflow',
  ],
  [
    're-runs',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  reruns: allowed']] },
    'loosens origin.reruns',
    'tightens origin.reruns',
  ],
  [
    'what a missing line means',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  reruns: refused']] },
    'neutral origin.reruns',
    'neutral origin.reruns',
  ],
  [
    'a maximum age',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  maximumAgeHours: 24']] },
    'tightens origin.maximumAgeHours',
    'loosens origin.maximumAgeHours',
  ],
  [
    'a maximum age above what holds for every release',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  maximumAgeHours: 721']] },
    'loosens origin.maximumAgeHours',
    'loosens origin.maximumAgeHours',
  ],
  [
    'a bare signature beside provenance',
    {
      [releasePolicy]: [
        [
          'runner: github-hosted',
          'runner: github-hosted\n  attestations: [slsa-provenance-v1, slsa-provenance-v0.2, signature]',
        ],
      ],
    },
    'loosens origin.attestations',
    'tightens origin.attestations',
  ],
  [
    'provenance of one version',
    {
      [releasePolicy]: [
        ['runner: github-hosted', 'runner: github-hosted\n  attestations: [slsa-provenance-v1]'],
      ],
    },
    'tightens origin.attestations',
    'loosens origin.attestations',
  ],
  [
    'a bare signature in place of provenance',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  attestations: [signature]']] },
    'loosens origin.attestations',
    'loosens origin.attestations',
  ],
  [
    'an environment',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  environment: release']] },
    'tightens origin.environment',
    'loosens origin.environment',
  ],
  [
    'any visibility',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  visibility: any']] },
    'loosens origin.visibility',
    'tightens origin.visibility',
  ],
  [
    'the visibility that a missing line means',
    { [releasePolicy]: [['runner: github-hosted', 'runner: github-hosted\n  visibility: public']] },
    'neutral origin.visibility',
    'neutral origin.visibility',
  ],
  [
    'approval by the submitter',
    { [releasePolicy]: [['quorum: 1', 'quorum: 1\n  submitterMayApprove: true']] },
    'loosens approval.submitterMayApprove',
    'tightens approval.submitterMayApprove',
  ],
  [
    'a paused project',
    { 'projects/esbuild-demo/project.yaml': [['status: active', 'status: paused']] },
    'tightens status',
    'loosens status',
  ],
  [
    'another tagline',
    { 'projects/esbuild-demo/project.yaml': [['tagline: The', 'tagline: A']] },
    'neutral tagline',
    'neutral tagline',
  ],
  [
    'a higher threshold of policy maintainers',
    {
      'trust/root.yaml': [
        ['threshold: 1', 'threshold: 2'],
        ['demo-steward]', 'demo-steward, demo-approver]'],
      ],
    },
    'loosens policyMaintainers.threshold, loosens policyMaintainers.members[demo-approver]',
    'loosens policyMaintainers.threshold, loosens policyMaintainers.members[demo-approver]',
  ],
  [
    'another program',
    { 'projects/esbuild-demo/project.yaml': [['program: executables', 'program: components']] },
    'loosens program',
    'loosens program',
  ],
  [
    'an earlier alarm over an old policy',
    { 'foundation.yaml': [['alarmDays: 30', 'alarmDays: 20']] },
    'tightens policyFreshness.alarmDays',
    'loosens policyFreshness.alarmDays',
  ],
  [
    'no word about an old policy, which means ninety days',
    { 'foundation.yaml': [['policyFreshness:\n  alarmDays: 30\n', '']] },
    'loosens policyFreshness',
    'tightens policyFreshness',
  ],
  [
    'an auditor',
    { 'people/demo-auditor.yaml': [['roles: [ auditor ]\n', '']] },
    'loosens roles',
    'loosens roles',
  ],
  [
    'a role in a project',
    {
      'projects/esbuild-demo/project.yaml': [
        ['reviewers: [demo-maintainer, demo-approver]', 'reviewers: [demo-approver]'],
      ],
    },
    'loosens team.reviewers[demo-maintainer]',
    'loosens team.reviewers[demo-maintainer]',
  ],
  [
    'an optional file that must be there',
    {
      [artifactFile]: [
        ['path: package/README.md', 'path: package/README.md\n      matches: {min: 0, max: 1}'],
      ],
    },
    'loosens root.contents[package/README.md].matches',
    'tightens root.contents[package/README.md].matches',
  ],
  [
    'files of upstream that are known by their digests',
    {
      [artifactFile]: [
        [
          'path: package/README.md',
          `path: package/README.md\n      upstream: { sha256: ['${'ab'.repeat(32)}'] }`,
        ],
      ],
    },
    'tightens root.contents[package/README.md].upstream',
    'loosens root.contents[package/README.md].upstream',
  ],
  [
    'a file that must not be there any more',
    { [artifactFile]: [['    - type: file\n      path: package/README.md\n', '']] },
    'loosens root.contents[package/README.md]',
    'loosens root.contents[package/README.md]',
  ],
];

const revoked = [
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
const revocationFile = 'revocations/5a3c.yaml';
const foundation = 'foundation.yaml';
/** Lines that one person must not be able to reach by a way around the line that is asked for: text before, after, both ways. */
const aroundCases: readonly (readonly [string, string, readonly [string, string], string, string])[] = [
  [
    'who abused a certificate',
    revocationFile,
    ['trigger: malware', 'trigger: delisted'],
    'loosens',
    'tightens',
  ],
  [
    'whose certificate it was',
    revocationFile,
    ['project: zip-demo', 'project: esbuild-demo'],
    'loosens',
    'loosens',
  ],
  [
    'another word for abuse',
    revocationFile,
    ['trigger: malware', 'trigger: conditions-breached'],
    'neutral',
    'neutral',
  ],
  [
    'successors of certificates for the same key',
    foundation,
    ['kind: Foundation\n', 'kind: Foundation\nrenewal: same-key\n'],
    'loosens',
    'tightens',
  ],
  [
    'successors as they are by default',
    foundation,
    ['kind: Foundation\n', 'kind: Foundation\nrenewal: new-key\n'],
    'neutral',
    'neutral',
  ],
  [
    'successors that are announced for a shorter time',
    foundation,
    ['kind: Foundation\n', 'kind: Foundation\nrenewalNoticeDays: 3\n'],
    'loosens',
    'tightens',
  ],
  ['fewer reviewers', foundation, ['reviewers: 2', 'reviewers: 1'], 'loosens', 'tightens'],
  [
    'no look at the reputation',
    foundation,
    ['reputationReview: true', 'reputationReview: false'],
    'loosens',
    'tightens',
  ],
  [
    'a title of a program',
    foundation,
    ['title: Executables and installers', 'title: Programs'],
    'neutral',
    'neutral',
  ],
  [
    'submitters from outside the team',
    releasePolicy,
    ['scan: required', 'submitters: {people: [demo-maintainer, demo-steward]}\nscan: required'],
    'loosens',
    'loosens',
  ],
  [
    'submitters out of the team',
    releasePolicy,
    ['scan: required', 'submitters: {people: [demo-maintainer], tokens: [ci]}\nscan: required'],
    'tightens',
    'loosens',
  ],
];

/** Takes the maintainer out of all that needs a key of theirs. */
const onlyApprover: Edits = {
  'trust/root.yaml': [['members: [demo-maintainer, ', 'members: [']],
  [zipPolicy]: [['quorum: 2', 'quorum: 1']],
};

describe('a change in meaning', () => {
  test.each(cases)('%s', (_, edits, forwards, backwards) => {
    expect(one(edits)).toBe(forwards);
    expect(back(edits)).toBe(backwards);
  });

  test.each(aroundCases)('of %s', (_, file, [from, to], forwards, backwards) => {
    const was = file === revocationFile ? revoked : text(file);
    expect(was).toContain(from);
    const [before, after] = [was, was.replace(from, to)].map((one) => changed({ [file]: one }));
    const effects = (all: readonly Change[]): readonly string[] => all.map(({ effect }) => effect);
    if (before === undefined || after === undefined) throw new Error('unreachable');
    expect(effects(compareSnapshots(before, after))).toEqual([forwards]);
    expect(effects(compareSnapshots(after, before))).toEqual([backwards]);
  });

  test('of builds among the submitters', () => {
    const named = (more: string) =>
      changed({
        [releasePolicy]: [
          ['scan: required', `submitters: {people: [demo-maintainer]${more}}\nscan: required`],
        ],
      });
    const effects = (before: string, after: string) =>
      compareSnapshots(named(before), named(after)).map(({ effect }) => effect);
    expect(effects('', ', builds: origin')).toEqual(['loosens']);
    expect(effects(', builds: none', ', builds: origin')).toEqual(['loosens']);
    expect(effects(', builds: origin', '')).toEqual(['tightens']);
    expect(effects('', ', builds: none')).toEqual(['neutral']);
  });

  test('names project, policy, file and line, and says why', () => {
    const [change] = compareSnapshots(base, changed({ [zipPolicy]: [['quorum: 2', 'quorum: 1']] }));
    expect(change).toMatchObject({
      project: 'zip-demo',
      policy: 'release-signing',
      file: zipPolicy,
      field: 'approval.quorum',
      before: 2,
      after: 1,
      reason: 'The quorum goes from 2 to 1, which asks for less.',
    });
    expect(change?.line).toBeGreaterThan(10);
  });

  test('a new policy loosens; a removed one tightens', () => {
    const path = 'projects/esbuild-demo/policies/test-signing.yaml';
    expect(one({ [path]: null })).toBe('tightens ');
    expect(back({ [path]: null })).toBe('loosens ');
  });

  test('a key that is taken away counts as loosening, as one that comes', () => {
    const person = 'people/demo-maintainer.yaml';
    const without = changed({
      [person]: [[/approvalKeys:[^]*/.exec(text(person))?.[0] ?? '', 'approvalKeys: []\n']],
      ...onlyApprover,
    });
    const removed = compareSnapshots(base, without).filter((change) => change.file === person);
    expect(removed.map((change) => change.effect)).toEqual(['loosens']);
    const added = compareSnapshots(without, base).filter((change) => change.file === person);
    expect(added.map((change) => change.effect)).toEqual(['loosens']);
  });

  test('protection by the code host tightens, unless it comes with a line that nobody knows', () => {
    const rules = { blockForcePushes: true, codeScanning: [{ tool: 'x', alerts: 'all' }] };
    const path = ['origin', 'tagRulesets'];
    const effects = (value: JsonValue): readonly string[] =>
      compareSnapshots(base, withValue(base, releasePolicy, path, value)).map((change) => change.effect);
    expect(effects({ rules })).toEqual(['tightens']);
    expect(effects({ rules, someday: ['a'] })).toEqual(['loosens']);
    expect(effects({ rules: { ...rules, codeScanning: [{ tool: 'x', someday: 1 }] } })).toEqual(['loosens']);
  });

  test.each([
    ['a field nobody knows', releasePolicy, ['origin', 'someday'], true],
    ['a floor nobody knows', 'foundation.yaml', ['floors', 'someday'], 'required'],
    ['a requirement nobody knows', releasePolicy, ['scan'], { mode: 'twice' }],
    ['a status nobody knows', 'projects/esbuild-demo/project.yaml', ['status'], 'dormant'],
  ] as const)('counts %s as loosening', (_, file, path, value) => {
    const changes = compareSnapshots(base, withValue(base, file, path, value));
    expect(changes.map((change) => change.effect)).toEqual(['loosens']);
  });
});

describe('nothing is missed', () => {
  test('two values without a difference have the same canonical JSON', () => {
    const json = fc.jsonValue({ maxDepth: 4 }).map((value) => value as JsonValue);
    const lists = fc.array(
      fc.record({ path: fc.constantFrom('a', 'b', 'c'), min: fc.nat(2) }, { requiredKeys: [] }),
      { maxLength: 4 },
    );
    const value = fc.oneof(json, lists, fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }));
    fc.assert(
      fc.property(value, value, (before, after) => {
        const same = canonicalJson(before) === canonicalJson(after);
        expect(compareJson(before, after).length === 0).toBe(same);
      }),
      { numRuns: 2000 },
    );
  });

  test('snapshots whose effective policies differ always give at least one change', () => {
    const places: readonly (readonly [string, readonly (string | number)[]])[] = [
      [releasePolicy, ['approval', 'quorum']],
      [releasePolicy, ['approval', 'unknown']],
      [releasePolicy, ['origin', 'refs', 'tags']],
      [releasePolicy, ['origin', 'triggers']],
      [releasePolicy, ['origin', 'runner']],
      [releasePolicy, ['someday']],
      [artifactFile, ['root', 'contents', 0, 'sign']],
      [artifactFile, ['root', 'contents', 1, 'matches']],
      [artifactFile, ['someday']],
      ['foundation.yaml', ['subject', 'organization']],
      ['foundation.yaml', ['subject', 'someday']],
      ['trust/root.yaml', ['buildSystems', 1, 'someday']],
      ['trust/root.yaml', ['buildSystems', 1, 'issuer']],
      ['people/demo-approver.yaml', ['name']],
      ['people/demo-approver.yaml', ['githubId']],
      ['people/demo-approver.yaml', ['identities', 'github']],
      ['projects/esbuild-demo/project.yaml', ['repository', 'id']],
      ['projects/esbuild-demo/project.yaml', ['status']],
    ];
    const matches = fc.record({ min: fc.nat(2), max: fc.constantFrom(1, 2, 'unbounded') });
    const value = fc.oneof(
      fc.constantFrom<JsonValue[]>('a', 'b', 1, 2, null, true, 'active', 'paused'),
      matches.map((match) => match as JsonValue),
      fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 3 }).map((list) => list as JsonValue),
    );
    const edit = fc.tuple(fc.constantFrom(...places), value);
    const edits = fc.array(edit, { maxLength: 3 });
    const apply = (
      list: readonly (readonly [readonly [string, readonly (string | number)[]], JsonValue])[],
    ) =>
      list.reduce<PolicySnapshot>(
        (snapshot, [[file, path], set]) => withValue(snapshot, file, path, set),
        base,
      );
    fc.assert(
      fc.property(edits, edits, (left, right) => {
        const before = apply(left);
        const after = apply(right);
        if (decisions(before) !== decisions(after)) {
          expect(compareSnapshots(before, after).length).toBeGreaterThan(0);
        }
      }),
      { numRuns: 300 },
    );
  });
});

/** What every policy of a snapshot comes to: its digest, or that it isn't in force. */
function decisions(snapshot: PolicySnapshot): string {
  return [...snapshot.projects.values()]
    .flatMap(({ slug, policies }) =>
      [...policies.keys()].map((policy) => {
        try {
          const effective = effectivePolicy(snapshot, slug, policy);
          return effective.ok ? effective.value.digest : 'refused';
        } catch (error) {
          // Values that no schema allows may not even compile; that too is a decision.
          return (error as Error).name;
        }
      }),
    )
    .join('\n');
}
