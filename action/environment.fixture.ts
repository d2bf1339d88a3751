/** A runner's environment of a step: inputs as it passes them, with the defaults of action.yml. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';

const action = parse(readFileSync(path.join(import.meta.dirname, 'action.yml'), 'utf8')) as {
  readonly inputs: Readonly<Record<string, { readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly runs: { readonly using: string; readonly main: string };
};
export const declared = action;

export function inputs(given: Readonly<Record<string, string>>): Record<string, string> {
  const unknown = Object.keys(given).filter((name) => !Object.hasOwn(action.inputs, name));
  if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);
  return Object.fromEntries(
    Object.entries(action.inputs).map(([name, { default: usual = '' }]) => [
      `INPUT_${name.toUpperCase()}`,
      given[name] ?? usual,
    ]),
  );
}
