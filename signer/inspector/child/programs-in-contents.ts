/** Programs in an installer whose files the configuration lists: the same is told of them as of those in one that is only opened. */
import { programsMax } from '../limits.ts';
import type { Content, LeafAnswer, ProgramInside } from '../answers.ts';
import { isProgramType, nameProgram } from './program-inside.ts';
import type { Walk } from './walk.ts';

/** Where the answers of a container’s files begin. */
export interface Began {
  readonly leaves: number;
  readonly containers: number;
}

type Answer = Pick<LeafAnswer, 'path' | 'file' | 'sha256' | 'sizeBytes' | 'content'>;

/** What is inside the container, with the programs among its files and in them. */
export async function withPrograms(
  walk: Walk,
  content: Content,
  path: readonly string[],
  { leaves, containers }: Began,
): Promise<Content> {
  const below: readonly Answer[] = [...walk.leaves.slice(leaves), ...walk.containers.slice(containers)];
  // What is in a container among them, that one names.
  const files = below.filter((file) => file.path.length === path.length + 1);
  // Windows looks at no signature in a file beside.
  const signed = new Set(
    walk.signTargets
      .filter(({ element }) => isProgramType(walk.matcher.elements[element]?.type))
      .map((target) => target.path.join('\0')),
  );
  const programs: ProgramInside[] = [...content.programs];
  let programCount = content.programCount;
  const add = (program: ProgramInside): void => {
    programCount += 1;
    if (programs.length < programsMax) programs.push(program);
  };
  for (const { path: at, content: inner, ...file } of files) {
    const place = at.slice(path.length).join('!/');
    const found = await nameProgram(walk.nested, file);
    if (found === 'too many') programCount += 1;
    else if (found !== null)
      add({ ...found, place, ...(signed.has(at.join('\0')) ? { signature: 'request', about: null } : {}) });
    // What is in an installer inside is named there, and here too.
    for (const program of inner.programs) add({ ...program, place: `${place}!/${program.place}` });
    programCount += inner.programCount - inner.programs.length;
  }
  return { ...content, files: content.files + files.length, programs, programCount };
}
