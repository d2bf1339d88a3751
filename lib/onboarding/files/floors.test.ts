/** Whatever a foundation asks of policies: what an accepted application brings validates under it, or its applicant is told what is missing. */
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { loadSnapshot, policyFields } from '#core/policy/index.ts';
import { decode, encode, newSshKey, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { firstPolicies, policyFilesFor } from './index.ts';
import type { AcceptedApplication } from './index.ts';

const application: AcceptedApplication = {
  slug: 'parcel-shelf',
  applicant: onGitHub('900010'),
  applicantName: 'Nora Newcomer',
  program: 'executables',
  repository: { uri: 'https://github.com/nora-newcomer/parcel-shelf', id: '910000001', ownerId: '900010' },
  answers: {
    name: { name: 'Parcel Shelf', tagline: 'Keeps parcels in order.' },
    description: { description: 'It keeps parcels in order.' },
    pages: { homepage: 'https://parcel-shelf.example', download: '' },
    licence: { licence: 'MIT' },
    privacy: { sends: 'no', policy: '' },
    'system-changes': { changes: 'no', page: '' },
    build: { workflow: '', artifacts: '' },
    approver: { handle: 'nora', keys: newSshKey() },
    contact: { name: 'Nora Newcomer', email: 'nora@example.org' },
  },
};

/** The foundation with these floors alone; its own projects aren't asked. */
function underFloors(floors: object) {
  const files = new Map([...seedWithKeys()].filter(([path]) => !path.startsWith('projects/')));
  const foundation = parse(decode(files.get('foundation.yaml'))) as Record<string, unknown>;
  files.set('foundation.yaml', encode(stringify({ ...foundation, floors })));
  const loaded = loadSnapshot(files, seedCommit);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
  const made = policyFilesFor(application, loaded.snapshot);
  for (const { path, content } of made.files) files.set(path, encode(content));
  return { ...made, snapshot: loaded.snapshot, after: loadSnapshot(files, seedCommit), all: files };
}

const values: Readonly<Record<string, unknown>> = {
  origin: 'required',
  runner: 'github-hosted',
  reruns: 'refused',
  builder: 'required',
  attestations: 'provenance',
  environment: 'required',
  visibility: 'public',
  maximumAgeHours: 1,
  scan: 'required',
  opaque: 'refused',
  timestamp: 'required',
  quorumMin: 1,
  submitterMayApprove: false,
  productNameAndVersion: 'required',
  refs: 'tags',
};
/** What nobody was asked when they applied. */
const cannotBeKnown: Readonly<Record<string, RegExp>> = {
  builder: /pinned reusable builder/,
  environment: /deployment environment/,
  productNameAndVersion: /product name and version/,
};
const purposes = ['test', 'release'] as const;
const names = policyFields.SigningPolicy.flatMap(({ floors = [] }) => floors.map(({ name }) => name));

it('every floor is tested', () => {
  expect([...new Set(names)].toSorted()).toEqual(Object.keys(values).toSorted());
});

describe.each(purposes)('a floor under policies for a %s', (purpose) => {
  it.each(names)('is met, or the applicant is notified: %s', (name) => {
    const { after, files, missing } = underFloors({ [purpose]: { [name]: values[name] } });
    expect(after).toMatchObject({ ok: true });
    const path = `projects/parcel-shelf/policies/${purpose}-signing.yaml`;
    const message = cannotBeKnown[name];
    expect(files.some((file) => file.path === path)).toBe(message === undefined);
    expect(missing.map((gap) => [gap.purpose, gap.needs])).toEqual(
      message === undefined ? [] : [[purpose, 'lines']],
    );
    if (message !== undefined) expect(missing[0]?.message).toMatch(message);
  });
});

describe.each([
  ['release.quorumMin', { release: { quorumMin: 2 } }],
  ['releaseQuorum, its older name', { releaseQuorum: 2 }],
])('a floor of two approvals (%s)', (_name, floors) => {
  it('yields no release policy while only one person could approve, and says so', () => {
    const { after, files, missing } = underFloors(floors);
    expect(after).toMatchObject({ ok: true });
    expect(files.map(({ path }) => path)).not.toContain(
      'projects/parcel-shelf/policies/release-signing.yaml',
    );
    expect(missing).toMatchObject([{ purpose: 'release', needs: 'approver' }]);
    expect(missing[0]?.message).toBe(
      'Every release needs 2 approvals, and only nora on the project’s team can approve with a key.',
    );
  });

  it('yields one with two approvals once two people can approve', () => {
    const { all } = underFloors(floors);
    const path = 'projects/parcel-shelf/project.yaml';
    const project = parse(decode(all.get(path))) as { team: object };
    const team = { ...project.team, approvers: ['nora', 'demo-approver'] };
    all.set(path, encode(stringify({ ...project, team })));
    const loaded = loadSnapshot(all, seedCommit);
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.diagnostics));
    const { policies, missing } = firstPolicies(application, loaded.snapshot);
    expect(missing).toEqual([]);
    for (const file of policies) all.set(file.path, encode(file.content));
    expect(loadSnapshot(all, seedCommit)).toMatchObject({ ok: true });
    const release = policies.find((file) => file.path.endsWith('release-signing.yaml'))?.content ?? '';
    expect(parse(release)).toMatchObject({ approval: { quorum: 2, approvers: ['nora', 'demo-approver'] } });
  });
});

it('a floor of approvals for tests that one person can’t meet omits the test policy', () => {
  const { after, missing } = underFloors({ test: { quorumMin: 2 } });
  expect(after).toMatchObject({ ok: true });
  expect(missing).toMatchObject([{ purpose: 'test', needs: 'approver' }]);
});
