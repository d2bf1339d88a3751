/** Held against the comparison of whole snapshots, which the signer's own plan uses. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testFolder } from '../../dev/test/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { decode, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { changedSentences, planChange } from '#core/policy/plan/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { openPolicyRepository } from '../platform/policy-repository/index.ts';
import { compareVersions } from './compare-versions.ts';
import type { ProjectDetails } from './compare-versions.ts';
import { changesKeptMax, sentencesMax } from './summary.ts';

type Files = Map<string, string>;

const esbuild = 'projects/esbuild-demo';
const replaced = (files: Files, path: string, from: string | RegExp, to: string): Files => {
  const text = files.get(path) ?? '';
  expect(text.replace(from, to)).not.toBe(text);
  return new Map(files).set(path, text.replace(from, to));
};
/** The seed with many projects, so that what is left out is something. */
function seed(): Files {
  const files = new Map(Array.from(seedWithKeys(), ([path, bytes]) => [path, decode(bytes)]));
  for (const name of ['aaa', 'esbuild', 'esbuild-demo-2', 'zzz']) {
    for (const [path, text] of [...files].filter(([one]) => one.startsWith(`${esbuild}/`))) {
      files.set(path.replace('esbuild-demo', name), text);
    }
  }
  return files;
}
const revocation = (serial: string): string =>
  `apiVersion: countersign/v1\nkind: Revocation\nserial: '${serial}'\nproject: zzz\ncertificate: release\ntrigger: malware\nreason: privilegeWithdrawn\neffectiveAt: '2026-10-01T00:00:00Z'\nstatement: What was built on that day held what nobody wrote.\n`;

const cases: readonly (readonly [name: string, change: (files: Files) => Files])[] = [
  [
    'one policy',
    (files) => replaced(files, `${esbuild}/policies/release-signing.yaml`, '[main]', '[main, next]'),
  ],
  ['a remark', (files) => replaced(files, `${esbuild}/project.yaml`, /$/, '# a remark\n')],
  [
    'an artifact configuration',
    (files) =>
      replaced(files, `${esbuild}/artifacts/windows-package.yaml`, 'package/README.md', 'package/READ.md'),
  ],
  ['the foundation’s name', (files) => replaced(files, 'foundation.yaml', /^name: .*$/m, 'name: Another')],
  ['a remark in the foundation’s file', (files) => replaced(files, 'foundation.yaml', /$/, '# a remark\n')],
  [
    'the publisher',
    (files) => replaced(files, 'foundation.yaml', /organization: .*/, 'organization: Others'),
  ],
  [
    'a build system',
    (files) => replaced(files, 'trust/root.yaml', /displayName: .*/, 'displayName: Another'),
  ],
  [
    'an approver’s name',
    (files) => replaced(files, 'people/demo-approver.yaml', /^name: .*$/m, 'name: Somebody Else'),
  ],
  [
    'a person who approves nothing',
    (files) => replaced(files, 'people/demo-reviewer.yaml', /^name: .*$/m, 'name: Somebody Else'),
  ],
  [
    'an approver whose handle is written with an escape',
    (files) => replaced(files, 'people/demo-approver.yaml', /^name: .*$/m, 'name: Somebody Else'),
  ],
  [
    'a project that is paused',
    (files) => replaced(files, `${esbuild}/project.yaml`, 'status: active', 'status: paused'),
  ],
  [
    'projects that come and go',
    (files) => {
      const next = new Map([...files].filter(([path]) => !path.startsWith('projects/esbuild/')));
      for (const [path, text] of files) {
        if (path.startsWith(`${esbuild}/`)) next.set(path.replace('esbuild-demo', 'bbb'), text);
      }
      return next;
    },
  ],
  ['a revocation', (files) => new Map(files).set('revocations/0a0b.yaml', revocation('0a0b'))],
  [
    'all of that at once',
    (files) => {
      let next = replaced(files, 'foundation.yaml', /organization: .*/, 'organization: Others');
      next = replaced(next, 'people/demo-approver.yaml', /^name: .*$/m, 'name: Somebody Else');
      next = replaced(next, 'projects/zzz/policies/release-signing.yaml', '[main]', '[next]');
      return next.set('revocations/0a0b.yaml', revocation('0a0b'));
    },
  ],
];

describe('what changed between two versions', () => {
  let work: Awaited<ReturnType<typeof testFolder>>;
  let repository: string;
  beforeAll(async () => {
    work = await testFolder('compare-versions');
    repository = join(work.folder, 'policies.git');
    execFileSync('git', ['init', '--quiet', '--bare', '-b', 'main', repository]);
  });
  afterAll(() => work.release());

  function commit(files: Files): CommitSha {
    const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
    const stream = [
      'commit refs/heads/main\ncommitter Test <test@countersign.example> 1790000000 +0000\n',
      ...[data('A version'), 'deleteall\n'],
      ...Array.from(files, ([path, text]) => `M 100644 inline ${path}\n${data(text)}`),
    ].join('');
    execFileSync('git', ['-C', repository, 'fast-import', '--quiet', '--force'], { input: stream });
    const head = execFileSync('git', ['-C', repository, 'rev-parse', 'refs/heads/main'], {
      encoding: 'utf8',
    });
    return parseCommitSha(head.trim());
  }
  function snapshot(files: Files) {
    const encoded = new Map(Array.from(files, ([path, text]) => [path, new TextEncoder().encode(text)]));
    const loaded = loadSnapshot(encoded, seedCommit);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    return loaded.snapshot;
  }

  it.each(cases)('equals the comparison of whole snapshots: %s', async (name, change) => {
    const base = name.includes('an escape')
      ? replaced(
          seed(),
          'projects/zzz/policies/release-signing.yaml',
          '[demo-approver]',
          '["demo-\\x61pprover"]',
        )
      : seed();
    const head = change(base);
    const policies = openPolicyRepository({ url: repository, cloneDir: join(work.folder, 'portal.git') });
    const told: ProjectDetails[] = [];
    const between = { before: commit(base), after: commit(head) };
    const found = await compareVersions(policies, between, {
      pause: async () => undefined,
      tell: async (details) => void told.push(details),
    });
    const plan = planChange(snapshot(base), snapshot(head), null);
    const expected = (project: string | null) => {
      const mine = <T extends { readonly project: string | null }>(all: readonly T[]) =>
        all.filter((change) => project === null || change.project === project);
      const sentences = mine(plan.affected.policies).map((policy) => ({
        name: policy.policy,
        ...changedSentences(policy),
      }));
      const named = (side: 'gone' | 'come') =>
        sentences
          .flatMap((sentence) => sentence[side].map((text) => `${sentence.name}: ${text}`))
          .slice(0, sentencesMax);
      const changes = mine(plan.changes);
      return {
        changeCount: changes.length,
        gone: named('gone'),
        come: named('come'),
        changes: changes
          .slice(0, changesKeptMax)
          .map(({ effect, reason, project: of, file, line, field, after }) => ({
            effect,
            reason,
            project: of,
            file,
            line,
            field,
            removed: after === null,
          })),
      };
    };
    expect(found).toMatchObject({ ...expected(null), effect: plan.effect, state: 'complete' });
    const changed = [...new Set([...base.keys(), ...head.keys()])].filter(
      (path) => base.get(path) !== head.get(path),
    );
    expect(found?.fileCount).toBe(changed.length);
    const projects = new Set(changed.flatMap((path) => /^projects\/([^/]+)\//.exec(path)?.[1] ?? []));
    expect(new Set(told.map((details) => details.project))).toEqual(projects);
    for (const details of told) expect(details).toMatchObject(expected(details.project));
  });
});
