/** What is made of the changed files equals what all files give, in every part, order and reason. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as checks from './check-project.ts';
import { formatDiagnostic, loadAccepted, loadSnapshot, type PolicySnapshot } from './index.ts';
import { decode, encode, newSshKey, seedCommit, seedWithKeys } from './seed.fixture.ts';

vi.hoisted(() => vi.resetModules());
vi.mock('./check-project.ts', { spy: true });
afterAll(() => void vi.resetModules());

type Files = ReadonlyMap<string, Uint8Array>;
type Edit = (files: Map<string, Uint8Array>) => void;

const projects = ['esbuild-demo', 'zip-demo', 'zip', 'zip-a', 'a', 'b-1'] as const;
const handles = ['demo-approver', 'demo-steward', 'demo-reviewer', 'demo', 'new-one'] as const;
let start: Files;
beforeAll(() => {
  start = seedWithKeys();
});

/** Another project like the demo's, with a repository of its own. */
const copied =
  (to: string): Edit =>
  (files) => {
    for (const [path, bytes] of [...files]) {
      if (path.startsWith('projects/zip-demo/')) files.set(path.replace('zip-demo', to), bytes);
    }
  };
const removed =
  (folder: string): Edit =>
  (files) => {
    for (const path of [...files.keys()]) if (path.startsWith(folder)) files.delete(path);
  };
const replaced =
  (path: string, from: string | RegExp, to: string): Edit =>
  (files) => {
    const bytes = files.get(path);
    if (bytes !== undefined) files.set(path, encode(decode(bytes).replace(from, to)));
  };
const added =
  (path: string, text: string): Edit =>
  (files) =>
    void files.set(path, encode(text));
const withKey = (handle: string): Edit =>
  added(
    `people/${handle}.yaml`,
    `apiVersion: countersign/v1\nkind: Person\nname: ${handle}\nidentities:\n  github: '${handle.length}77'\napprovalKeys:\n  - type: ssh\n    publicKey: ${newSshKey()}\n`,
  );

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.constantFrom(...projects).map(copied),
  fc.constantFrom(...projects).map((slug) => removed(`projects/${slug}/`)),
  fc.constantFrom(...projects).map((slug) => removed(`projects/${slug}/project.yaml`)),
  fc.constantFrom(...projects).map((slug) => removed(`projects/${slug}/policies/test-signing.yaml`)),
  fc.constantFrom(...projects).map((slug) => removed(`projects/${slug}/artifacts/`)),
  fc
    .tuple(fc.constantFrom(...projects), fc.integer({ min: 1, max: 4 }))
    .map(([slug, quorum]) =>
      replaced(`projects/${slug}/policies/release-signing.yaml`, /quorum: \d/, `quorum: ${quorum}`),
    ),
  fc
    .constantFrom(...projects)
    .map((slug) => replaced(`projects/${slug}/project.yaml`, /^tagline: .*$/m, 'tagline: Another.')),
  fc.constantFrom(...handles).map((handle) => removed(`people/${handle}.yaml`)),
  fc
    .constantFrom(...handles)
    .map((handle) => replaced(`people/${handle}.yaml`, /approvalKeys:[^]*/, 'approvalKeys: []\n')),
  fc.constantFrom(...handles).map(withKey),
  fc.constantFrom('README.md', 'projects/zip-demo/README.md').map((path) => added(path, 'words\n')),
  fc.constant(added('projects/zip-demo/secrets.txt', 'words\n')),
  fc.constant(replaced('foundation.yaml', 'name: Countersign Demo Foundation', 'name: Another')),
  fc
    .constantFrom(1, 2)
    .map((threshold) => replaced('trust/root.yaml', /threshold: \d/, `threshold: ${threshold}`)),
);

/** Everything that can be seen of it, with its order. */
const seen = (snapshot: PolicySnapshot): unknown =>
  JSON.parse(
    JSON.stringify(snapshot, (_, value: unknown) =>
      value instanceof Map ? ['map', ...(value as Map<unknown, unknown>)] : value,
    ),
  );

describe('a snapshot out of the one before and the files that differ', () => {
  it.each([
    ['by the rules of today', loadSnapshot],
    ['as it was accepted', loadAccepted],
  ] as const)('is what all files give, %s', (_, load) => {
    fc.assert(
      fc.property(fc.array(fc.array(edits, { minLength: 1, maxLength: 3 }), { maxLength: 6 }), (steps) => {
        let files: Files = start;
        let previous = null as PolicySnapshot | null;
        for (const step of [[], ...steps]) {
          const next = new Map<string, Uint8Array>(files);
          for (const edit of step) edit(next);
          // Files come in any order: of what all give, the order is that of their paths.
          const alone = load(new Map([...next].reverse()), seedCommit);
          const after = load(next, seedCommit, previous);
          if (alone.ok && after.ok) expect(seen(after.snapshot)).toEqual(seen(alone.snapshot));
          else {
            expect(after.ok).toBe(alone.ok);
            if (!after.ok && !alone.ok)
              expect(after.diagnostics.map(formatDiagnostic)).toEqual(
                alone.diagnostics.map(formatDiagnostic),
              );
          }
          if (!after.ok) continue;
          [files, previous] = [next, after.snapshot];
        }
      }),
      { numRuns: 40 },
    );
  });

  it('checks the projects that changed, and those that asked for somebody who did', () => {
    const files = new Map(start);
    for (const slug of ['a', 'b-1', 'zip']) copied(slug)(files);
    const before = loadSnapshot(files, seedCommit);
    if (!before.ok) throw new Error(before.diagnostics.map(formatDiagnostic).join('\n'));
    const checked = (edit: Edit): readonly string[] => {
      const next = new Map(files);
      edit(next);
      vi.mocked(checks.checkProject).mockClear();
      expect(loadSnapshot(next, seedCommit, before.snapshot).ok).toBe(true);
      return vi.mocked(checks.checkProject).mock.calls.map(([, { slug }]) => slug);
    };
    expect(checked(replaced('projects/a/project.yaml', /^tagline: .*$/m, 'tagline: Another.'))).toEqual([
      'a',
    ]);
    expect(checked(withKey('new-one'))).toEqual([]);
    expect(checked(withKey('demo-approver'))).toEqual(['a', 'b-1', 'esbuild-demo', 'zip-demo', 'zip']);
    expect(checked(replaced('foundation.yaml', /^name: .*$/m, 'name: Another'))).toHaveLength(5);
  });
});
