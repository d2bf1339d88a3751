/** What a Windows program states about itself: the version resource (VERSIONINFO) in every language. */
export { PeVersionError, type PeVersionErrorCode } from './error.ts';
export { type FixedVersion, type StringTable, type VersionInfo } from './parse-version-info.ts';
export { readPeVersion, type PeVersion } from './read-version.ts';
