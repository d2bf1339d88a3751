import type { ArtifactConfiguration } from '../generated/index.ts';
import { hasParameters, valueProblem } from '../wire/parameters/index.ts';
import type { ParameterValues } from '../wire/parameters/index.ts';
import { configurationProblems } from './find-problems.ts';
import { fitsPattern, openParameters } from './parameters.ts';
import type { OpenParameter } from './parameters.ts';

export interface ParameterProblem {
  readonly kind: 'unknown' | 'missing' | 'pattern' | 'unusable';
  /** null: it is about several. */
  readonly name: string | null;
  /** Steps to the line of the configuration. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly expected: string;
  readonly fix: string;
}

type FilledParameters =
  | {
      readonly ok: true;
      /** With every value as a constant: it compiles, and no request changes it any more. */
      readonly configuration: ArtifactConfiguration;
      /** What the configuration's parameters stand for, those of the request and defaults in place of one. */
      readonly filled: readonly { readonly name: string; readonly value: string; readonly given: boolean }[];
    }
  | { readonly ok: false; readonly problems: readonly ParameterProblem[] };

/**
 * A configuration that validates, and the values of a request → the configuration for this request. A value is text that
 * matches itself; the result is validated like a configuration that was written so.
 */
export function fillParameters(
  configuration: ArtifactConfiguration,
  values: ParameterValues,
): FilledParameters {
  const open = openParameters(configuration);
  if (open.length === 0 && !hasParameters(values)) return { ok: true, configuration, filled: [] };
  const place = (name: string) => placeOf(configuration, name);
  const problems = [
    ...unknownNames(open, values),
    ...open.flatMap((parameter) => valueProblems(parameter, values, place(parameter.name))),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const filled = open.map(({ name, default: otherwise }) => ({
    name,
    value: given(values, name) ?? otherwise ?? '',
    given: given(values, name) !== null,
  }));
  const constants = new Map(filled.map(({ name, value }) => [name, value]));
  const parameters = (configuration.parameters ?? []).map((parameter) => {
    const value = constants.get(parameter.name);
    return value === undefined ? parameter : { name: parameter.name, default: value };
  });
  const result = { ...configuration, parameters };
  const unusable = configurationProblems(result).map(({ path, message }): ParameterProblem => ({
    kind: 'unusable',
    name: null,
    path,
    message: `With the values of the request filled in, the configuration can’t be used: ${message}`,
    expected: 'values that leave the configuration valid',
    fix: 'Submit other values.',
  }));
  return unusable.length > 0
    ? { ok: false, problems: unusable }
    : { ok: true, configuration: result, filled };
}

const given = (values: ParameterValues, name: string): string | null =>
  Object.hasOwn(values, name) ? (values[name] ?? null) : null;

function placeOf({ parameters = [] }: ArtifactConfiguration, name: string): readonly (string | number)[] {
  return ['parameters', parameters.findIndex((parameter) => parameter.name === name)];
}

function unknownNames(open: readonly OpenParameter[], values: ParameterValues): readonly ParameterProblem[] {
  const names = open.map((parameter) => parameter.name);
  return Object.keys(values)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      kind: 'unknown',
      name,
      path: [],
      message: `The artifact configuration takes no value for \`${name}\` from requests.`,
      expected: names.length === 0 ? 'no parameters' : names.join(', '),
      fix:
        names.length === 0
          ? 'Submit without parameters.'
          : `Leave it out, or correct the name: ${names.join(', ')}.`,
    }));
}

function valueProblems(
  { name, pattern, required }: OpenParameter,
  values: ParameterValues,
  path: readonly (string | number)[],
): readonly ParameterProblem[] {
  const value = given(values, name);
  const expected = pattern === null ? 'a value' : `a value like \`${pattern}\``;
  if (value === null) {
    if (!required) return [];
    const message = `The request gives no value for \`${name}\`, which it must give.`;
    const fix = `Submit it with a value: --parameter ${name}=…, or the field of that name.`;
    return [{ kind: 'missing', name, path, message, expected, fix }];
  }
  // Requests are read by the same rule; this one doesn't depend on who calls.
  const wrong = valueProblem(value);
  if (wrong === null && fitsPattern(pattern, value)) return [];
  const message =
    wrong === null
      ? `The value of \`${name}\` doesn’t look as the artifact configuration says.`
      : `The value of \`${name}\` can’t be used: ${wrong}.`;
  const fix = 'Correct the value, or propose another `pattern`.';
  return [{ kind: 'pattern', name, path, message, expected, fix }];
}
