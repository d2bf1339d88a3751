/** Artifact configurations: which entries of an artifact are expected, and which get signed. Pure. */
export { checkCounts } from './check-counts.ts';
export type { ContainerContext } from './container-context.ts';
export { compileAsWritten, compileConfiguration, elementAt } from './compile.ts';
export type { ArtifactMatcher } from './compile.ts';
export { describeBounds } from './describe-count.ts';
export type { ArtifactEntry, CompiledDirectory, CompiledElement, ElementLocations } from './element.ts';
export { ArtifactError } from './error.ts';
export type { ArtifactErrorCode } from './error.ts';
export { configurationProblems } from './find-problems.ts';
export { fillParameters } from './fill-parameters.ts';
export type { FilledParameters, ParameterProblem } from './fill-parameters.ts';
export { elementsMax } from './lay-out.ts';
export { NearMissWork } from './near-misses.ts';
export { openParameters } from './parameters.ts';
export type { OpenParameter } from './parameters.ts';
export type { ConfigurationProblem } from './problem.ts';
export { unexpectedEntry } from './unexpected-entry.ts';
export type { InsideHint } from './unexpected-entry.ts';
