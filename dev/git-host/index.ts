export { commitFolder, git, keepRepository, keepSshKey, type Committer, type SshKey } from './repository.ts';
export { createGitHost } from './server.ts';
