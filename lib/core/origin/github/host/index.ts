/** What GitHub itself is asked about a build that was verified, and what its answers mean. */
import type { CodeHostQuestions } from '../../host.ts';
import type { GitHubPolicy } from '../policy.ts';
import { runArtifact } from './artifact.ts';
import { jobsOf, repository, runOf, success } from './build.ts';
import { commitOnBranch, tagUnmoved } from './commit.ts';
import { hostUnknownRule } from '../../../wire/finding/index.ts';
import { judgeWith } from '../../host-judge.ts';
import { lookAt } from './context.ts';
import { release, workflowFile } from './contents.ts';
import { nextQuestions, peelsMax } from './next.ts';
import { branchProtection, tagProtection } from './protected.ts';
import { repositoryPath } from './questions.ts';

export { hostLinesIn, hostLinesOf, type HostLines } from './lines.ts';

export const host: CodeHostQuestions<GitHubPolicy> = {
  wire: {
    headers: { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28' },
    unchangedIsFree: true,
  },
  asks: (policy) => policy.host !== null,
  unknownDenies: (policy) => policy.host?.unknown !== 'allow',
  repositoryPath: ({ repository: { uri } }) => repositoryPath(uri),
  next: (build, answers) => nextQuestions(lookAt(build, answers)),
  judge(build, answers, locate) {
    const look = lookAt(build, answers);
    const judge = judgeWith({ unknown: look.lines.unknown, answers }, locate);
    const { run, finding: ofRun } = runOf(look, judge);
    const { jobs, finding: ofJobs } = jobsOf(look, judge);
    const { finding: ofSuccess, later } = success(look, judge, run, jobs);
    return {
      findings: [
        repository(look, judge),
        ofRun,
        ofJobs,
        ...(ofSuccess === null ? [] : [ofSuccess]),
        ...runArtifact(look, judge),
        commitOnBranch(look, judge),
        ...tagUnmoved(look, judge, peelsMax),
        ...branchProtection(look, judge),
        ...tagProtection(look, judge),
        ...release(look, judge),
        ...workflowFile(look, judge),
      ],
      later,
    };
  },
  rules: [
    'origin.host-repository',
    'origin.host-run',
    'origin.host-runners',
    'origin.run-success',
    'origin.run-artifact',
    'origin.host-commit',
    'origin.host-tag',
    'origin.branch-rules',
    'origin.tag-rules',
    'origin.host-release',
    'origin.workflow-triggers',
    'origin.workflow-caches',
    'origin.workflow-actions',
    hostUnknownRule,
  ],
};
