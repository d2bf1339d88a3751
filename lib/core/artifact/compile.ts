import type { ArtifactConfiguration } from '../generated/index.ts';
import { compileGlob } from '../glob/index.ts';
import type { Glob } from '../glob/index.ts';
import { placeProblems } from './check-places.ts';
import type { CompiledDirectory, CompiledElement } from './element.ts';
import { ArtifactError } from './error.ts';
import { expandConfiguration } from './expand.ts';
import { layOut } from './lay-out.ts';
import { openParameters } from './parameters.ts';

export interface ArtifactMatcher {
  /** All elements in reading order; `elements[0]` is the root. */
  readonly elements: readonly CompiledElement[];
  /** All directory elements in reading order. */
  readonly directories: readonly CompiledDirectory[];
  readonly root: CompiledElement;
  /**
   * A file's path inside a container → the first element of that container whose pattern matches, or null:
   * nothing in the configuration expects it. Directories aren't matched: nothing in them alone could be signed.
   */
  matchEntry(container: number, pathInContainer: string): CompiledElement | null;
}

/**
 * ArtifactConfiguration (valid against its schema) → matcher, with parameters replaced by their defaults, and sets
 * and directories expanded.
 * Rejects what `configurationProblems` would report: GlobError for a pattern, ArtifactError TOO_MANY_ELEMENTS,
 * UNSUPPORTED, PARAMETER_INVALID; PARAMETER_MISSING where requests give values and none is filled in
 * (`fillParameters`); `matchEntry` rejects a number that is no element with ArtifactError UNKNOWN_ELEMENT.
 */
export function compileConfiguration(configuration: ArtifactConfiguration): ArtifactMatcher {
  const [missing] = openParameters(configuration);
  if (missing === undefined) return compileAsWritten(configuration);
  throw new ArtifactError('PARAMETER_MISSING', `the request’s value of ${missing.name} isn’t filled in`);
}

/**
 * The same for readers of a policy, of no request: what requests give stands there as `${name}`, which matches
 * nothing but itself. Never for a file that is to be signed.
 */
export function compileAsWritten(configuration: ArtifactConfiguration): ArtifactMatcher {
  const expansion = expandConfiguration(configuration);
  const [problem] = expansion.problems;
  if (problem !== undefined) throw new ArtifactError('PARAMETER_INVALID', problem.message);
  const layout = layOut(expansion.configuration);
  const [place] = placeProblems(layout);
  if (place !== undefined) throw new ArtifactError('UNSUPPORTED', place.message);
  const { elements, directories } = layout;
  const globs: (Glob | null)[] = elements.map((element) =>
    element.path === null ? null : compileGlob(element.path, 'insensitive'),
  );
  return {
    elements,
    directories,
    root: elementAt(elements, 0),
    matchEntry(container, pathInContainer) {
      const contents = elementAt(elements, container).contents;
      const found = contents.find((index) => globs[index]?.matches(pathInContainer) === true);
      return found === undefined ? null : elementAt(elements, found);
    },
  };
}

export function elementAt(elements: readonly CompiledElement[], index: number): CompiledElement {
  const element = elements[index];
  if (element === undefined) throw new ArtifactError('UNKNOWN_ELEMENT', `no element ${index}`);
  return element;
}
