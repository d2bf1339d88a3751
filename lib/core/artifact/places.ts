import type {
  ArtifactConfiguration,
  Element,
  IncludeMetadata,
  Matches,
  SetBody,
} from '../generated/index.ts';

type Steps = readonly (string | number)[];

/** A body as it is written, and the patterns that lead to it. */
export interface WrittenBody {
  readonly body: SetBody;
  /** Keys and indexes from the root of the document. */
  readonly steps: Steps;
  /** One for an element, one for each include of a set, none at the root. */
  readonly patterns: readonly WrittenPattern[];
}

export interface WrittenPattern {
  /** As written, without the directories in front. */
  readonly path: string;
  /** From the container's top; in a set of directories, that of the first include represents all. */
  readonly wholePath: string;
  readonly matches: Matches | undefined;
  readonly metadata: IncludeMetadata | undefined;
  readonly steps: Steps;
}

/** ArtifactConfiguration (valid against its schema) → every body in reading order, each once. */
export function writtenBodies(configuration: ArtifactConfiguration): readonly WrittenBody[] {
  const bodies: WrittenBody[] = [];
  visit(bodies, { body: configuration.root, steps: ['root'], patterns: [] });
  return bodies;
}

function visit(bodies: WrittenBody[], writtenBody: WrittenBody): void {
  bodies.push(writtenBody);
  const { body, steps, patterns } = writtenBody;
  if (!('contents' in body)) return;
  const first = patterns[0]?.wholePath;
  const prefix = body.type === 'directory' && first !== undefined ? `${first}/` : '';
  body.contents.forEach((child, at) => {
    visit(bodies, written(child, [...steps, 'contents', at], prefix));
  });
}

function written(element: Element, steps: Steps, prefix: string): WrittenBody {
  if (element.type !== 'set') {
    const { path, matches } = element;
    return {
      body: element,
      steps,
      patterns: [{ path, wholePath: prefix + path, matches, metadata: undefined, steps }],
    };
  }
  const patterns = element.include.map(({ path, matches, metadata }, at) => ({
    path,
    wholePath: prefix + path,
    matches,
    metadata,
    steps: [...steps, 'include', at],
  }));
  return { body: element.each, steps: [...steps, 'each'], patterns };
}
