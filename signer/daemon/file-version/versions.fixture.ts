import type { FileVersion } from './index.ts';

/** A version of which only these members matter. */
export const versionOf = (parts: Partial<FileVersion>): FileVersion => parts as unknown as FileVersion;

/** A version with claims that nothing backs. */
export const versionAs = (version: FileVersion, change: Partial<FileVersion>): FileVersion =>
  ({ ...version, ...change }) as unknown as FileVersion;
