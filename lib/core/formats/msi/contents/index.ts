/** Installers as containers: what they install, by its path, and the files among their streams. */
export { msiContainer, openContents, othersOf } from './container.ts';
export { gapsIn } from './gaps.ts';
export { readContents, type InstallerContents } from './read-contents.ts';
