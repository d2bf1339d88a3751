import { guards, type Area } from '../mutant.ts';

const attacks = 'signer/daemon/code-host/on-gitlab.test.ts';
const protection = 'signer/daemon/code-host/on-gitlab-protection.test.ts';
const host = 'lib/core/origin/gitlab/host';

/** What GitLab is asked, and that nothing but its answer is a yes. */
export const codeHostGitLab: Area = {
  name: 'code-host-gitlab',
  mutants: [
    ...guards(`${host}/index.ts`, attacks, [
      ['        project(look, judge),\n', '', 'a project that '],
      ['        configuration(look, judge),\n', '', 'a CI configuration that lies elsewhere'],
      ['        ofPipeline,\n', '', 'a merge request from a fork'],
      ['        runners(look, judge, jobs),\n', '', 'a runner of the project’s own in another job'],
      ['        ...retries(look, judge, jobs),\n', '', 'a retried job'],
      ['        ...(ofSuccess === null ? [] : [ofSuccess]),\n', '', 'is refused where it failed'],
      ['        commitOnBranch(look, judge),\n', '', 'an imposter commit'],
      ['        ...tagUnmoved(look, judge),\n', '', 'a tag that moved'],
      ['unchangedIsFree: false', 'unchangedIsFree: true', 'an answer that is as it was costs'],
    ]),
    ...guards(`${host}/index.ts`, protection, [
      ['        ...branchProtection(look, judge),\n', '', 'that no rule is about'],
      ['        ...tagProtection(look, judge),\n', '', 'is protected by a rule that is about it'],
    ]),
    ...guards(`${host}/pipeline.ts`, attacks, [
      ['String(said.id) !== wanted.id ||', '', 'a path that was registered again'],
      ['String(said.namespace.id) !== wanted.ownerId ||', '', 'a project that '],
      ['said.web_url !== wanted.uri', 'false', 'a project that '],
      ["    ['source', pipeline.said.source, claims.trigger],\n", '', 'a merge request from a fork'],
    ]),
    ...guards(`${host}/jobs.ts`, attacks, [
      ['pipeline.sha !== claims.commit', 'false', 'a runner of one’s own in a pipeline'],
      [
        'if (!jobs.some(({ id }) => String(id) === look.job)) {',
        'if (false) {',
        'a job that its pipeline doesn’t list',
      ],
      [
        'if (runner === null || runner === undefined) return false;',
        'if (runner === null || runner === undefined) return true;',
        'a job whose runner was removed',
      ],
      ["status === 'canceled' || (status === 'failed' && !mayFail)", 'false', 'is refused where it failed'],
      ['const isOne = going.length === 1 &&', 'const isOne = true &&', 'is waited for while others run'],
    ]),
    ...guards(`${host}/context.ts`, attacks, [
      ['base.said.id === claims.commit', 'true', 'an imposter commit'],
      ['before.id < job.id', 'true', 'counts the last of a job’s attempts'],
      ['if (!found.includes(started.id)) found.push(started.id);', '', 'a runner of one’s own in a pipeline'],
    ]),
    ...guards(`${host}/protected.ts`, protection, [
      ['if (byName || !aboveDevelopers', 'if (!aboveDevelopers', 'that %s may push to'],
      [
        "    { line: 'protected', open: rules.length > 0 ? null : 'no rule is about it' },\n    ...needOf('push'",
        "    ...needOf('push'",
        'that no rule is about',
      ],
      [
        "    { line: 'protected', open: rules.length > 0 ? null : 'no rule is about it' },\n    ...needOf('create'",
        "    ...needOf('create'",
        'is protected by a rule that is about it',
      ],
      ['return { line, open: open ?? around };', 'return { line, open };', 'is approved by as many'],
      ['if (said.merge_requests_author_approval) return', 'if (false) return', 'is approved by as many'],
      ["['regular', 'any_approver'].includes(type) &&", '', 'is approved by as many'],
    ]),
    ...guards('lib/core/origin/gitlab/identity-token.ts', 'lib/core/origin/gitlab/identity-token.test.ts', [
      ['if (job_project_id !== project_id) {', 'if (false) {', 'of a fork’s merge request'],
      ["said('ci_config_sha')", "said('sha')", '%s is refused, in words about a pipeline'],
      [
        "claims['ref_type'] === 'tag' ? 'refs/tags/' : 'refs/heads/'",
        "'refs/heads/'",
        '%s is refused, in words about a pipeline',
      ],
      ["typeof value !== 'string' || ", '', 'has %s %j, and is read by nobody'],
    ]),
    ...guards('lib/platform/auth/bearer.ts', 'gitlab-component/submit.db.test.ts', [
      ['accounts.server === serverOfAccounts(snapshot, accounts.host)', 'true', 'are those of nobody'],
    ]),
    ...guards('signer/daemon/code-host/ask.ts', protection, [
      ['headers.get(`ratelimit-${name}`)', 'null', 'because its limit is reached'],
    ]),
    ...guards('lib/core/origin/gitlab/floors.ts', 'lib/core/policy/gitlab-origin.test.ts', [
      ["holds: ({ retries }) => retries === 'refused'", 'holds: () => true', 'are not kept by less'],
      ["runners.kinds?.every((kind) => kind === 'instance') === true", 'true', 'are not kept by less'],
    ]),
  ],
};
