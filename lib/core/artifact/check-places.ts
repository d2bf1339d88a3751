import { formats } from '../formats/registry.ts';
import type { CompiledElement } from './element.ts';
import type { Layout } from './lay-out.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Signatures that are put into a file of their own, where there is no place for that one. */
export function placeProblems({ elements }: Layout): readonly ConfigurationProblem[] {
  const reported = new Set<string>();
  return elements.flatMap((element) => {
    const problem = placeProblem(element, elements);
    if (problem === null || reported.has(element.pointer)) return [];
    reported.add(element.pointer);
    return [problem];
  });
}

function placeProblem(
  { type, sign, parent, pointer }: CompiledElement,
  elements: readonly CompiledElement[],
): ConfigurationProblem | null {
  if (sign === null || (formats[type].signing?.outputName(sign, 'file') ?? null) === null) return null;
  const path = stepsOf(pointer);
  if (parent === null) {
    return {
      rule: 'rule.signature-file',
      path: [...path, 'sign'],
      message: 'The signature would be a second file, and the artifact is one file.',
      fix: 'Submit the file in an archive: `type: zip`, `tar` or `tar.gz`, with the file in its `contents`.',
    };
  }
  const around = elements[parent];
  if (around === undefined || formats[around.type].container?.takesAdditions === true) return null;
  return {
    rule: 'rule.signature-file',
    path,
    message: `The signature would be a new file in ${formats[around.type].words.one}, which gets none.`,
    fix: 'Put the file into an archive: zip, tar or tar.gz.',
  };
}

/** A JSON pointer → the steps that a problem names. */
export function stepsOf(pointer: string): readonly (string | number)[] {
  return pointer
    .slice(1)
    .split('/')
    .map((step) => (/^[0-9]+$/.test(step) ? Number(step) : step));
}
