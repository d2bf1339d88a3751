/** What an edit means, by value alone: against it, the text that comes of it is held. Pure. */
import type { JsonValue } from '#core/json/index.ts';
import type { DocumentPath } from '#core/policy/index.ts';

type Members = Readonly<Record<string, JsonValue>>;

/** A value with another one at a path; what isn't there on the way to it becomes a mapping. `undefined`: without it, and without what becomes empty as a result. */
export function valueWith(
  value: JsonValue | undefined,
  path: DocumentPath,
  next: JsonValue | undefined,
): JsonValue | undefined {
  const [step, ...further] = path;
  if (step === undefined) return next;
  const inner = memberOf(value, step);
  if (next === undefined && inner === undefined) return value;
  const changed = valueWith(inner, further, next);
  if (Array.isArray(value) && typeof step === 'number') {
    const list = value as readonly JsonValue[];
    const items = changed === undefined ? list.toSpliced(step, 1) : withItem(list, step, changed);
    return items.length === 0 && next === undefined ? undefined : items;
  }
  const members: Members = isMembers(value) ? value : {};
  const { [step]: _, ...others } = members;
  const result: Members = changed === undefined ? others : { ...members, [step]: changed };
  return Object.keys(result).length === 0 && next === undefined ? undefined : result;
}

const isMembers = (value: JsonValue | undefined): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function memberOf(value: JsonValue | undefined, step: string | number): JsonValue | undefined {
  if (Array.isArray(value))
    return typeof step === 'number' ? (value as readonly JsonValue[])[step] : undefined;
  return isMembers(value) && Object.hasOwn(value, step) ? value[step] : undefined;
}

const withItem = (list: readonly JsonValue[], at: number, item: JsonValue): readonly JsonValue[] =>
  at < list.length ? list.with(at, item) : [...list, item];
