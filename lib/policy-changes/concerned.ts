/** Which projects a proposed change affects, so that it can be found later. */
import { parsePolicyFile, parseRepositoryPath } from '#core/policy/index.ts';
import type { FileChange } from '../platform/git-host/index.ts';

const projectsMax = 100;

/** Slugs, sorted: those whose folder it changes, and those whose certificates it revokes. */
export function projectsConcerned(changes: readonly FileChange[]): readonly string[] {
  const slugs = new Set<string>();
  for (const { path, content } of changes) {
    const place = parseRepositoryPath(path);
    if (place.ok && place.path !== null && 'project' in place.path) slugs.add(place.path.project);
    else if (content !== null && path.startsWith('revocations/')) {
      const parsed = parsePolicyFile({ path, bytes: new TextEncoder().encode(content) });
      if (parsed.ok && parsed.document.value.kind === 'Revocation') slugs.add(parsed.document.value.project);
    }
  }
  return [...slugs].sort().slice(0, projectsMax);
}
