import type { FileVersion } from './index.ts';

/** A version that says of itself what nobody made. */
export const versionAs = (version: FileVersion, change: Partial<FileVersion>): FileVersion =>
  ({ ...version, ...change }) as unknown as FileVersion;
