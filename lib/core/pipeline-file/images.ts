/** In whose images the jobs of a CI configuration of GitLab run. */
import { isMap, isSeq } from 'yaml';
import type { YAMLMap } from 'yaml';
import { isReference, nameOf, textOf } from './nodes.ts';
import type { PipelineReader } from './nodes.ts';

export interface Images {
  readonly digests: string[];
  readonly tags: string[];
}

const nameCharactersMax = 160;
/** Keys of the file whose values are no jobs. */
const noJobs: ReadonlySet<unknown> = new Set(['variables', 'include', 'stages', 'workflow']);

/** `image` and `services` of jobs, of `default` and of the file. → `triggers`: what its jobs start. */
export function imagesIn(
  root: YAMLMap,
  { at, seen }: PipelineReader,
  found: Images,
): { readonly triggers: readonly unknown[] } {
  const triggers: unknown[] = [];
  const name = (written: unknown): void => {
    const node = seen(written);
    const named = isMap(node) ? seen(node.get('name', true)) : node;
    const image = textOf(named);
    if (image === null) found.tags.push(`${at(written)}: an image that is named elsewhere`);
    else if (/@sha256:[0-9a-f]{64}$/.test(image)) found.digests.push(image.slice(0, nameCharactersMax));
    else found.tags.push(`${at(written)}: ${image.slice(0, nameCharactersMax)}`);
  };
  const services = (written: unknown): void => {
    const node = seen(written);
    if (isSeq(node) && !isReference(node)) for (const item of node.items) name(item);
    else name(written);
  };
  // Each map once, and one after another: others' merges may lead in circles, and far.
  const looked = new Set<YAMLMap>();
  const left: { readonly map: YAMLMap; readonly isFile: boolean }[] = [];
  const look = (written: unknown, isFile: boolean): void => {
    const map = seen(written);
    if (isReference(map)) found.tags.push(`${at(written)}: a job that is written elsewhere`);
    if (!isMap(map) || looked.has(map)) return;
    looked.add(map);
    left.push({ map, isFile });
  };
  look(root, true);
  for (const { map, isFile } of left) {
    for (const { key, value } of map.items) {
      const called = nameOf(seen(key));
      const merged = seen(value);
      if (called === '<<') for (const one of isSeq(merged) ? merged.items : [merged]) look(one, isFile);
      else if (called === 'image') name(value);
      else if (called === 'services') services(value);
      else if (called === 'trigger' && !isFile) triggers.push(seen(value));
      // Jobs are one level below the file: deeper, the word is a variable's or somebody else's.
      else if (isFile && !noJobs.has(called)) look(value, false);
    }
  }
  return { triggers };
}
