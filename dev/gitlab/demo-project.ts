/** The demo's project on GitLab, as both the signer and the portal find it. The same at every start. */
import type { Projects } from './projects/state.ts';
import { Project } from './api/state.ts';

export const demoGitLabProject = {
  id: 30_000_001,
  namespace: { id: 7_000_001, path: 'countersign-demo/tools' },
  path: 'esbuild-gitlab',
} as const;

const { id, namespace, path } = demoGitLabProject;
const tag = 'v0.28.2';
const configuration = `release:
  image: alpine:3.22
  script: [node scripts/pack.js]
`;
const files = { 'README.md': '# esbuild on GitLab\n', '.gitlab-ci.yml': configuration };

/** What the signer asks about: a tagged commit, and a pipeline of it that built and is submitting. */
function build() {
  const project = new Project(id, namespace, path);
  const commit = project.commit(files, 'main');
  project.tag(tag, commit, true);
  project.tagRules.push({ name: 'v*', create: [{ level: 40 }] });
  project.branchRules.push({
    name: 'main',
    push: [{ level: 0 }],
    merge: [{ level: 40 }],
    allowForcePush: false,
    codeOwners: false,
  });
  const pipeline = project.pipeline({ sha: commit, ref: tag, tag: true, source: 'push' });
  pipeline.status = 'running';
  const job = project.job(pipeline, 'release');
  project.job(pipeline, 'countersign', { stage: 'deploy', status: 'running' });
  return { project, commit, jobId: String(job.id) };
}

const { commit, jobId } = build();
/** As the build system certifies it. */
export const demoJob = {
  issuer: 'https://gitlab.com',
  projectPath: `${namespace.path}/${path}`,
  projectId: String(id),
  namespaceId: String(namespace.id),
  ref: tag,
  refType: 'tag',
  sha: commit,
  ciConfigSha: commit,
  jobId,
} as const;

export const demoProjectOfApi = (): Project => build().project;

/** What the portal asks about, beside the people and projects that are there. */
export function addDemoProject(state: Projects, now: Date): void {
  const before = (days: number): string => new Date(now.getTime() - days * 24 * 3_600_000).toISOString();
  const { id: groupId, path: fullPath } = namespace;
  const group = { id: groupId, fullPath, name: 'Tools', createdAt: before(900), userId: null };
  state.namespaces.set(groupId, { ...group, kind: 'group' });
  state.projects.set(id, {
    id,
    namespaceId: groupId,
    path,
    description: 'esbuild, built on GitLab',
    visibility: 'public',
    archived: false,
    forkedFrom: null,
    defaultBranch: 'main',
    licence: { key: 'mit', file: 'LICENSE' },
    configurationPath: '',
    createdAt: before(800),
    lastActivityAt: before(1),
    files: new Map(Object.entries({ ...files, LICENSE: 'MIT License\n' })),
    protectedBranches: new Set(['main']),
    releases: [{ tag, at: before(3), upcoming: false, links: ['esbuild.tgz'] }],
    contributors: [{ name: 'Mara Maintainer', email: 'mara@example.org', commits: 40 }],
    commits: [before(3)],
    issues: [],
    stars: [],
    members: new Map(),
  });
}
