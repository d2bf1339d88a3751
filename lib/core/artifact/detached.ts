/** `detached`: a signature beside a file of any type, over its bytes as they are released. It is made as one of a file of any kind. */
import type { DetachedSign } from '../generated/index.ts';
import type { BodyProblem, ElementBody, Options } from '../formats/format.ts';
import { formats } from '../formats/registry.ts';

export function compileDetached(body: ElementBody): {
  readonly sign: Options | null;
  readonly problems: readonly BodyProblem[];
} {
  const detached: DetachedSign | undefined = 'detached' in body ? body.detached : undefined;
  if (detached === undefined) return { sign: null, problems: [] };
  const { sign, problems } = formats.file.compile({ type: 'file', sign: detached }, undefined);
  return {
    sign,
    problems: problems.map((problem) => ({ ...problem, path: ['detached', ...problem.path.slice(1)] })),
  };
}
