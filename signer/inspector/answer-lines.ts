/**
 * An answer as lines of JSON. Long lists come before the answer, in parts: `{"part":"leaves","items":[…]}`, and stand in it as `[]`. So neither
 * side ever has a line of more than one record, or some dozen KiB, and the daemon, which has leases to keep, reads the
 * answer to an artifact of tens of thousands of files in steps.
 */

/** Lists of no more records stay where they are. */
const recordsInPlaceMax = 50;
const lineCharactersMax = 64 * 1024;
const listName = /^[a-z][A-Za-z]{0,39}$/;

type Lists = ReadonlyMap<string, readonly unknown[]>;

/** Each with its end of line. */
export function* answerLines(answer: object): Generator<string> {
  const lists = longLists(answer);
  for (const [name, items] of lists) yield* partsOf(name, items);
  yield `${JSON.stringify(withLists(answer, new Map([...lists.keys()].map((name) => [name, []]))))}\n`;
}

function longLists(answer: object): Lists {
  const lists = new Map<string, readonly unknown[]>();
  for (const [name, value] of Object.entries(resultOf(answer) ?? {}))
    if (Array.isArray(value) && value.length > recordsInPlaceMax) lists.set(name, value);
  return lists;
}

function* partsOf(name: string, items: readonly unknown[]): Generator<string> {
  let held: string[] = [];
  let characters = 0;
  const part = (): string => `{"part":${JSON.stringify(name)},"items":[${held.join()}]}\n`;
  for (const item of items) {
    const text = JSON.stringify(item);
    if (held.length > 0 && characters + text.length > lineCharactersMax) {
      yield part();
      [held, characters] = [[], 0];
    }
    held.push(text);
    characters += text.length + 1;
  }
  yield part();
}

/** Puts together what a child says, of which every line may be anything. */
export class AnswerReader {
  #parts = new Map<string, unknown[]>();

  /** → the answer, once its own line has come; null: there is more to come. Throws for what is no answer. */
  read(line: string): { readonly answer: unknown } | null {
    const value: unknown = JSON.parse(line);
    if (typeof value === 'object' && value !== null && 'part' in value) {
      this.#take(value);
      return null;
    }
    const parts = this.#parts;
    this.#parts = new Map();
    return { answer: parts.size === 0 ? value : filled(value, parts) };
  }

  #take(value: object & { readonly part: unknown }): void {
    const { part: name, items, ...more } = value as { part: unknown; items?: unknown };
    if (
      typeof name !== 'string' ||
      !listName.test(name) ||
      !Array.isArray(items) ||
      Object.keys(more).length > 0
    )
      throw new TypeError('a part of a list that is none');
    const list = this.#parts.get(name) ?? [];
    for (const item of items as readonly unknown[]) list.push(item);
    this.#parts.set(name, list);
  }
}

function filled(value: unknown, parts: Lists): object {
  const result = typeof value === 'object' && value !== null ? resultOf(value) : null;
  for (const name of parts.keys()) {
    const list = result?.[name];
    if (!Array.isArray(list) || list.length > 0)
      throw new TypeError('parts of a list that the answer hasn’t');
  }
  return withLists(value as object, parts);
}

const withLists = (answer: object, lists: Lists): object =>
  lists.size === 0 ? answer : { ...answer, result: { ...resultOf(answer), ...Object.fromEntries(lists) } };

function resultOf(answer: object): Readonly<Record<string, unknown>> | null {
  const result = 'result' in answer ? answer.result : null;
  return typeof result === 'object' && result !== null ? (result as Readonly<Record<string, unknown>>) : null;
}
