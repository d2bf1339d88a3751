import { formats } from '../formats/registry.ts';
import { signaturesOf, type CompiledElement } from './element.ts';
import type { Layout } from './lay-out.ts';
import type { ConfigurationProblem } from './problem.ts';

/** Signatures that are put into a file of their own, where there is no place for that one; files that follow, with nothing to follow. */
export function placeProblems({ elements }: Layout): readonly ConfigurationProblem[] {
  const reported = new Set<string>();
  return elements.flatMap((element) => {
    const problem = placeProblem(element, elements) ?? followProblem(element, elements);
    if (problem === null || reported.has(element.pointer)) return [];
    reported.add(element.pointer);
    return [problem];
  });
}

/** What is stated is of files in the same container: there has to be one, with something in it that gets signed. */
function followProblem(
  { follows, parent, pointer }: CompiledElement,
  elements: readonly CompiledElement[],
): ConfigurationProblem | null {
  if (follows === null) return null;
  const path = [...stepsOf(pointer), 'follows'];
  if (parent === null) {
    return {
      rule: 'rule.follows',
      path,
      message: 'The artifact is this one file, so there is no other file that it could state something of.',
      fix: 'Submit the file in an archive, together with those that it lists, or remove `follows`.',
    };
  }
  if (elements.some((one) => one.sign !== null && isWithin(one, parent, elements))) return null;
  return {
    rule: 'rule.follows',
    path,
    message: 'Nothing in the same container gets signed, so there is nothing to follow.',
    fix: 'Remove `follows`, or declare the list in the container of the signed files.',
  };
}

function isWithin(
  { parent }: CompiledElement,
  container: number,
  elements: readonly CompiledElement[],
): boolean {
  const around = parent === null ? undefined : elements[parent];
  return parent === container || (around !== undefined && isWithin(around, container, elements));
}

function placeProblem(
  element: CompiledElement,
  elements: readonly CompiledElement[],
): ConfigurationProblem | null {
  const { parent, pointer } = element;
  const isBeside = signaturesOf(element).some(
    ({ type, sign }) => (formats[type].signing?.outputName(sign, 'file') ?? null) !== null,
  );
  if (!isBeside) return null;
  const path = stepsOf(pointer);
  if (parent === null) {
    return {
      rule: 'rule.signature-file',
      path: [...path, element.detached === null ? 'sign' : 'detached'],
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
