import type { FileVersion } from './index.ts';

/** A version of which only this much matters. */
export const versionOf = (parts: Partial<FileVersion>): FileVersion => parts as unknown as FileVersion;

/** A version that says of itself what nobody made. */
export const versionAs = (version: FileVersion, change: Partial<FileVersion>): FileVersion =>
  ({ ...version, ...change }) as unknown as FileVersion;
