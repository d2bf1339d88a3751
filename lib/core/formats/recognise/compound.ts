/** Which compound files ([MS-CFB]) are those of Windows Installer: by the class of the root, the directory's first entry. */
import type { RandomAccessSource } from '../random-access.ts';
import { asText } from './marks.ts';
import { littleEndian, readUpTo } from './bytes.ts';

/** 000C1084-… of databases and 000C1086-… of patches, of the objects that are stored with 0000-0000-C000-000000000046. */
const classes = /^[\x84\x86]\x10\x0c\0{5}\xc0\0{6}\x46$/;

export async function isOfWindowsInstaller(source: RandomAccessSource, head: Uint8Array): Promise<boolean> {
  const shift = littleEndian(head, 30, 2);
  if (shift !== 9 && shift !== 12) return false;
  const root = (littleEndian(head, 48, 4) + 1) * 2 ** shift;
  return classes.test(asText(await readUpTo(source, root + 80, 16), 0, 16));
}
