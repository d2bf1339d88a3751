/** The git program, for signer, portal and command line. */
export {
  git,
  GitError,
  gitArguments,
  gitEnvironment,
  runGit,
  withoutCredentials,
  type GitErrorCode,
  type GitOptions,
  type GitPlace,
  type GitProtocol,
  type GitResult,
} from './run-git.ts';
export { readFiles, type AskGit, type KnownFiles } from './read-files.ts';
