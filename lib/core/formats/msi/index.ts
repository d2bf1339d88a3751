/** Windows Installer: packages, merge modules and patches, which are compound files with a database in them. */
export { msiFormat } from './format.ts';
export { gapsIn, openContents, othersOf, readContents, type InstallerContents } from './contents/index.ts';
export { decodedStreamName } from './names.ts';
