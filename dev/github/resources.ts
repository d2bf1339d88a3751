/** What GitHub shows alike wherever it stands: an account, and a repository in full. Every address leads back to `base`. */

export type Json = Readonly<Record<string, unknown>>;

const ofAccounts = [
  'followers',
  'following',
  'gists',
  'starred',
  'subscriptions',
  'organizations',
  'repos',
  'events',
];
const ofRepositories = (
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments ' +
  'downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages ' +
  'merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees git ' +
  'ssh clone svn'
).split(' ');

export function accountResource(
  base: string,
  account: { readonly id: number; readonly login: string; readonly type: string },
): Json {
  const { id, login, type } = account;
  const url = `${base}/users/${login}`;
  return {
    login,
    id,
    node_id: `U_${id}`,
    type,
    site_admin: false,
    avatar_url: `${url}/avatar`,
    gravatar_id: '',
    url,
    html_url: `${base}/${login}`,
    ...Object.fromEntries(ofAccounts.map((list) => [`${list}_url`, `${url}/${list}`])),
    received_events_url: `${url}/received_events`,
  };
}

/** `more`: what is known of this one. */
export function repositoryResource(
  base: string,
  {
    id,
    name,
    owner,
    ownerLogin,
  }: {
    readonly id: number;
    readonly name: string;
    readonly owner: Json;
    readonly ownerLogin: string;
  },
  more: Json = {},
): Json {
  const fullName = `${ownerLogin}/${name}`;
  const at = `${base}/repos/${fullName}`;
  return {
    ...Object.fromEntries(ofRepositories.map((list) => [`${list}_url`, `${at}/${list}`])),
    id,
    node_id: `R_${id}`,
    name,
    full_name: fullName,
    owner,
    url: at,
    html_url: `${base}/${fullName}`,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    private: false,
    fork: false,
    archived: false,
    disabled: false,
    description: null,
    default_branch: 'main',
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_discussions: false,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 1,
    open_issues: 0,
    open_issues_count: 0,
    network_count: 0,
    subscribers_count: 0,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    pushed_at: '2026-01-01T00:00:00Z',
    ...more,
  };
}
