/** Project, its CI configuration, job and pipeline: what GitLab says of them now, against what the build's certificate says. */
import type { Finding } from '../../../wire/finding/index.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import { defaultConfiguration } from '../policy.ts';
import { atLeast, type Level } from './access.ts';
import type { Pipeline } from './answers.ts';
import type { Look } from './context.ts';

const asAttested = 'Submit a build of the project’s own pipeline; tell the foundation if this one is.';

export function project(look: Look, judge: Judge): Finding {
  const { repository: wanted, visibility } = look.policy;
  const asked: Asked = {
    rule: 'origin.host-repository',
    whether: 'the project is still the same',
    path: ['repository'],
  };
  const answer = judge.told(asked, look.questions.project);
  if (isFinding(answer)) return answer;
  const { said } = answer;
  const found = `project ${said.id} of namespace ${said.namespace.id} at ${said.web_url}, ${said.visibility}`;
  const expected = `project ${wanted.id} of namespace ${wanted.ownerId} at ${wanted.uri}${visibility === 'public' ? ', public' : ''}`;
  if (
    String(said.id) !== wanted.id ||
    String(said.namespace.id) !== wanted.ownerId ||
    said.web_url !== wanted.uri
  ) {
    const message = 'The project has another number, namespace or address by now than the policy says.';
    const fix =
      'Find out who has the name now. If the project was moved on purpose, change `repository` in the policy.';
    return judge.refused(asked, message, found, expected, fix);
  }
  if (visibility === 'public' && said.visibility !== 'public') {
    const fix = 'Make the project public, or set visibility to any in the policy.';
    return judge.refused(asked, 'The project isn’t public any more.', found, expected, fix);
  }
  return judge.held(asked, 'The project is the policy’s, by its numbers and its address.', found, expected);
}

/** The certificate says what the pipeline was made of; this, that it isn't something else for whoever looks at the project. */
export function configuration({ policy, questions }: Look, judge: Judge): Finding {
  const asked: Asked = {
    rule: 'origin.host-configuration',
    whether: 'the project builds by that CI configuration',
    path: ['configuration'],
  };
  const answer = judge.told(asked, questions.project);
  if (isFinding(answer)) return answer;
  const { ci_config_path: path } = answer.said;
  if (path === undefined) {
    const fix = 'Give the account of the signer the right to read the project’s code.';
    return judge.unknown(asked, 'GitLab doesn’t say which CI configuration the project has', fix);
  }
  const found = path === null || path === '' ? defaultConfiguration : path;
  const expected = policy.configuration;
  if (found === expected) {
    return judge.held(asked, 'The project builds by the policy’s CI configuration.', found, expected);
  }
  const message = 'The project has another CI configuration by now, perhaps one of another project.';
  const fix = `Set ${expected} as the CI/CD configuration file in the project’s settings, or change configuration in the policy.`;
  return judge.refused(asked, message, found, expected, fix);
}

const variableSetters: Readonly<Record<string, Level>> = {
  no_one_allowed: 'no-one',
  owner: 'maintainers',
  maintainer: 'maintainers',
};

/** Whoever sets variables has jobs run what they like. Which were set, GitLab tells nobody; who may, it tells maintainers. */
export function variables({ lines, questions }: Look, judge: Judge): readonly Finding[] {
  const wanted = lines.pipelineVariables;
  if (wanted === null) return [];
  const asked: Asked = {
    rule: 'origin.pipeline-variables',
    whether: 'variables of its pipelines are restricted',
    path: ['pipelineVariables'],
  };
  const answer = judge.told(asked, questions.project);
  if (isFinding(answer)) return [answer];
  const { restrict_user_defined_variables: isRestricted, ci_pipeline_variables_minimum_override_role: role } =
    answer.said;
  if (role === undefined || role === null) {
    const fix = 'Give the account of the signer the role Maintainer in the project.';
    return [judge.unknown(asked, 'GitLab doesn’t say who may set variables of its pipelines', fix)];
  }
  const named = Object.hasOwn(variableSetters, role) ? variableSetters[role] : undefined;
  const found = isRestricted === false ? 'developers' : (named ?? 'developers');
  if (atLeast(found, wanted)) {
    return [
      judge.held(asked, 'Variables of its pipelines are restricted as the policy wants it.', found, wanted),
    ];
  }
  const message =
    'More people may set variables of its pipelines than the policy wants, and have a job run what they like.';
  const fix =
    'Restrict who may use pipeline variables in the project’s settings (CI/CD, Variables); then build again.';
  return [judge.refused(asked, message, found, wanted, fix)];
}

/** pipeline null: nothing can be said of it. */
export function pipelineOfBuild(
  look: Look,
  judge: Judge,
): { readonly pipeline: Pipeline | null; readonly finding: Finding } {
  const { policy, claims, questions } = look;
  const asked: Asked = {
    rule: 'origin.host-run',
    whether: 'job and pipeline are those that attested',
    path: ['pipelineSources'],
  };
  const job = judge.told(asked, questions.job(look.job));
  if (isFinding(job)) return { pipeline: null, finding: job };
  const pipeline = judge.told(asked, questions.pipeline(job.said.pipeline.id));
  if (isFinding(pipeline)) return { pipeline: null, finding: pipeline };
  const ref = look.tag ?? look.branch ?? '';
  const isTag = look.tag !== null;
  const compared: readonly (readonly [what: string, found: unknown, expected: unknown])[] = [
    ['job', String(job.said.id), look.job],
    ['job at', job.said.web_url, claims.runUri],
    ['commit of the job', job.said.commit.id, claims.commit],
    ['ref of the job', job.said.ref, ref],
    ['tag of the job', job.said.tag, isTag],
    ['project of the job', String(job.said.pipeline.project_id), policy.repository.id],
    ['pipeline', pipeline.said.id, job.said.pipeline.id],
    ['pipeline at', pipeline.said.web_url, `${policy.repository.uri}/-/pipelines/${job.said.pipeline.id}`],
    ['commit', pipeline.said.sha, claims.commit],
    ['ref', pipeline.said.ref, ref],
    ['tag', pipeline.said.tag, isTag],
    ['source', pipeline.said.source, claims.trigger],
    ['project', String(pipeline.said.project_id), policy.repository.id],
  ];
  const wrong = compared
    .filter(([, found, expected]) => found !== expected)
    .map(([what, found]) => `${what} ${String(found)}`.slice(0, 200));
  const expected = `job ${look.job}, ${claims.trigger}, ${claims.ref}, ${claims.commit}`;
  if (wrong.length > 0) {
    const message = 'GitLab says something else of job and pipeline than the certificate.';
    return { pipeline: null, finding: judge.refused(asked, message, wrong.join(', '), expected, asAttested) };
  }
  const message = 'GitLab says the same of job and pipeline as the certificate.';
  return {
    pipeline: pipeline.said,
    finding: judge.held(asked, message, `pipeline ${pipeline.said.id}, ${expected}`, expected),
  };
}
