/** The formats of files that follow signatures: one for each that a configuration can name. */
import { checksums } from './checksums/index.ts';
import { cyclonedx } from './cyclonedx/index.ts';
import { electronBlockmap } from './electron-blockmap/index.ts';
import { electronUpdater } from './electron-updater/index.ts';
import type { FollowFormat, FollowFormatId } from './follow.ts';
import { scoop } from './scoop/index.ts';
import { spdx } from './spdx/index.ts';
import { tauri } from './tauri/index.ts';
import { winget } from './winget/index.ts';

/** A format without a record doesn’t compile. */
export const followFormats: Readonly<Record<FollowFormatId, FollowFormat>> = {
  checksums,
  'electron-updater': electronUpdater,
  'electron-blockmap': electronBlockmap,
  tauri,
  winget,
  scoop,
  spdx,
  cyclonedx,
};
