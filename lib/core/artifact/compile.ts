import type { AuthenticodeSign, ArtifactConfiguration, Element, RootElement } from '../generated/index.ts';
import { compileGlob } from '../glob/index.ts';
import type { Glob } from '../glob/index.ts';
import type { CompiledElement } from './element.ts';

/** Most elements in one configuration; the schema bounds each list, this bounds the whole. */
export const elementsMax = 1000;

export type ArtifactErrorCode = 'TOO_MANY_ELEMENTS' | 'UNKNOWN_ELEMENT';

export class ArtifactError extends Error {
  readonly code: ArtifactErrorCode;
  constructor(code: ArtifactErrorCode, message: string) {
    super(message);
    this.name = 'ArtifactError';
    this.code = code;
  }
}

export interface ArtifactMatcher {
  /** All elements in reading order; `elements[0]` is the root. */
  readonly elements: readonly CompiledElement[];
  readonly root: CompiledElement;
  /**
   * A file's path inside a container → the first element of that container whose pattern matches, or null:
   * nothing in the configuration expects it. Directories aren't matched; they hold nothing that could be signed.
   */
  matchEntry(container: number, pathInContainer: string): CompiledElement | null;
}

/**
 * ArtifactConfiguration (valid against its schema) → matcher.
 * Rejects: GlobError for a pattern that `configurationProblems` would report, ArtifactError TOO_MANY_ELEMENTS;
 * `matchEntry` rejects a number that is no element with ArtifactError UNKNOWN_ELEMENT.
 */
export function compileConfiguration(configuration: ArtifactConfiguration): ArtifactMatcher {
  const elements: CompiledElement[] = [];
  const root = add(elements, configuration.root, null, '/root');
  const globs: (Glob | null)[] = elements.map((one) =>
    one.path === null ? null : compileGlob(one.path, 'insensitive'),
  );
  return {
    elements,
    root,
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

function add(
  elements: CompiledElement[],
  source: RootElement | Element,
  parent: number | null,
  pointer: string,
): CompiledElement {
  const index = elements.length;
  if (index >= elementsMax) {
    throw new ArtifactError(
      'TOO_MANY_ELEMENTS',
      `more than ${elementsMax} elements in an artifact configuration`,
    );
  }
  const contents: number[] = [];
  const element: CompiledElement = {
    index,
    type: source.type,
    path: 'path' in source ? source.path : null,
    ...bounds(source),
    sign: signDirective(source),
    parent,
    contents,
    pointer,
  };
  elements.push(element);
  if ('contents' in source) {
    source.contents.forEach((child, at) => {
      contents.push(add(elements, child, index, `${pointer}/contents/${at}`).index);
    });
  }
  return element;
}

function bounds(source: RootElement | Element): { min: number; max: number | null } {
  const matches = 'matches' in source ? source.matches : undefined;
  if (matches === undefined) return { min: 1, max: 1 };
  return { min: matches.min, max: matches.max === 'unbounded' ? null : matches.max };
}

function signDirective(source: RootElement | Element): AuthenticodeSign | null {
  return 'sign' in source ? source.sign : null;
}
