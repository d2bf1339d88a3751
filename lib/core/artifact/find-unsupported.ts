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

/** The language knows more than this version of the signer can do; what it can't do is an error, not a promise. */
export function unsupportedProblems({ body, steps }: WrittenBody): readonly ConfigurationProblem[] {
  const problems =
    body.type !== 'directory'
      ? formats[body.type].compile(body, undefined).problems
      : body.sign === undefined
        ? []
        : [signedDirectory];
  return problems.map((problem) => ({ ...problem, path: [...steps, ...problem.path] }));
}
