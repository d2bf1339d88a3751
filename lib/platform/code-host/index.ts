export type { BuildFile, BuildFiles, OpenedBuildFile } from './build-files.ts';
export type { CodeHost, HostedRepository, MaintainedRepository, SignedInAs, UserToken } from './code-host.ts';
export { CodeHostError } from './error.ts';
export type { CodeHostErrorCode } from './error.ts';
export { openCodeHosts } from './hosts.ts';
export type { CodeHosts } from './hosts.ts';
export type {
  AskedStarAccount,
  BranchRule,
  HostAnswers,
  HostQuestion,
  HostQuestionName,
  QuestionPlace,
  RepositoryPlace,
} from './questions.ts';
