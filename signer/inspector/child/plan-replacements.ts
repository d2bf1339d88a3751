/** Replacements by full path → a tree that follows the nesting of containers. */
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Replacement } from '../messages.ts';
import { InputError } from './input-error.ts';

export interface PlannedFile {
  readonly kind: 'file';
  readonly file: string;
  readonly sha256: Sha256Hex;
}

export type Plan = PlannedFile | { readonly kind: 'container'; readonly contents: ReadonlyMap<string, Plan> };

/** Rejects two replacements for one file, and one inside another. */
export function planReplacements(replacements: readonly Replacement[], depth = 0): Plan {
  const whole = replacements.find(({ path }) => path.length === depth);
  if (whole !== undefined) {
    if (replacements.length > 1)
      throw new InputError('a file is replaced twice, or a container and a file in it');
    return { kind: 'file', file: whole.file, sha256: whole.sha256 };
  }
  const groups = Map.groupBy(replacements, ({ path }) => path[depth] ?? '');
  const contents = new Map([...groups].map(([name, group]) => [name, planReplacements(group, depth + 1)]));
  return { kind: 'container', contents };
}
