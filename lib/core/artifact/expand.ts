import type { ArtifactConfiguration, Parameter } from '../generated/index.ts';
import type { ConfigurationProblem } from './problem.ts';

export interface Expansion {
  /** The configuration with every `${name}` replaced; what couldn't be replaced is unchanged. */
  readonly configuration: ArtifactConfiguration;
  readonly problems: readonly ConfigurationProblem[];
}

type Steps = readonly (string | number)[];

/**
 * Replaces `${name}` in every text below `root` by the parameter's default, and `$${` by `${`. A value is put
 * in as it is: `${` in it means nothing, so there is nothing to recurse into. `${file.name}` stays, it has its
 * meaning in `outputFile` only.
 *
 * Problems (`rule.parameter`): a name twice, a required parameter without a default (requests carry no values
 * in this version), an unknown name, `${` without a name, and texts that aren't valid any more once expanded.
 */
export function expandConfiguration(configuration: ArtifactConfiguration): Expansion {
  const parameters = configuration.parameters ?? [];
  const problems = parameterProblems(parameters);
  const values = new Map(parameters.map((parameter) => [parameter.name, parameter.default ?? '']));
  const root = expandValue(configuration.root, ['root'], values, problems) as ArtifactConfiguration['root'];
  return { configuration: { ...configuration, root }, problems };
}

function parameterProblems(parameters: readonly Parameter[]): ConfigurationProblem[] {
  const names = new Set<string>();
  const problems: ConfigurationProblem[] = [];
  parameters.forEach(({ name, required, default: value }, at) => {
    if (names.has(name)) {
      const message = `There are two parameters \`${name}\`.`;
      problems.push(problem(['parameters', at, 'name'], message, 'Remove one of the two.'));
    }
    names.add(name);
    if (required === true && value === undefined) {
      problems.push(
        problem(
          ['parameters', at, 'required'],
          `Parameter \`${name}\` must be given by the request, but this version’s requests can’t carry parameters yet.`,
          'Give it a `default`, or write the value where it is used.',
        ),
      );
    }
  });
  return problems;
}

function expandValue(
  value: unknown,
  path: Steps,
  values: ReadonlyMap<string, string>,
  problems: ConfigurationProblem[],
): unknown {
  if (typeof value === 'string') return expandText(value, path, values, problems);
  if (Array.isArray(value)) {
    return value.map((one: unknown, at) => expandValue(one, [...path, at], values, problems));
  }
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).map(([key, one]: [string, unknown]) => [
    key,
    expandValue(one, [...path, key], values, problems),
  ]);
  return Object.fromEntries(entries) as unknown;
}

/** Group 1: a literal `${`; group 2: a name, undefined where what follows `${` is none. */
const reference = /(\$\$\{)|\$\{(?:([A-Za-z][A-Za-z0-9._-]*)\})?/g;

function expandText(
  text: string,
  path: Steps,
  values: ReadonlyMap<string, string>,
  problems: ConfigurationProblem[],
): string {
  if (!text.includes('${')) return text;
  const before = problems.length;
  const refuse = (message: string, fix: string): void => {
    problems.push(problem(path, message, fix));
  };
  const expanded = text.replace(reference, (whole, literal: string | undefined, name: string | undefined) => {
    if (literal !== undefined) return '${';
    if (name === undefined) {
      refuse(
        '`${` must be followed by the name of a parameter and `}`.',
        'Write ${name}, or $${ where the two characters are meant literally.',
      );
      return whole;
    }
    if (name === 'file.name' && path.at(-1) === 'outputFile') return whole;
    const value = values.get(name);
    if (value !== undefined) return value;
    refuse(
      `There is no parameter \`${name}\`.`,
      `Add it to \`parameters\`, correct the name${known(values)}, or write $\${${name}} where the text is meant literally.`,
    );
    return whole;
  });
  if (problems.length > before) return text;
  const wrong = wrongWith(String(path.at(-1)), expanded);
  if (wrong !== null) {
    const shown = JSON.stringify(expanded.slice(0, 120));
    refuse(
      `With its parameters filled in, the text is ${shown}: ${wrong}.`,
      'Correct the text or a default.',
    );
  }
  return expanded;
}

const textLengthMax = 256;
const urlLengthMax = 300;

/** The schema was applied before expansion; this applies the same rules to the result. */
function wrongWith(key: string, text: string): string | null {
  if (key === 'path') {
    if (text.includes('\\')) return 'a path has / between its parts';
    const parts = text.split('/');
    if (parts.includes('')) return 'a path has no empty parts';
    return parts.includes('.') || parts.includes('..') ? 'a path has no parts . and ..' : null;
  }
  if (key === 'descriptionUrl') {
    const valid = text.length <= urlLengthMax && /^https:\/\/[^\s/?#@]+(?:[/?#][^\s]*)?$/.test(text);
    return valid ? null : `an https:// address of at most ${urlLengthMax} characters is asked for`;
  }
  if (key === 'outputFile' && /[/\\]/.test(text)) return 'the name of a file has no slashes';
  if (key === 'reason') {
    const valid = text.length >= 10 && text.length <= 300;
    return valid ? null : 'a reason has 10 to 300 characters';
  }
  if (text === '') return 'it must not be empty';
  return text.length > textLengthMax ? `at most ${textLengthMax} characters are allowed` : null;
}

const known = (values: ReadonlyMap<string, string>): string =>
  values.size === 0
    ? ''
    : ` (there ${values.size === 1 ? 'is' : 'are'} ${[...values.keys()].slice(0, 5).join(', ')})`;

const problem = (path: Steps, message: string, fix: string): ConfigurationProblem => ({
  rule: 'rule.parameter',
  path,
  message,
  fix,
});
