/** Parameters as a configuration declares them: which of them requests give, and what is wrong with the declarations. */
import type { ArtifactConfiguration, Parameter } from '../generated/index.ts';
import { compileGlob } from '../glob/index.ts';
import { valueProblem } from '../wire/parameters/index.ts';
import type { ConfigurationProblem } from './problem.ts';

/** A parameter whose value a request gives. */
export interface OpenParameter {
  readonly name: string;
  readonly description: string | null;
  /** How values must look; null: like any value. */
  readonly pattern: string | null;
  /** What it stands for where the request gives no value; what forms offer. */
  readonly default: string | null;
  /** The request must give a value. */
  readonly required: boolean;
}

/**
 * Whether requests give its value. Only what says so: a default without a pattern has always been a constant of the
 * policy, which no request replaces.
 */
export const isOpen = ({ pattern, required, default: value }: Parameter): boolean =>
  pattern !== undefined || (required === true && value === undefined);

/** Configuration (valid against its schema) → the parameters that its requests give, in order. */
export function openParameters({ parameters = [] }: ArtifactConfiguration): readonly OpenParameter[] {
  return parameters.filter(isOpen).map(({ name, description, pattern, required, default: value }) => ({
    name,
    description: description ?? null,
    pattern: pattern ?? null,
    default: value ?? null,
    required: required === true || value === undefined,
  }));
}

/** Whether a value, by itself in order, looks as the configuration says. Nothing in a value is a wildcard. */
export const fitsPattern = (pattern: string | null, value: string): boolean =>
  pattern === null || compileGlob(singlePart(pattern), 'sensitive').matches(value);

/** Values have no slash: the whole of one is one part of a path. */
const singlePart = (pattern: string): string => pattern.replaceAll(/\*+/g, '*');

export function parameterProblems(parameters: readonly Parameter[]): ConfigurationProblem[] {
  const names = new Set<string>();
  const problems: ConfigurationProblem[] = [];
  parameters.forEach((parameter, at) => {
    const { name, pattern, default: value } = parameter;
    const report = (key: string, message: string, fix: string): void => {
      problems.push({ rule: 'rule.parameter', path: ['parameters', at, key], message, fix });
    };
    if (names.has(name)) report('name', `There are two parameters \`${name}\`.`, 'Remove one of the two.');
    names.add(name);
    if (value === undefined || value === '' || !isOpen(parameter)) return;
    // It stands in for a value of the request, so it is held to the same.
    const wrong = valueProblem(value);
    if (wrong !== null)
      report(
        'default',
        `No request could give this default: ${wrong}.`,
        'Correct the default, or remove it.',
      );
    else if (!fitsPattern(pattern ?? null, value))
      report(
        'default',
        `The default doesn’t fit the pattern \`${pattern ?? ''}\`.`,
        'Correct one of the two.',
      );
  });
  return problems;
}
