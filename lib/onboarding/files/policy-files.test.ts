import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { onGitHub } from '#core/identity/on-github.fixture.ts';
import { seedOnGitLab } from '#core/policy/gitlab-origin.fixture.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import { newSshKey, seedCommit, seedWithKeys } from '#core/policy/seed.fixture.ts';
import { policyFilesFor } from './index.ts';
import type { AcceptedApplication } from './index.ts';

const files = seedWithKeys();
const loaded = loadSnapshot(files, seedCommit);
if (!loaded.ok) throw new Error('the seed is no snapshot');
const { snapshot } = loaded;

const application = (answers: AcceptedApplication['answers'] = {}): AcceptedApplication => ({
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
    build: { workflow: '.github/workflows/release.yml', artifacts: 'One installer' },
    approver: { handle: 'nora', keys: newSshKey() },
    contact: { name: 'Nora Newcomer', email: 'nora@example.org' },
    ...answers,
  },
});

/** The repository with the project's files in it. */
function withProject(of: AcceptedApplication) {
  const made = policyFilesFor(of, snapshot);
  const all = new Map(files);
  for (const { path, content } of made.files) all.set(path, new TextEncoder().encode(content));
  return { ...made, loaded: loadSnapshot(all, seedCommit, snapshot) };
}

describe('an accepted application', () => {
  it('becomes a valid policy with a person, a test policy and a release policy', () => {
    const made = withProject(application());
    expect(made.loaded).toMatchObject({ ok: true });
    expect(made.files.map((file) => file.path)).toEqual([
      'people/nora.yaml',
      'projects/parcel-shelf/project.yaml',
      'projects/parcel-shelf/artifacts/package.yaml',
      'projects/parcel-shelf/policies/test-signing.yaml',
      'projects/parcel-shelf/policies/release-signing.yaml',
    ]);
    expect(made.handle).toBe('nora');
  });

  it('on GitLab gets no policy about builds of GitHub: what is missing is said, and who adds it', () => {
    const uri = 'https://gitlab.com/nora/parcel-shelf';
    const of = {
      ...application({ build: { workflow: '.gitlab-ci.yml' } }),
      repository: { uri, id: '1', ownerId: '2' },
    };
    const made = withProject(of);
    expect(made.loaded).toMatchObject({ ok: true });
    expect(made.files.map(({ path }) => path)).not.toContain(
      'projects/parcel-shelf/policies/release-signing.yaml',
    );
    expect(made.missing).toMatchObject([{ purpose: 'release', needs: 'build-system' }]);
    expect(made.missing[0]?.fix).toContain('provider: gitlab, issuer: https://gitlab.com');
  });

  it.each([
    [
      'asks who may set variables, where the signer may ask GitLab',
      '    hostApi: https://gitlab.com/api/v4\n',
      'maintainers',
    ],
    ['asks nothing of a GitLab that the signer may not ask', '', undefined],
  ])('on GitLab %s', (_, hostApi, expected) => {
    const onGitLab = seedOnGitLab();
    const root = new TextDecoder().decode(onGitLab.get('trust/root.yaml'));
    const issuer = '    issuer: https://gitlab.com\n';
    onGitLab.set('trust/root.yaml', new TextEncoder().encode(root.replace(issuer, `${issuer}${hostApi}`)));
    const before = loadSnapshot(onGitLab, seedCommit);
    if (!before.ok) throw new Error('the seed is no snapshot');
    const of = {
      ...application({ build: { workflow: '.gitlab-ci.yml' } }),
      repository: { uri: 'https://gitlab.com/nora/parcel-shelf', id: '1', ownerId: '2' },
    };
    const made = policyFilesFor(of, before.snapshot);
    const release = made.files.find(({ path }) => path.endsWith('/release-signing.yaml'));
    expect((parse(release?.content ?? '') as { origin?: unknown }).origin).toMatchObject({
      provider: 'gitlab',
      ...(expected === undefined ? {} : { pipelineVariables: expected }),
    });
    expect(release?.content.includes('pipelineVariables')).toBe(expected !== undefined);
    const all = new Map(onGitLab);
    for (const { path, content } of made.files) all.set(path, new TextEncoder().encode(content));
    expect(loadSnapshot(all, seedCommit, before.snapshot)).toMatchObject({ ok: true });
  });

  it('gets no release policy while nobody has a key to approve with', () => {
    const made = withProject(application({ approver: { handle: 'nora', keys: '' } }));
    expect(made.loaded).toMatchObject({ ok: true });
    expect(made.files.map((file) => file.path)).not.toContain(
      'projects/parcel-shelf/policies/release-signing.yaml',
    );
  });

  it.each(['zip', 'tar.gz', 'msi', 'cab', 'nuget', 'jar'])(
    'contains what was answered about tags and a %s',
    (kind) => {
      const made = withProject(
        application({
          build: { workflow: '.github/workflows/ship.yml', artifacts: '', tags: 'release-*, v*', kind },
        }),
      );
      const own = made.loaded.ok
        ? [...made.loaded.snapshot.projects.values()].find((project) => project.slug === 'parcel-shelf')
        : undefined;
      const release = [...(own?.policies.values() ?? [])].find(
        (policy) => policy.value.purpose === 'release',
      );
      expect(release?.value.origin).toMatchObject({
        workflow: '.github/workflows/ship.yml',
        refs: { tags: ['release-*', 'v*'] },
      });
      expect([...(own?.artifacts.values() ?? [])][0]?.value.root).toMatchObject({ type: kind });
    },
  );

  it.each([
    ['development', 'development'],
    ['', 'github-actions'],
    ['no-such-system', 'github-actions'],
  ])('is built with the chosen tool (%j: %s)', (system, expected) => {
    const made = withProject(application({ build: { system, workflow: '' } }));
    const file = made.files.find((policyFile) => policyFile.path.endsWith('release-signing.yaml'))?.content;
    expect(file).toContain(`buildSystem: ${expected}\n`);
    expect(made.loaded).toMatchObject({ ok: true });
  });

  it('never takes another person’s handle, and keeps that of a person the policy knows', () => {
    const taken = withProject(application({ approver: { handle: 'demo-approver', keys: '' } }));
    expect(taken.loaded).toMatchObject({ ok: true });
    expect(taken.handle).toBe('demo-approver-900010');
    const known = withProject({ ...application(), applicant: onGitHub('900002') });
    expect(known.loaded).toMatchObject({ ok: true });
    expect(known.handle).toBe('demo-approver');
    expect(known.files.map((file) => file.path)).not.toContain('people/demo-approver.yaml');
  });

  it.each([
    ['a colon and quotes', `It's: "a" {map} [list] # no comment`],
    ['a tag and an anchor', '!!js/function &a *a'],
    ['a line that would be a key', 'first\nstatus: retired\nteam: {}'],
    ['document marks', '---\n...\n'],
  ])('keeps %s as text, whatever an applicant wrote', (_what, text) => {
    const made = withProject(
      application({ description: { description: text }, build: { workflow: '', artifacts: text } }),
    );
    expect(made.loaded).toMatchObject({ ok: true });
    const projects = made.loaded.ok ? [...made.loaded.snapshot.projects.values()] : [];
    const own = projects.find((project) => project.slug === 'parcel-shelf');
    expect(own?.project.value).toMatchObject({ description: text, status: 'active' });
  });
});
