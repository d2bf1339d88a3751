/** What GitLab itself is asked about a build that was verified, and what its answers mean. */
import { hostUnknownRule } from '../../../wire/finding/index.ts';
import { judgeWith } from '../../host-judge.ts';
import type { CodeHostQuestions } from '../../host.ts';
import type { GitLabPolicy } from '../policy.ts';
import { commitOnBranch, tagUnmoved } from './commit.ts';
import { includes } from './contents.ts';
import { lookAt } from './context.ts';
import { jobsOf, retries, runners, starting, success } from './jobs.ts';
import { nextQuestions } from './next.ts';
import { configuration, pipelineOfBuild, project, variables } from './pipeline.ts';
import { branchProtection, tagProtection } from './protected.ts';
import { projectPath } from './questions.ts';

export { hostLinesIn, hostLinesOf, type HostLines } from './lines.ts';

export const host: CodeHostQuestions<GitLabPolicy> = {
  wire: { headers: {}, unchangedIsFree: false },
  asks: (policy) => policy.host !== null,
  unknownDenies: (policy) => policy.host?.unknown !== 'allow',
  repositoryPath: ({ repository: { id } }) => projectPath(id),
  next: (build, answers) => nextQuestions(lookAt(build, answers)),
  judge(build, answers, locate) {
    const look = lookAt(build, answers);
    const judge = judgeWith({ unknown: look.lines.unknown, answers }, locate);
    const { pipeline, finding: ofPipeline } = pipelineOfBuild(look, judge);
    const jobs = jobsOf(look, judge);
    const { finding: ofSuccess, later } = success(look, judge, pipeline, jobs);
    return {
      findings: [
        project(look, judge),
        configuration(look, judge),
        ofPipeline,
        ...variables(look, judge),
        ...includes(look, judge),
        runners(look, judge, jobs),
        ...retries(look, judge, jobs),
        ...(ofSuccess === null ? [] : [ofSuccess]),
        commitOnBranch(look, judge),
        ...tagUnmoved(look, judge),
        ...branchProtection(look, judge),
        ...tagProtection(look, judge),
      ],
      later: later ?? starting(jobs),
    };
  },
  rules: [
    'origin.host-repository',
    'origin.host-configuration',
    'origin.host-run',
    'origin.pipeline-variables',
    'origin.pipeline-includes',
    'origin.host-runners',
    'origin.host-retries',
    'origin.run-success',
    'origin.host-commit',
    'origin.host-tag',
    'origin.branch-rules',
    'origin.tag-rules',
    hostUnknownRule,
  ],
};
