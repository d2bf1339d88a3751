/** What can be asked about a project, below /projects/:id, by whom. */
import type { Access, Job, Pipeline, Project } from './state.ts';
import {
  accessLevel,
  branchRuleResource,
  bridgeResource,
  commitResource,
  fileResource,
  jobResource,
  pipelineResource,
  projectResource,
  webUrl,
  type Json,
} from './wire.ts';

/** Of a token: a guest's, a reporter's, or a maintainer's. */
export type Role = 'guest' | 'reporter' | 'maintainer';

export interface Call {
  readonly project: Project;
  readonly projects: ReadonlyMap<number, Project>;
  readonly role: Role;
  readonly path: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export class Refused {
  readonly status: number;
  readonly message: string;
  constructor(status: number, message: string) {
    this.status = status;
    this.message = message;
  }
}

type Answer = Json | readonly Json[] | Refused;

const notFound = (what: string): Refused => new Refused(404, `404 ${what} Not Found`);
const forbidden = new Refused(403, '403 Forbidden');

const ofPipeline =
  (run: (call: Call, pipeline: Pipeline) => Answer) =>
  (call: Call): Answer => {
    const pipeline = call.project.pipelines.get(Number(call.path['pipeline_id']));
    return pipeline === undefined ? new Refused(404, '404 Not found') : run(call, pipeline);
  };

/** Settings are shown to those who may change them. */
const ofMaintainers =
  (run: (call: Call) => Answer) =>
  (call: Call): Answer =>
    call.role === 'maintainer' ? run(call) : forbidden;

/** As GitLab makes an expression of a name with stars; written anew, so that two make the same mistake less easily. */
function covers(name: string, ref: string): boolean {
  const escaped = name.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*?')}$`).test(ref);
}

/** The newest first; those that were retried only where they are asked for. */
const listed = (jobs: readonly Job[], query: URLSearchParams): readonly Job[] =>
  jobs
    .filter(
      (job) =>
        query.get('include_retried') === 'true' ||
        !jobs.some(({ name, id }) => name === job.name && id > job.id),
    )
    .toSorted((a, b) => b.id - a.id);
const developersCan = (levels: readonly Access[]): boolean =>
  levels.some((one) => 'level' in one && one.level === 30);

export const routes: Readonly<Record<string, (call: Call) => Answer>> = {
  '': ({ project, role }) =>
    projectResource(project, { code: role !== 'guest', settings: role === 'maintainer' }),
  '/pipelines/:pipeline_id': ofPipeline(({ project }, pipeline) => pipelineResource(project, pipeline)),
  '/pipelines/:pipeline_id/jobs': ofPipeline(({ project, query }, pipeline) =>
    listed(pipeline.jobs, query)
      .filter(({ downstream }) => downstream === undefined)
      .map((job) => jobResource(project, pipeline, job)),
  ),
  // Documented for jobs alone, GitLab takes include_retried here, too: one finder has both lists.
  '/pipelines/:pipeline_id/bridges': ofPipeline(({ project, projects, query }, pipeline) =>
    listed(pipeline.jobs, query)
      .filter(({ downstream }) => downstream !== undefined)
      .map((job) =>
        bridgeResource(project, pipeline, job, projects.get(job.downstream?.projectId ?? 0) ?? null),
      ),
  ),
  '/jobs/:job_id': ({ project, path }) => {
    const found = project.jobById(Number(path['job_id']));
    return found === null
      ? new Refused(404, '404 Not found')
      : jobResource(project, found.pipeline, found.job);
  },
  '/repository/branches/:branch': ({ project, path }) => {
    const name = path['branch'] ?? '';
    const head = project.objects.refs.get(`refs/heads/${name}`);
    if (head === undefined) return notFound('Branch');
    const rules = project.branchRules.filter((rule) => covers(rule.name, name));
    return {
      name,
      commit: commitResource(project, head),
      merged: false,
      protected: rules.length > 0,
      developers_can_push: developersCan(rules.flatMap(({ push }) => push)),
      developers_can_merge: developersCan(rules.flatMap(({ merge }) => merge)),
      can_push: false,
      default: name === project.defaultBranch,
      web_url: `${webUrl(project)}/-/tree/${name}`,
    };
  },
  '/repository/merge_base': ({ project, query }) => {
    const [one, other] = query.getAll('refs[]').map((name) => project.objects.resolve(name));
    if (one === undefined || other === undefined) return new Refused(400, 'Could not find ref');
    const base = project.objects.mergeBase(one, other);
    return base === undefined ? notFound('Merge Base') : commitResource(project, base);
  },
  '/repository/tags/:tag_name': ({ project, path }) => {
    const name = path['tag_name'] ?? '';
    const tag = project.tags.get(name);
    if (tag === undefined) return notFound('Tag');
    return {
      name,
      message: '',
      target: tag.target,
      commit: commitResource(project, tag.commit),
      release: null,
      protected: project.tagRules.some((rule) => covers(rule.name, name)),
      created_at: null,
    };
  },
  '/repository/files/:file_path': ({ project, path, query, role }) => {
    if (role === 'guest') return forbidden;
    const name = path['file_path'] ?? '';
    const commit = project.objects.resolve(query.get('ref') ?? '');
    if (commit === undefined) return notFound('Commit');
    const text = project.objects.treeOf(commit).get(name);
    return text === undefined ? notFound('File') : fileResource(name, text, commit);
  },
  '/protected_branches': ofMaintainers(({ project }) => project.branchRules.map(branchRuleResource)),
  '/protected_tags': ofMaintainers(({ project }) =>
    project.tagRules.map(({ name, create }) => ({ name, create_access_levels: create.map(accessLevel) })),
  ),
  '/approvals': ofMaintainers(({ project: { approvals } }) => ({
    approvers: [],
    approver_groups: [],
    reset_approvals_on_push: approvals.resetOnPush,
    selective_code_owner_removals: approvals.ownersResetOnChange,
    disable_overriding_approvers_per_merge_request: !approvals.overridable,
    merge_requests_author_approval: approvals.byAuthor,
    merge_requests_disable_committers_approval: !approvals.byCommitters,
    require_password_to_approve: false,
  })),
  '/approval_rules': ofMaintainers(({ project }) =>
    project.approvalRules.map(({ type, required, approvers, allProtected, branches }, index) => ({
      id: index + 1,
      name: `rule ${index + 1}`,
      rule_type: type,
      report_type: null,
      eligible_approvers: approvers.map((id) => ({ id, username: `approver-${id}`, state: 'active' })),
      approvals_required: required,
      users: [],
      groups: [],
      contains_hidden_groups: false,
      applies_to_all_protected_branches: allProtected,
      protected_branches: branches.map((name, at) => ({ id: at + 1, name })),
    })),
  ),
};
