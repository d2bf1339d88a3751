import type { PolicyField } from './field.ts';
import type { Difference } from '../../field-record/index.ts';

interface Compiled {
  readonly steps: readonly string[];
  readonly field: PolicyField;
}

const compiled = new WeakMap<readonly PolicyField[], readonly Compiled[]>();

/**
 * The first record that matches a path in a document; undefined: there is none. `provider`: the provider of the document's
 * origin; fields of other providers aren't found.
 */
export function findIn(
  fields: readonly PolicyField[],
  path: Difference['path'],
  provider: string | null,
): PolicyField | undefined {
  let patterns = compiled.get(fields);
  if (patterns === undefined) {
    patterns = fields.map((field) => ({ steps: field.path.split(' '), field }));
    compiled.set(fields, patterns);
  }
  return patterns.find(
    ({ steps, field }) => (field.provider === undefined || field.provider === provider) && fits(steps, path),
  )?.field;
}

function fits(pattern: readonly string[], path: Difference['path']): boolean {
  const open = pattern.at(-1) === '**';
  const fixed = open ? pattern.slice(0, -1) : pattern;
  if (open ? path.length < fixed.length : path.length !== fixed.length) return false;
  return fixed.every((step, index) => step === '*' || step === path[index]);
}
