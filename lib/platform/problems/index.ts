/** Every problem that the portal answers, by its code (RFC 9457, decision 0063): one that isn't here can't be thrown. */
import { problemsOfApi } from './of-api.ts';
import { problemsOfPages } from './of-pages.ts';
import { problemsOfRoutes } from './of-routes.ts';
import type { ProblemKind } from './problem-kind.ts';

export { problemsOfApi };

const problems = { ...problemsOfApi, ...problemsOfRoutes, ...problemsOfPages };

type Problems = typeof problems;
export type ProblemCode = keyof Problems;
/** The statuses that a problem can be answered with. */
export type ProblemStatus<Code extends ProblemCode> = Problems[Code]['status'];

const codesOf = <Code extends ProblemCode>(kinds: Readonly<Record<Code, ProblemKind>>): readonly Code[] =>
  (Object.keys(kinds) as Code[]).toSorted();
export const problemCodes: readonly ProblemCode[] = codesOf(problems);

/** For those who read of them all. */
export const problemsByPlace: readonly {
  readonly place: string;
  readonly title: string;
  readonly codes: readonly ProblemCode[];
}[] = [
  { place: 'api', title: 'Of the API', codes: codesOf(problemsOfApi) },
  { place: 'routes', title: 'Of uploads and webhooks', codes: codesOf(problemsOfRoutes) },
  { place: 'pages', title: 'Of forms and pages', codes: codesOf(problemsOfPages) },
];

export const problemKind = (code: ProblemCode): ProblemKind => problems[code];

export const isProblemCode = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

const slugOfProblem = (code: ProblemCode): string => code.toLowerCase().replaceAll('_', '-');

/**
 * `type` of a problem document: the page that tells of it, on whichever portal answered. A relative reference with its whole path,
 * which RFC 9457 (section 3.1.1) allows, so that the API's description can name each.
 */
export const problemType = (code: ProblemCode): string => `/problems/${slugOfProblem(code)}`;

/** The problem whose page has this slug; null: there is none. */
export function problemOfSlug(slug: string): ProblemCode | null {
  return problemCodes.find((code) => slugOfProblem(code) === slug) ?? null;
}
