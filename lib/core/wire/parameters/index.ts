/** Values that a request gives for parameters of its artifact configuration, as they stand in requests, statements and the journal. */

/** Name → value. Plain JSON. */
export type ParameterValues = Readonly<Record<string, string>>;

export const noParameters: ParameterValues = Object.freeze({});

export const parametersMax = 50;
const parameterLengthMax = 128;
/** Of all names and values together. */
export const parametersCharactersMax = 2048;

const namePattern = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;
/**
 * ASCII alone, so that people who approve a value see what it is. No wildcard, no slash, nothing that begins a parameter:
 * wherever a value is filled in, it is text that matches itself.
 */
const valuePattern = /^[A-Za-z0-9 ._+@~,()=#&:!-]{1,128}$/;

/** Why a text can't be the value of any parameter; null: it can. */
export function valueProblem(value: string): string | null {
  if (value === '') return 'it is empty';
  if (value.length > parameterLengthMax) return `it has more than ${parameterLengthMax} characters`;
  if (!valuePattern.test(value)) {
    const odd = Array.from(value).find((character) => !valuePattern.test(character)) ?? '';
    return `it contains ${JSON.stringify(odd)}: only letters, digits, spaces and . _ - + @ ~ , ( ) = # & : ! are accepted`;
  }
  if (value !== value.trim()) return 'it begins or ends with a space';
  return /^\.+$/.test(value) ? 'it consists of dots alone' : null;
}

type ReadParameters =
  | { readonly ok: true; readonly value: ParameterValues }
  | { readonly ok: false; readonly name: string | null; readonly message: string };

/** Anything → values that have the form of values; whether a configuration asks for them is checked there. */
export function readParameters(value: unknown): ReadParameters {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { ok: false, name: null, message: 'Parameters are an object of names and texts.' };
  }
  const entries = Object.entries(value as Readonly<Record<string, unknown>>);
  if (entries.length > parametersMax) {
    return { ok: false, name: null, message: `A request has at most ${parametersMax} parameters.` };
  }
  let characters = 0;
  const read: [string, string][] = [];
  for (const [name, text] of entries) {
    if (!namePattern.test(name)) {
      const shown = JSON.stringify(name.slice(0, 80));
      return { ok: false, name: null, message: `${shown} is no name of a parameter.` };
    }
    if (typeof text !== 'string') return { ok: false, name, message: `The value of \`${name}\` is no text.` };
    const problem = valueProblem(text);
    if (problem !== null)
      return { ok: false, name, message: `The value of \`${name}\` can’t be used: ${problem}.` };
    characters += name.length + text.length;
    read.push([name, text]);
  }
  if (characters > parametersCharactersMax) {
    const message = `The parameters have ${characters} characters together; at most ${parametersCharactersMax} are accepted.`;
    return { ok: false, name: null, message };
  }
  return { ok: true, value: Object.fromEntries(read.toSorted(([a], [b]) => (a < b ? -1 : 1))) };
}

/** `version=1.2.3, channel=beta`, by name; for people and for comparing. Values contain no line breaks. */
export function parametersText(values: ParameterValues): string {
  return Object.keys(values)
    .toSorted()
    .map((name) => `${name}=${values[name] ?? ''}`)
    .join(', ');
}

export const hasParameters = (values: ParameterValues): boolean => Object.keys(values).length > 0;

/** Not by `parametersText`: a value may contain its separators. */
export function sameParameters(a: ParameterValues, b: ParameterValues): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && a[name] === b[name])
  );
}
