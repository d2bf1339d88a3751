import { guards, type Area } from '../mutant.ts';

const attacks = 'signer/daemon/code-host/on-gitlab.test.ts';
const protection = 'signer/daemon/code-host/on-gitlab-protection.test.ts';
const includes = 'signer/daemon/code-host/on-gitlab-includes.test.ts';
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
      ['        ...retries(look, judge, jobs),\n', '', 'a retried job, which a floor'],
      ['        ...(ofSuccess === null ? [] : [ofSuccess]),\n', '', 'is refused where it failed'],
      ['        commitOnBranch(look, judge),\n', '', 'an imposter commit'],
      ['        ...tagUnmoved(look, judge),\n', '', 'a tag that moved'],
      ['later: later ?? starting(jobs)', 'later', 'a job that is about to start a pipeline'],
      ['unchangedIsFree: false', 'unchangedIsFree: true', 'an answer that is as it was costs'],
    ]),
    ...guards(`${host}/index.ts`, protection, [
      ['        ...branchProtection(look, judge),\n', '', 'that no rule is about'],
      ['        ...variables(look, judge),\n', '', 'are set by whom the project lets'],
      ['        ...tagProtection(look, judge),\n', '', 'is protected by a rule that is about it'],
    ]),
    ...guards(`${host}/index.ts`, includes, [
      ['        ...includes(look, judge),\n', '', 'refuses a component by a branch'],
    ]),
    ...guards(`${host}/contents.ts`, includes, [
      ['for (const local of answer.said.local) paths.add(local);', '', 'looks into files of the project'],
      ['untold.push(answer);', '', 'doesn’t know what isn’t there'],
    ]),
    ...guards(`${host}/configuration-file.ts`, includes, [
      ['...(read.hasInputs ?', '...(false ?', 'refuses what an input says'],
      [
        'local.filter((path) => !plainPath.test(path)).map(',
        'local.filter(() => false).map(',
        'refuses a file by a variable',
      ],
    ]),
    ...guards(`${host}/questions.ts`, includes, [
      ['?ref=${commit}`', '?ref=main`', 'takes a component by a commit'],
    ]),
    ...guards(`${host}/pipeline.ts`, attacks, [
      ['String(said.id) !== wanted.id ||', '', 'another project’s answer'],
      ['String(said.namespace.id) !== wanted.ownerId ||', '', 'a project that '],
      ['said.web_url !== wanted.uri', 'false', 'a project that '],
      ["    ['source', pipeline.said.source, claims.trigger],\n", '', 'a merge request from a fork'],
    ]),
    ...guards(`${host}/pipeline.ts`, protection, [
      ["isRestricted === false ? 'developers' : ", '', 'are set by everybody who may start one'],
      ['if (role === undefined || role === null) {', 'if (role === null) {', 'are a maintainer’s to see'],
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
      ["!== 'downstream_pipeline_creation_failed'", "!== ''", 'no pipeline of a job that could start none'],
      [
        'known.bridges.filter(lostItsPipeline)',
        'known.bridges.filter(() => false)',
        'a pipeline that was deleted after it ran',
      ],
      [
        'namesNoPipeline(bridge) && !isAtIt(bridge)',
        'namesNoPipeline(bridge)',
        'a job that is about to start a pipeline',
      ],
      ["status === 'canceled' || (status === 'failed' && !mayFail)", 'false', 'is refused where it failed'],
      [
        'const isOne = !isOver && going.length === 1 &&',
        'const isOne = !isOver &&',
        'is waited for while others run',
      ],
      ['const isOne = !isOver && going', 'const isOne = going', 'is that of the pipelines that it started'],
      [
        '(job) => !isOver || job.pipeline.id !== pipeline.id,',
        '() => !isOver,',
        'is that of the pipelines that it started',
      ],
    ]),
    ...guards(`${host}/questions.ts`, attacks, [
      ['/bridges?include_retried=true&', '/bridges?', 'a pipeline that a retried job started'],
      ['/jobs?include_retried=true&', '/jobs?', 'a retried job, which a floor can ask for'],
    ]),
    ...guards(`${host}/context.ts`, attacks, [
      ['base.said.id === claims.commit', 'true', 'an imposter commit'],
      ['before.id < job.id', 'true', 'counts the last of a job’s attempts'],
      ['if (!found.includes(started.id)) found.push(started.id);', '', 'a runner of one’s own in a pipeline'],
    ]),
    ...guards(`${host}/access.ts`, protection, [
      ['if (byName || !aboveDevelopers', 'if (!aboveDevelopers', 'that a deploy key, which GitLab shows'],
    ]),
    ...guards(`${host}/protected.ts`, protection, [
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
      ['levelOf([...pushers, ...rules', 'levelOf([...rules', 'is merged into by all who may push to it'],
    ]),
    ...guards(`${host}/approvals.ts`, protection, [
      [
        '{ line, open: openToOwners(protection.rules, settings.said) ?? around }',
        '{ line, open: openToOwners(protection.rules, settings.said) }',
        'is owned by nobody',
      ],
      [
        'settings.selective_code_owner_removals === true ? null : kept',
        'true ? null : kept',
        'is owned by nobody',
      ],
      ['open: open ?? around }];', 'open }];', 'is approved by as many'],
      ['if (settings.merge_requests_author_approval) return', 'if (false) return', 'is approved by as many'],
      [
        'if (!settings.disable_overriding_approvers_per_merge_request) return',
        'if (false) return',
        'is approved by as many',
      ],
      ['return settings.reset_approvals_on_push ? null : kept;', 'return null;', 'is approved by as many'],
      ["['regular', 'any_approver'].includes(type) &&", '', 'is approved by as many'],
      ['!withoutCommitters && ', '', 'is approved by nobody for certain'],
      ['approvers > required', 'approvers >= required', 'is approved by nobody for certain'],
    ]),
    ...guards('lib/core/origin/gitlab/identity-token.ts', 'lib/core/origin/gitlab/identity-token.test.ts', [
      ['if (job_project_id !== project_id) {', 'if (false) {', 'of a fork’s merge request'],
      ["said('ci_config_sha')", "said('sha')", 'of a configuration at another commit is refused'],
      [
        "claims['ref_type'] === 'tag' ? 'refs/tags/' : 'refs/heads/'",
        "'refs/heads/'",
        'on a tag called like an allowed branch is refused',
      ],
      ["typeof value !== 'string' || ", '', 'has user_id 7, and is read by nobody'],
      [' : undefined) ?? undefined;', ' : undefined);', 'without the commit of its configuration is read'],
    ]),
    ...guards('gitlab-component/templates/submit.yml', 'gitlab-component/submit.db.test.ts', [
      [
        "portal='$[[ inputs.portal ]]'",
        'portal=${COUNTERSIGN_PORTAL:-$portal}; portal=${portal:-$[[ inputs.portal ]]}',
        'send the token to the portal alone',
      ],
      ['curl --disable --globoff', 'curl --globoff', 'send the token to the portal alone'],
      ['--disable --globoff', '--disable', 'send a file that is called a[1-3].exe as it is'],
      ['unset COUNTERSIGN_TOKEN COUNTERSIGN_ID_TOKEN CI_JOB_TOKEN', ':', 'publish no token of the job'],
      ['unset token', ':', 'publish no token of the job'],
      ["'' | *[!0-9]* | ??????*)", "'')", 'end where the time to wait is no number of minutes'],
      ['[A-Za-z0-9./:_~-]+$', '.+$', 'uses the inputs that it declares'],
    ]),
    ...guards('lib/platform/auth/bearer.ts', 'gitlab-component/submit.db.test.ts', [
      ['accounts.server === serverOfAccounts(snapshot, accounts.host)', 'true', 'are those of nobody'],
    ]),
    ...guards('signer/daemon/code-host/ask.ts', protection, [
      ['headers.get(`ratelimit-${name}`)', 'null', 'because its limit is reached'],
      ['rel="?(?:', 'rel="(?:', 'a whole list, where `link` is written without marks'],
      ["(headers.get('x-next-page') ?? '') !== ''", 'false', 'a whole list, where `link` was taken away'],
      ["Number(headers.get('x-total') ?? 0) > body.length", 'false', 'a whole list, where one of those'],
    ]),
    ...guards('lib/core/origin/gitlab/floors.ts', 'lib/core/policy/gitlab-origin.test.ts', [
      ["holds: ({ retries }) => retries === 'refused'", 'holds: () => true', 'are not kept by less'],
      ["runners.kinds?.every((kind) => kind === 'instance') === true", 'true', 'are not kept by less'],
    ]),
  ],
};
