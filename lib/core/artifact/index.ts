/** Artifact configurations: which entries of an artifact are expected, and which get signed. Pure. */
export { checkCounts, unexpectedEntry } from './check-counts.ts';
export type { ContainerContext } from './check-counts.ts';
export { ArtifactError, compileConfiguration, elementsMax } from './compile.ts';
export type { ArtifactErrorCode, ArtifactMatcher } from './compile.ts';
export { describeBounds } from './describe-count.ts';
export type {
  ArtifactEntry,
  CompiledElement,
  ContainerType,
  ElementLocations,
  ElementType,
} from './element.ts';
export { configurationProblems } from './find-problems.ts';
export type { ConfigurationProblem } from './find-problems.ts';
