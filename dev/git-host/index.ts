export { commitFolder, git, keepRepository, keepSshKey, type Committer, type SshKey } from './repository.ts';
export { openHostileHost, type HostileHost } from './hostile.ts';
export { createGitHost } from './server.ts';
