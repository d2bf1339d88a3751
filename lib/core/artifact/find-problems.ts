import type { ArtifactConfiguration, Element, RootElement } from '../generated/index.ts';
import { compileGlob, foldCase, GlobError } from '../glob/index.ts';
import { elementsMax } from './compile.ts';

/** What a schema can't say about an artifact configuration. */
export interface ConfigurationProblem {
  readonly rule: 'rule.pattern' | 'rule.matches' | 'rule.shadowed' | 'rule.elements' | 'rule.nothing-signed';
  /** Keys and indexes from the root of the document. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly fix: string;
}

/** ArtifactConfiguration (valid against its schema) → what would make it useless or unclear; empty: it's good. */
export function configurationProblems(configuration: ArtifactConfiguration): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  const seen = { elements: 0, signed: 0 };
  visit(configuration.root, ['root'], seen, problems);
  if (seen.elements > elementsMax) {
    problems.push({
      rule: 'rule.elements',
      path: ['root'],
      message: `The configuration has ${seen.elements} elements; at most ${elementsMax} are allowed.`,
      fix: 'Replace elements by one with a wildcard in its path.',
    });
  }
  if (seen.signed === 0) {
    problems.push({
      rule: 'rule.nothing-signed',
      path: ['root'],
      message: 'Nothing in this configuration gets signed.',
      fix: 'Add `sign: {method: authenticode}` to an element of type pe.',
    });
  }
  return problems;
}

function visit(
  element: RootElement | Element,
  path: readonly (string | number)[],
  seen: { elements: number; signed: number },
  problems: ConfigurationProblem[],
): void {
  seen.elements += 1;
  if ('sign' in element) seen.signed += 1;
  if ('path' in element) problems.push(...elementProblems(element, path));
  if (!('contents' in element)) return;
  const first = new Map<string, number>();
  element.contents.forEach((child, at) => {
    const childPath = [...path, 'contents', at];
    const earlier = first.get(foldCase(child.path));
    if (earlier === undefined) first.set(foldCase(child.path), at);
    else problems.push(shadowed(child, childPath, earlier));
    visit(child, childPath, seen, problems);
  });
}

function elementProblems(
  element: Element,
  path: readonly (string | number)[],
): readonly ConfigurationProblem[] {
  const problems: ConfigurationProblem[] = [];
  try {
    compileGlob(element.path, 'insensitive');
  } catch (error) {
    if (!(error instanceof GlobError)) throw error;
    problems.push({
      rule: 'rule.pattern',
      path: [...path, 'path'],
      message: `${error.message}.`,
      fix: '* and ? stay within one part of a path; ** stands alone between slashes.',
    });
  }
  const { min, max } = element.matches ?? { min: 1, max: 1 };
  if (max !== 'unbounded' && min > max) {
    problems.push({
      rule: 'rule.matches',
      path: [...path, 'matches', 'min'],
      message: `At least ${min} and at most ${max} files can't both hold.`,
      fix: `Set \`max\` to ${min} or more, or lower \`min\`.`,
    });
  }
  return problems;
}

function shadowed(
  element: Element,
  path: readonly (string | number)[],
  earlier: number,
): ConfigurationProblem {
  return {
    rule: 'rule.shadowed',
    path: [...path, 'path'],
    message: `\`${element.path}\` is the path of element ${earlier + 1} of this list already; this one can never match.`,
    fix: 'Remove one of the two, or give them different paths.',
  };
}
