import { compileDetached } from './detached.ts';
import { unsupported } from '../formats/format.ts';
import { formats } from '../formats/registry.ts';
import type { WrittenBody } from './places.ts';
import type { ConfigurationProblem } from './problem.ts';

/** A directory is no file: ClickOnce is the only method that signs one. */
export const signedDirectory = unsupported(
  ['sign', 'method'],
  'sign ClickOnce manifests in directories',
  'Remove `sign` from the element.',
);

/** The language has more than this version of the signer supports; what it doesn't support is an error. */
export function unsupportedProblems({ body, steps }: WrittenBody): readonly ConfigurationProblem[] {
  const problems =
    body.type !== 'directory'
      ? [...formats[body.type].compile(body, undefined).problems, ...compileDetached(body).problems]
      : body.sign === undefined
        ? []
        : [signedDirectory];
  return problems.map((problem) => ({ ...problem, path: [...steps, ...problem.path] }));
}
