/** The memory in the words of GitLab's API: https://docs.gitlab.com/api/api_resources */
import { sha1 } from '../../github/objects.ts';
import type { JobFiles, Namespace, Project, Projects, User } from './state.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Web address of the instance, which isn't where the fake listens. */
const web = 'https://gitlab.com';

export const userBasic = ({ id, username, name }: User): Json => ({
  id,
  username,
  public_email: null,
  name,
  state: 'active',
  locked: false,
  avatar_url: null,
  web_url: `${web}/${username}`,
});

export const userInFull = (user: User): Json => ({
  ...userBasic(user),
  created_at: user.createdAt,
  bio: user.bio,
  location: '',
  linkedin: '',
  twitter: '',
  website_url: '',
  organization: user.organization,
  job_title: '',
  pronouns: null,
  bot: user.bot,
  followers: user.followers,
  following: 1,
  local_time: null,
});

const namespaceBasic = ({ id, kind, fullPath, name }: Namespace): Json => ({
  id,
  name,
  path: fullPath.split('/').at(-1),
  kind,
  full_path: fullPath,
  parent_id: fullPath.includes('/') ? 1 : null,
  avatar_url: null,
  web_url: kind === 'group' ? `${web}/groups/${fullPath}` : `${web}/${fullPath}`,
});

export const groupResource = (group: Namespace): Json => ({
  id: group.id,
  web_url: `${web}/groups/${group.fullPath}`,
  name: group.name,
  path: group.fullPath.split('/').at(-1),
  description: '',
  visibility: 'public',
  share_with_group_lock: false,
  require_two_factor_authentication: false,
  project_creation_level: 'developer',
  avatar_url: null,
  full_name: group.name,
  full_path: group.fullPath,
  created_at: group.createdAt,
  parent_id: null,
});

const licenceUrls = (key: string): Json => ({
  key,
  name: key.toUpperCase(),
  nickname: null,
  html_url: `http://choosealicense.com/licenses/${key}/`,
  source_url: null,
});

/** `signedIn`: to nobody in particular, GitLab leaves out what it calls the project's details. */
export function projectResource(
  state: Projects,
  project: Project,
  asked: { readonly signedIn: boolean; readonly license: boolean },
): Json {
  const path = state.pathOf(project);
  const namespace = state.namespaces.get(project.namespaceId);
  const owner = namespace?.userId === null ? undefined : state.users.get(namespace?.userId ?? 0);
  const parent = project.forkedFrom === null ? undefined : state.projects.get(project.forkedFrom);
  const basic = {
    id: project.id,
    description: project.description,
    name: project.path,
    name_with_namespace: path.replaceAll('/', ' / '),
    path: project.path,
    path_with_namespace: path,
    created_at: project.createdAt,
    default_branch: project.defaultBranch,
    tag_list: [],
    topics: [],
    ssh_url_to_repo: `git@gitlab.com:${path}.git`,
    http_url_to_repo: `${web}/${path}.git`,
    web_url: `${web}/${path}`,
    readme_url: project.files.has('README.md') ? `${web}/${path}/-/blob/main/README.md` : null,
    forks_count: 0,
    ...(asked.license
      ? {
          license_url: project.licence === null ? null : `${web}/${path}/-/blob/main/${project.licence.file}`,
          license: project.licence === null ? null : licenceUrls(project.licence.key),
        }
      : {}),
    avatar_url: null,
    star_count: project.stars.length,
    last_activity_at: project.lastActivityAt,
    namespace: namespace === undefined ? null : namespaceBasic(namespace),
  };
  if (!asked.signedIn) return basic;
  return {
    ...basic,
    empty_repo: project.defaultBranch === null,
    archived: project.archived,
    visibility: project.visibility,
    ...(owner === undefined ? {} : { owner: userBasic(owner) }),
    creator_id: 1,
    ...(parent === undefined
      ? {}
      : { forked_from_project: projectResource(state, parent, { signedIn: false, license: false }) }),
    issues_enabled: true,
    jobs_enabled: true,
    ci_config_path: project.configurationPath,
    permissions: { project_access: null, group_access: null },
  };
}

export const memberResource = (user: User, { level, state }: { level: number; state: string }): Json => ({
  ...userBasic(user),
  state,
  access_level: level,
  created_at: user.createdAt,
  expires_at: null,
  membership_state: 'active',
});

export const releaseResource = (release: Project['releases'][number]): Json => ({
  name: release.tag,
  tag_name: release.tag,
  description: '',
  created_at: release.at,
  released_at: release.at,
  upcoming_release: release.upcoming,
  author: { id: 1, username: 'nora-newcomer' },
  commit: { id: sha1(release.tag) },
  assets: {
    count: release.links.length + 2,
    sources: ['zip', 'tar.gz'].map((format) => ({ format, url: `${web}/archive.${format}` })),
    links: release.links.map((name, at) => ({ id: at + 1, name, url: `${web}/${name}`, link_type: 'other' })),
  },
});

export const commitResource = (at: string): Json => {
  const id = sha1(at);
  const [name, email] = ['Nora Newcomer', 'nora@example.org'];
  return {
    id,
    short_id: id.slice(0, 8),
    created_at: at,
    parent_ids: [],
    title: 'Work',
    message: 'Work\n',
    author_name: name,
    author_email: email,
    authored_date: at,
    committer_name: name,
    committer_email: email,
    committed_date: at,
    web_url: `${web}/-/commit/${id}`,
  };
};

export const jobResource = (state: Projects, id: number, left: JobFiles): Json => {
  const project = state.need(left.projectId);
  const at = project.lastActivityAt;
  const where = `${web}/${state.pathOf(project)}/-`;
  const sha = sha1(`pipeline ${left.pipelineId}`);
  const size = [...left.files.values()].reduce((sum, { length }) => sum + length, 22);
  const archive = left.removed ? {} : { artifacts_file: { filename: 'artifacts.zip', size } };
  return {
    id,
    status: 'success',
    stage: 'build',
    name: 'release',
    ref: 'v1.0.0',
    tag: true,
    coverage: null,
    allow_failure: false,
    created_at: at,
    started_at: at,
    finished_at: at,
    erased_at: null,
    duration: 12.5,
    user: { id: 1, username: 'nora-newcomer' },
    commit: commitResource(at),
    pipeline: {
      id: left.pipelineId,
      iid: 1,
      project_id: project.id,
      sha,
      ref: 'v1.0.0',
      status: 'success',
      source: 'push',
      created_at: at,
      updated_at: at,
      web_url: `${where}/pipelines/${left.pipelineId}`,
    },
    web_url: `${where}/jobs/${id}`,
    ...archive,
    artifacts: left.removed
      ? []
      : [{ file_type: 'archive', size, filename: 'artifacts.zip', file_format: 'zip' }],
    artifacts_expire_at: left.expiresAt,
    runner: null,
    tag_list: [],
  };
};

export const issueResource = (issue: Project['issues'][number], at: number): Json => ({
  id: at + 1,
  iid: at + 1,
  title: 'Something broke',
  state: 'closed',
  created_at: issue.createdAt,
  updated_at: issue.closedAt,
  closed_at: issue.closedAt,
  author: { id: 1, username: 'reader-1', name: 'Reader 1' },
});

export const fileResource = (path: string, text: string): Json => {
  const bytes = Buffer.from(text);
  return {
    file_name: path.split('/').at(-1),
    file_path: path,
    size: bytes.byteLength,
    encoding: 'base64',
    content_sha256: 'a'.repeat(64),
    ref: 'HEAD',
    blob_id: sha1(text),
    commit_id: sha1('head'),
    last_commit_id: sha1('head'),
    execute_filemode: false,
    content: bytes.toString('base64'),
  };
};

/** As `git ls-tree`: what is directly there, or everything below. */
export function treeResource(files: ReadonlyMap<string, string>, recursive: boolean): readonly Json[] {
  const entries = new Map<string, 'tree' | 'blob'>();
  for (const path of files.keys()) {
    const steps = path.split('/');
    for (let depth = 1; depth < steps.length; depth += 1)
      entries.set(steps.slice(0, depth).join('/'), 'tree');
    entries.set(path, 'blob');
  }
  return [...entries]
    .filter(([path]) => recursive || !path.includes('/'))
    .map(([path, type]) => ({
      id: sha1(path),
      name: path.split('/').at(-1),
      type,
      path,
      mode: type === 'tree' ? '040000' : '100644',
    }));
}
