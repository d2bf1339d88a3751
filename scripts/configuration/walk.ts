/** Every value of a parsed configuration with the record of its key. Pure. */
import type { Setting } from './settings.ts';

export interface Found {
  readonly path: readonly (string | number)[];
  readonly setting: Setting;
  /** As the parser gives it: with defaults, and absolute paths. */
  readonly value: unknown;
}

type Members = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As deep as the parser's keys go. */
export function* valuesIn(
  settings: readonly Setting[],
  value: unknown,
  path: Found['path'] = [],
): Generator<Found> {
  if (!isObject(value)) return;
  for (const setting of settings) {
    const member = value[setting.name];
    if (member === undefined || member === null) continue;
    const at = [...path, setting.name];
    yield { path: at, setting, value: member };
    const items = Array.isArray(member) ? member : [member];
    for (const [index, item] of items.entries()) {
      const inside = Array.isArray(member) ? [...at, index] : at;
      yield* valuesIn(alternativeOf(setting, item), item, inside);
    }
  }
}

/** Of several, the one whose keys are there. */
function alternativeOf({ below }: Setting, value: unknown): readonly Setting[] {
  if (!isObject(value)) return [];
  return (
    below.find((settings) => settings.some(({ name, isRequired }) => isRequired && name in value)) ??
    below[0] ??
    []
  );
}
