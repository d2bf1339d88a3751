import type { ArtifactConfiguration, Parameter } from '../generated/index.ts';
import { isOpen, parameterProblems } from './parameters.ts';
import type { ConfigurationProblem } from './problem.ts';

export interface Expansion {
  /** The configuration with every `${name}` replaced; what couldn't be replaced is unchanged. */
  readonly configuration: ArtifactConfiguration;
  readonly problems: readonly ConfigurationProblem[];
}

type Steps = readonly (string | number)[];

/** What a parameter stands for, and whether a request says so. */
interface Value {
  readonly text: string;
  readonly open: boolean;
  /** The shortest text that it can stand for in a request. */
  readonly least: string;
}
type Values = ReadonlyMap<string, Value>;

/**
 * Replaces `${name}` in every text below `root` by the parameter's default, and `$${` by `${`. A value is put
 * in as it is: `${` in it means nothing, so there is nothing to recurse into. `${file.name}` stays, it has its
 * meaning in `outputFile` only, and so does a parameter that requests give.
 *
 * Problems (`rule.parameter`): what is wrong with the declarations, an unknown name, `${` without a name, a value of
 * the request where none may stand, and texts that aren't valid any more once expanded.
 */
export function expandConfiguration(configuration: ArtifactConfiguration): Expansion {
  const parameters = configuration.parameters ?? [];
  const problems = parameterProblems(parameters);
  const values = new Map(parameters.map((parameter) => [parameter.name, valueOf(parameter)]));
  const root = expandValue(configuration.root, ['root'], values, problems) as ArtifactConfiguration['root'];
  return { configuration: { ...configuration, root }, problems };
}

const valueOf = (parameter: Parameter): Value =>
  isOpen(parameter)
    ? { text: `\${${parameter.name}}`, open: true, least: parameter.default === '' ? '' : 'x' }
    : { text: parameter.default ?? '', open: false, least: parameter.default ?? '' };

function expandValue(value: unknown, path: Steps, values: Values, problems: ConfigurationProblem[]): unknown {
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

type Reference = readonly [whole: string, literal: string | undefined, name: string | undefined, at: number];

/** Group 1: a literal `${`; group 2: a name, undefined where what follows `${` is none. */
const reference = /(\$\$\{)|\$\{(?:([A-Za-z][A-Za-z0-9._-]*)\})?/g;

function expandText(text: string, path: Steps, values: Values, problems: ConfigurationProblem[]): string {
  if (!text.includes('${')) return text;
  const before = problems.length;
  const refuse = (message: string, fix: string): void => {
    problems.push(problem(path, message, fix));
  };
  let least = '';
  let end = 0;
  const expanded = text.replace(reference, (...found) => {
    const [whole, literal, name, at] = found as unknown as Reference;
    least += text.slice(end, at) + (literal === undefined ? (values.get(name ?? '')?.least ?? whole) : '${');
    end = at + whole.length;
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
    if (value !== undefined) {
      const misplaced = value.open ? misplacedValue(path, text.slice(0, at)) : null;
      if (misplaced !== null) refuse(`The request gives \`${name}\`, and ${misplaced}.`, misplacedFix);
      return value.text;
    }
    refuse(
      `There is no parameter \`${name}\`.`,
      `Add it to \`parameters\`, correct the name${known(values)}, or write $\${${name}} where the text is meant literally.`,
    );
    return whole;
  });
  if (problems.length > before) return text;
  const key = String(path.at(-1));
  const wrong = wrongWith(key, expanded) ?? widens(key, expanded, least + text.slice(end));
  if (wrong !== null) {
    const shown = JSON.stringify(expanded.slice(0, 120));
    refuse(
      `With its parameters filled in, the text is ${shown}: ${wrong}.`,
      'Correct the text or a default.',
    );
  }
  return expanded;
}

const misplacedFix =
  'Write the text itself, or remove `pattern` and give the parameter a default, which only a policy change can replace.';

/**
 * What a request says may stand where it is compared or shown as it is. Everything else says what is signed and who believes
 * it: the policy alone.
 */
function misplacedValue(path: Steps, before: string): string | null {
  const key = String(path.at(-1));
  if (path.at(-2) === 'metadata' || ['path', 'description', 'outputFile'].includes(key)) return null;
  if (key !== 'descriptionUrl') return `\`${key}\` is for the policy to say`;
  return /^https:\/\/[^\s/?#]+\//.test(before) ? null : 'the host of an address is for the policy to say';
}

/** Two * become ** where a request leaves out what is between them. */
function widens(key: string, expanded: string, least: string): string | null {
  const open = (path: string): number => path.split('/').filter((part) => part === '**').length;
  return key === 'path' && open(least) > open(expanded)
    ? 'without a value from the request, it would match in folders, too'
    : null;
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

const known = (values: Values): string =>
  values.size === 0
    ? ''
    : ` (there ${values.size === 1 ? 'is' : 'are'} ${[...values.keys()].slice(0, 5).join(', ')})`;

const problem = (path: Steps, message: string, fix: string): ConfigurationProblem => ({
  rule: 'rule.parameter',
  path,
  message,
  fix,
});
