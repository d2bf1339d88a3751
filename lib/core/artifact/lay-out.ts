import type {
  ArtifactConfiguration,
  Element,
  IncludeMetadata,
  Matches,
  SetBody,
} from '../generated/index.ts';
import type { ElementBody } from '../formats/format.ts';
import { formats } from '../formats/registry.ts';
import type { CompiledDirectory, CompiledElement } from './element.ts';
import { ArtifactError } from './error.ts';
import { compileDetached } from './detached.ts';
import { signedDirectory } from './find-unsupported.ts';

/** Maximum number of elements in a configuration; the schema bounds each list, this the total. */
export const elementsMax = 1000;

/** The configuration without sets and directories: one element for each path, in its container. */
export interface Layout {
  /** In reading order; the root is first. */
  readonly elements: readonly CompiledElement[];
  readonly directories: readonly CompiledDirectory[];
}

/** The surroundings of a body: what its element, or the set's include, specifies. */
interface Place {
  readonly path: string | null;
  readonly matches: Matches | undefined;
  readonly metadata: IncludeMetadata | undefined;
  readonly parent: number | null;
  readonly directory: number | null;
  readonly pointer: string;
  /** Pointer to the body's own contents; differs from `pointer` in a set. */
  readonly bodyPointer: string;
}

interface Draft {
  readonly elements: CompiledElement[];
  readonly contents: Map<number, number[]>;
  readonly directories: CompiledDirectory[];
}

/**
 * ArtifactConfiguration (valid against its schema, parameters expanded) → its elements. A set becomes one
 * element for each include, a directory a prefix of the patterns in it.
 * Rejects: ArtifactError TOO_MANY_ELEMENTS, UNSUPPORTED for what this version can neither open nor sign.
 */
export function layOut(configuration: ArtifactConfiguration): Layout {
  const draft: Draft = { elements: [], contents: new Map(), directories: [] };
  const place = { path: null, matches: undefined, metadata: undefined, parent: null, directory: null };
  addBody(draft, configuration.root, { ...place, pointer: '/root', bodyPointer: '/root' });
  return { elements: draft.elements, directories: draft.directories };
}

function addBody(draft: Draft, body: SetBody, place: Place): void {
  if (draft.elements.length + draft.directories.length >= elementsMax) {
    const message = `more than ${elementsMax} elements in an artifact configuration`;
    throw new ArtifactError('TOO_MANY_ELEMENTS', message);
  }
  const inside = { pointer: `${place.bodyPointer}/contents` };
  if (body.type === 'directory') {
    if (body.sign !== undefined) throw new ArtifactError('UNSUPPORTED', signedDirectory.message);
    const index = draft.directories.length;
    draft.directories.push({
      index,
      container: place.parent ?? 0,
      path: place.path ?? '',
      optional: place.matches?.min === 0,
      ...boundsOf(place.matches),
      parent: place.directory,
      pointer: place.pointer,
    });
    const context = { ...inside, container: place.parent ?? 0, prefix: `${place.path ?? ''}/` };
    addContents(draft, body.contents, { ...context, directory: index });
    return;
  }
  const element = compiledElement(draft, body, place);
  if ('contents' in body) {
    addContents(draft, body.contents, { ...inside, container: element.index, prefix: '', directory: null });
  }
}

interface Surroundings {
  readonly container: number;
  readonly directory: number | null;
  readonly prefix: string;
  readonly pointer: string;
}

function addContents(draft: Draft, contents: readonly Element[], around: Surroundings): void {
  const shared = { parent: around.container, directory: around.directory };
  contents.forEach((child, at) => {
    const pointer = `${around.pointer}/${at}`;
    if (child.type !== 'set') {
      const { path, matches } = child;
      const place = { ...shared, path: around.prefix + path, matches, metadata: undefined };
      addBody(draft, child, { ...place, pointer, bodyPointer: pointer });
      return;
    }
    child.include.forEach(({ path, matches, metadata }, index) => {
      const place = { ...shared, path: around.prefix + path, matches, metadata };
      addBody(draft, child.each, {
        ...place,
        pointer: `${pointer}/include/${index}`,
        bodyPointer: `${pointer}/each`,
      });
    });
  });
}

function compiledElement(draft: Draft, body: ElementBody, place: Place): CompiledElement {
  const index = draft.elements.length;
  const contents: number[] = [];
  const element: CompiledElement = {
    index,
    ...content(body, place.metadata),
    path: place.path,
    ...boundsOf(place.matches),
    parent: place.parent,
    opened: formats[body.type].container !== null && 'contents' in body,
    contents,
    directory: place.directory,
    pointer: place.pointer,
  };
  draft.elements.push(element);
  draft.contents.set(index, contents);
  if (place.parent !== null) draft.contents.get(place.parent)?.push(index);
  return element;
}

const boundsOf = (matches: Matches | undefined): Pick<CompiledElement, 'min' | 'max'> => ({
  min: matches?.min ?? 1,
  max: matches?.max === 'unbounded' ? null : (matches?.max ?? 1),
});

function content(
  body: ElementBody,
  overrides: IncludeMetadata | undefined,
): Pick<
  CompiledElement,
  | 'type'
  | 'sign'
  | 'detached'
  | 'check'
  | 'verifies'
  | 'verifiesOpenPgp'
  | 'signedInside'
  | 'upstream'
  | 'opaque'
  | 'follows'
> {
  const { sign, check, problems } = formats[body.type].compile(body, overrides);
  const beside = compileDetached(body);
  const [problem] = [...problems, ...beside.problems];
  if (problem !== undefined) throw new ArtifactError('UNSUPPORTED', problem.message);
  const opaque = 'opaque' in body ? body.opaque.reason : null;
  const verifiesOpenPgp = 'verify' in body && body.verify === 'openpgp';
  const verifies = 'verify' in body && !verifiesOpenPgp;
  const signedInside = 'requireSignedInside' in body;
  const follows = 'follows' in body ? body.follows.format : null;
  const upstream = ('upstream' in body ? body.upstream : undefined) ?? null;
  return {
    type: body.type,
    sign,
    detached: beside.sign,
    check,
    verifies,
    verifiesOpenPgp,
    signedInside,
    upstream,
    opaque,
    follows,
  };
}
