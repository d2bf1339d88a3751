/** Builds in GitHub's words. */
import { Buffer } from 'node:buffer';
import { sha1, type Commit, type Objects } from '../objects.ts';
import { accountResource, repositoryResource, type Json } from '../resources.ts';
import type { Builds, HostJob, HostRuleset, HostRun, RulesetVersion } from './state.ts';

export interface Place {
  readonly base: string;
  readonly id: number;
  readonly owner: { readonly id: number; readonly login: string; readonly type: string };
  readonly name: string;
}

const api = ({ base, owner, name }: Place, path: string): string =>
  `${base}/repos/${owner.login}/${name}${path}`;

const minimal = (place: Place, id: number): Json =>
  repositoryResource(place.base, {
    id,
    name: place.name,
    owner: accountResource(place.base, place.owner),
    ownerLogin: place.owner.login,
  });

export function runResource(place: Place, run: HostRun, attempt: number): Json {
  const at = api(place, `/actions/runs/${run.id}`);
  const links = ['jobs', 'logs', 'check_suite', 'artifacts', 'cancel', 'rerun', 'workflow'];
  return {
    ...Object.fromEntries(links.map((link) => [`${link}_url`, `${at}/${link}`])),
    id: run.id,
    node_id: `WFR_${run.id}`,
    name: 'release',
    head_branch: run.headBranch,
    head_sha: run.headSha,
    path: run.path,
    run_number: 7,
    run_attempt: attempt,
    display_title: 'release',
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    workflow_id: 9,
    url: at,
    html_url: `${place.base}/${place.owner.login}/${place.name}/actions/runs/${run.id}`,
    pull_requests: [],
    created_at: run.startedAt,
    updated_at: run.startedAt,
    run_started_at: run.startedAt,
    head_commit: null,
    repository: minimal(place, place.id),
    head_repository: minimal(place, run.headRepositoryId),
    referenced_workflows: [],
  };
}

export function jobResource(place: Place, run: HostRun, job: HostJob): Json {
  const at = api(place, `/actions/jobs/${job.id}`);
  const onRunner = job.group !== null;
  return {
    id: job.id,
    node_id: `CR_${job.id}`,
    run_id: run.id,
    run_url: api(place, `/actions/runs/${run.id}`),
    run_attempt: run.attempt,
    head_sha: run.headSha,
    head_branch: run.headBranch,
    workflow_name: 'release',
    name: job.name,
    url: at,
    html_url: at,
    check_run_url: at,
    status: job.status,
    conclusion: job.conclusion,
    created_at: run.startedAt,
    started_at: run.startedAt,
    completed_at: job.status === 'completed' ? run.startedAt : null,
    labels: ['ubuntu-24.04'],
    runner_id: onRunner ? 1_000_000_000 + job.id : null,
    runner_name: onRunner ? `runner ${job.id}` : null,
    runner_group_id: onRunner ? 2 : null,
    runner_group_name: job.group,
    steps: [],
  };
}

function commitResource(place: Place, { sha, message, tree, parents, date }: Commit): Json {
  const person = { name: 'somebody', email: 'somebody@example.org', date };
  const url = api(place, `/commits/${sha}`);
  return {
    sha,
    node_id: `C_${sha}`,
    url,
    html_url: url,
    comments_url: `${url}/comments`,
    parents: parents.map((parent) => ({ sha: parent, url: api(place, `/commits/${parent}`) })),
    commit: {
      url,
      message,
      author: person,
      committer: person,
      tree: { sha: tree, url },
      comment_count: 0,
    },
    author: {},
    committer: {},
  };
}

/** Also of commits that no ref of the repository leads to: the host has all objects of a network of forks in one place. */
export function comparison(place: Place, objects: Objects, base: string, head: string): Json {
  const [ofBase, ofHead] = [objects.ancestors(base), objects.ancestors(head)];
  const ahead = [...ofHead].filter((sha) => !ofBase.has(sha));
  const behind = [...ofBase].filter((sha) => !ofHead.has(sha)).length;
  const mergeBase = objects.mergeBase(base, head) ?? base;
  const at = api(place, `/compare/${base}...${head}`);
  return {
    url: at,
    html_url: at,
    permalink_url: at,
    diff_url: at,
    patch_url: at,
    status: ahead.length > 0 ? (behind > 0 ? 'diverged' : 'ahead') : behind > 0 ? 'behind' : 'identical',
    ahead_by: ahead.length,
    behind_by: behind,
    total_commits: ahead.length,
    base_commit: commitResource(place, objects.commit(base)),
    merge_base_commit: commitResource(place, objects.commit(mergeBase)),
    commits: ahead.slice(0, 1).map((sha) => commitResource(place, objects.commit(sha))),
    files: [],
  };
}

export const gitReference = (
  place: Place,
  ref: string,
  object: { readonly type: string; readonly sha: string },
): Json => ({
  ref,
  node_id: `REF_${sha1(ref)}`,
  url: api(place, `/git/${ref}`),
  object: { ...object, url: api(place, `/git/${object.type}s/${object.sha}`) },
});

const paramsOf: Readonly<Record<string, Json>> = {
  pull_request: {
    dismiss_stale_reviews_on_push: false,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_approving_review_count: 0,
    required_review_thread_resolution: false,
  },
};

export const ruleResource = ({ type, parameters }: RulesetVersion['rules'][number]): Json => ({
  type,
  ...(paramsOf[type] === undefined && parameters === undefined
    ? {}
    : { parameters: { ...paramsOf[type], ...parameters } }),
});

/** `seesBypass`: only who may change the ruleset is told who can bypass it. */
export function rulesetResource(
  place: Place,
  ruleset: HostRuleset,
  seesBypass: boolean,
  version = ruleset.versions.at(-1),
): Json {
  const state = version?.state;
  return {
    id: ruleset.id,
    name: `ruleset ${ruleset.id}`,
    target: ruleset.target,
    source_type: ruleset.sourceType,
    source: `${place.owner.login}/${place.name}`,
    enforcement: state?.enforcement,
    node_id: `RRS_${ruleset.id}`,
    created_at: ruleset.createdAt,
    updated_at: version?.at,
    conditions: { ref_name: { include: state?.include, exclude: state?.exclude } },
    rules: state?.rules.map(ruleResource),
    ...(seesBypass
      ? {
          bypass_actors: state?.bypass.map((type) => ({
            actor_id: 5,
            actor_type: type,
            bypass_mode: 'always',
          })),
        }
      : {}),
  };
}

export function fileResource(place: Place, builds: Builds, path: string, commit: string): Json | null {
  const text = builds.objects.commits.has(commit) ? builds.objects.treeOf(commit).get(path) : undefined;
  if (text === undefined) return null;
  return {
    type: 'file',
    encoding: 'base64',
    size: text.length,
    name: path.split('/').at(-1),
    path,
    sha: sha1(text),
    url: api(place, `/contents/${path}?ref=${commit}`),
    content: Buffer.from(text).toString('base64').replace(/.{60}/g, '$&\n'),
  };
}
