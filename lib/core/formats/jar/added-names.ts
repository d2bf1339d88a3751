/**
 * Names of the files that signing adds: no file system may take one for a name that the archive has. `readJar` sees equal names of
 * files alone; here folders count too, and names that differ only in case.
 */
import { foldName, showName } from '../archive/index.ts';
import type { ZipEntry } from '../zip/index.ts';
import { JarError } from './errors.ts';

/** `kept`: what stays. `added`: paths in META-INF. Throws JarError. */
export function requireFree(kept: readonly ZipEntry[], added: readonly string[]): void {
  const places = new Map(added.map((path) => [foldName(path), path]));
  places.set(foldName(folder), folder);
  const hasFolder = kept.some(({ path, type }) => path.startsWith(`${folder}/`) || isFolder(path, type));
  for (const { path, type } of kept) {
    const steps = path.split('/');
    // What is added lies two steps deep.
    for (const depth of [1, 2]) {
      if (steps.length < depth) break;
      const own = steps.slice(0, depth).join('/');
      const other = places.get(foldName(own));
      if (other === undefined) continue;
      const ownType = steps.length > depth ? 'directory' : type;
      if (isFolder(own, ownType)) continue;
      // Who has both spellings already can unpack them, or not: nothing is added to that.
      if (other === folder && ownType === 'directory' && hasFolder) continue;
      throw new JarError(
        'NAME',
        `Signing adds ${showName(other)}, and the archive has ${showName(path)}: not both can be unpacked`,
        `Rename ${showName(own)}.`,
      );
    }
  }
}

const folder = 'META-INF';
const isFolder = (path: string, type: ZipEntry['type']): boolean => path === folder && type === 'directory';
