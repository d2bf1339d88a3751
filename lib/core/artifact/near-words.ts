/** Near misses as refusals put them. */
import { files } from './describe-count.ts';
import { nearMisses, NearMissWork, type NearMiss } from './near-misses.ts';

/** `app/*.exe` would match 2 files, `lib/*.exe` would match 1 file; empty: nothing is near. */
export function wouldMatch(near: readonly NearMiss[]): string {
  return near.map(({ pattern, count }) => `\`${pattern}\` would match ${files(count)}`).join(', ');
}

/** A directory element that no folder matches → what it could say. */
export function nearDirectories(
  pattern: string,
  paths: readonly string[],
  work: NearMissWork = new NearMissWork(),
): readonly string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    let end = path.lastIndexOf('/');
    while (end > 0 && folders.size < foldersMax && !folders.has(path.slice(0, end))) {
      folders.add(path.slice(0, end));
      end = path.lastIndexOf('/', end - 1);
    }
  }
  // A pattern for several folders would be refused as well.
  return nearMisses(pattern, [...folders], work).flatMap((near) => (near.count === 1 ? near.pattern : []));
}

const foldersMax = 5000;
