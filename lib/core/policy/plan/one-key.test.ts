/** What somebody tries who has the key of one policy maintainer, under the thresholds as they are shipped. */
import { describe, expect, test } from 'vitest';
import { decode, encode, newSshKey } from '../seed.fixture.ts';
import { requiredSignatures } from './required-signatures.ts';
import {
  base,
  baseCommit,
  changed,
  headCommit,
  releasePolicy,
  seed,
  snapshotOf,
} from './snapshots.fixture.ts';
import type { Edits } from './snapshots.fixture.ts';

const root = 'trust/root.yaml';
const project = 'projects/esbuild-demo/project.yaml';
const text = (file: string): string => decode(seed.get(file));
const members = (...handles: readonly string[]) =>
  [['members: [demo-maintainer, demo-reviewer, demo-steward]', `members: [${handles.join(', ')}]`]] as const;
const keysOf = (handle: string): string => /approvalKeys:[^]*/.exec(text(`people/${handle}.yaml`))?.[0] ?? '';
const withKeys = (handle: string, ...keys: readonly string[]): Edits => ({
  [`people/${handle}.yaml`]: [
    [
      keysOf(handle),
      `approvalKeys:\n${keys.map((key) => `  - type: ssh\n    publicKey: ${key}\n`).join('')}`,
    ],
  ],
});
const ownKey = (handle: string): string => /publicKey: (.*)/.exec(text(`people/${handle}.yaml`))?.[1] ?? '';
const revocation = [
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

const attacks: readonly (readonly [string, Edits])[] = [
  ['expels another policy maintainer', { [root]: members('demo-maintainer', 'demo-reviewer') }],
  [
    'brings in another one',
    { [root]: members('demo-maintainer', 'demo-reviewer', 'demo-steward', 'demo-approver') },
  ],
  [
    'puts somebody in another’s place',
    { [root]: members('demo-maintainer', 'demo-reviewer', 'demo-approver') },
  ],
  ['lowers what loosening takes', { [root]: [['looseningThreshold: 2', 'looseningThreshold: 1']] }],
  [
    'raises what loosening takes, until nobody can',
    { [root]: [['looseningThreshold: 2', 'looseningThreshold: 3']] },
  ],
  ['raises what every change takes', { [root]: [['threshold: 1', 'threshold: 2']] }],
  ['leaves the line out', { [root]: [['  looseningThreshold: 2\n', '']] }],
  ['swaps a policy maintainer’s key', withKeys('demo-steward', newSshKey())],
  ['adds a key to a policy maintainer', withKeys('demo-steward', ownKey('demo-steward'), newSshKey())],
  [
    'takes a policy maintainer’s keys',
    { 'people/demo-steward.yaml': [[keysOf('demo-steward'), 'approvalKeys: []\n']] },
  ],
  ['adds a key to himself', withKeys('demo-maintainer', ownKey('demo-maintainer'), newSshKey())],
  ['swaps an approver’s key', withKeys('demo-approver', newSshKey())],
  ['adds a key to an approver', withKeys('demo-approver', ownKey('demo-approver'), newSshKey())],
  ['takes another account for a policy maintainer', { 'people/demo-steward.yaml': [["'900004'", "'66'"]] }],
  ['takes another account for an approver', { 'people/demo-approver.yaml': [["'900002'", "'66'"]] }],
  [
    'makes somebody a reviewer',
    { 'people/demo-approver.yaml': [['approvalKeys', 'roles: [reviewer]\napprovalKeys']] },
  ],
  ['takes a reviewer’s role', { 'people/demo-assessor.yaml': [['roles: [ reviewer ]\n', '']] }],
  ['removes a reviewer', { 'people/demo-examiner.yaml': null }],
  [
    'swaps roles in a team',
    {
      [project]: [
        ['authors: [demo-maintainer]', 'authors: [demo-approver]'],
        ['reviewers: [demo-maintainer, demo-approver]', 'reviewers: [demo-maintainer]'],
      ],
    },
  ],
  [
    'takes a role in a team',
    { [project]: [['reviewers: [demo-maintainer, demo-approver]', 'reviewers: [demo-maintainer]']] },
  ],
  [
    'adds an approver',
    {
      [project]: [['approvers: [demo-approver]', 'approvers: [demo-approver, demo-maintainer]']],
      [releasePolicy]: [['[demo-approver]', '[demo-approver, demo-maintainer]']],
    },
  ],
  [
    'believes another build system',
    { [root]: [['https://token.actions.githubusercontent.com', 'https://token.example']] },
  ],
  [
    'believes another trust root',
    { [root]: [['trustRoot: sigstore-public-good', 'trustRoot: development']] },
  ],
  ['moves a project to another program', { [project]: [['program: executables', 'program: components']] }],
  [
    'signs for another repository',
    { [project]: [["id: '900100200'", "id: '66'"]], ...repositoryInPolicies("id: '900100200'", "id: '66'") },
  ],
];

function repositoryInPolicies(from: string, to: string): Edits {
  return Object.fromEntries(
    [...seed.keys()]
      .filter((path) => path.startsWith('projects/esbuild-demo/policies/') && text(path).includes(from))
      .map((path) => [path, [[from, to]] as const]),
  );
}

describe('one person’s key alone', () => {
  test.each(attacks)('never %s', (_, edits) => {
    expect(requiredSignatures(base, changed(edits)).needed).toBeGreaterThanOrEqual(2);
  });

  test('never takes an approver away', () => {
    const file = 'projects/zip-demo/policies/release-signing.yaml';
    const quorum = ['quorum: 2', 'quorum: 1'] as const;
    const before = changed({ [file]: [quorum] });
    const after = changed({ [file]: [quorum, ['[demo-approver, demo-maintainer]', '[demo-maintainer]']] });
    expect(requiredSignatures(before, after).needed).toBe(2);
  });

  test('never empties the revocations', () => {
    const revoked = changed({ 'revocations/5a3c.yaml': revocation });
    expect(requiredSignatures(revoked, base).needed).toBe(2);
  });

  describe('in a foundation of a hundred projects', () => {
    const hundred = projects(100);
    const of = (files: ReadonlyMap<string, Uint8Array>) => snapshotOf(files, headCommit);
    const inForce = snapshotOf(hundred, baseCommit);

    test.each(['paused', 'retired'])('never leaves thirty %s', (status) => {
      expect(requiredSignatures(inForce, of(inactive(hundred, 0, 25, status))).needed).toBe(1);
      expect(requiredSignatures(inForce, of(inactive(hundred, 0, 30, status))).needed).toBe(2);
    });

    test('never gets there by steps, each of them small', () => {
      const twenty = of(inactive(hundred, 0, 20, 'retired'));
      const forty = of(inactive(hundred, 0, 40, 'retired'));
      expect(requiredSignatures(twenty, forty).needed).toBe(1);
      expect(requiredSignatures(twenty, forty, inForce).needed).toBe(2);
    });

    function inactive(files: ReadonlyMap<string, Uint8Array>, from: number, to: number, status: string) {
      const next = new Map(files);
      for (let n = from; n < to; n += 1) {
        const path = `projects/p${n}/project.yaml`;
        next.set(path, encode(decode(next.get(path)).replace('status: active', `status: ${status}`)));
      }
      return next;
    }
  });
});

describe('expelling a policy maintainer', () => {
  const without = { [root]: members('demo-maintainer', 'demo-reviewer') };

  test('takes the two who remain, and counts nobody who goes', () => {
    const required = requiredSignatures(base, changed(without));
    expect(required).toMatchObject({ needed: 2, effect: 'loosens', leaving: ['demo-steward'] });
    expect(required.guards.map((guard) => guard.rule)).toEqual(['guard.authority']);
  });

  const unanimous = changed({ [root]: [['looseningThreshold: 2', 'looseningThreshold: 3']] });
  const two: Edits = { [root]: [...members('demo-maintainer', 'demo-reviewer')] };

  test('takes all who remain where the policy asks for everybody’s', () => {
    expect(requiredSignatures(unanimous, changed(two))).toMatchObject({
      needed: 2,
      leaving: ['demo-steward'],
    });
    const keys: Edits = {
      ...two,
      'people/demo-steward.yaml': [[keysOf('demo-steward'), 'approvalKeys: []\n']],
    };
    expect(requiredSignatures(unanimous, changed(keys)).needed).toBe(2);
  });

  test.each<[string, Edits]>([
    ['loosens a policy', { ...two, [releasePolicy]: [["tags: ['v*']", "tags: ['v*', 'x']"]] }],
    [
      'lowers the number further than it must',
      {
        [root]: [
          ...members('demo-maintainer', 'demo-reviewer'),
          ['looseningThreshold: 2', 'looseningThreshold: 1'],
        ],
      },
    ],
    ['brings another key', { ...two, ...withKeys('demo-reviewer', newSshKey()) }],
    ['brings somebody else', { [root]: members('demo-maintainer', 'demo-reviewer', 'demo-approver') }],
  ])('takes as many as ever where the change also %s', (_, edits) => {
    expect(requiredSignatures(unanimous, changed(edits)).needed).toBe(3);
  });

  test('can’t be done by one of two: nobody can tell whose key was stolen', () => {
    const pair = changed(without);
    const alone = changed({
      [root]: [...members('demo-maintainer'), ['looseningThreshold: 2', 'looseningThreshold: 1']],
    });
    expect(requiredSignatures(pair, alone)).toMatchObject({ needed: 2, leaving: ['demo-reviewer'] });
  });
});

/** The seed with this many projects, made from one of its own. */
function projects(count: number): Map<string, Uint8Array> {
  const files = new Map([...seed].filter(([path]) => !path.startsWith('projects/')));
  for (let n = 0; n < count; n += 1) {
    for (const [path, bytes] of seed) {
      if (path.startsWith('projects/esbuild-demo/')) files.set(path.replace('esbuild-demo', `p${n}`), bytes);
    }
  }
  return files;
}
