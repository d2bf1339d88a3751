/** The demo's requests, and the file that says who runs in a state's folder. */
export { askingTheHost } from './asking-the-host.ts';
export { seedWithGitLab, withGitLab } from './on-gitlab.ts';
export { playDemo } from './play.ts';
export { claimRun, noteRun, releaseRun } from './run-file.ts';
