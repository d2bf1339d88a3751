import type { ArtifactMatcher } from './compile.ts';
import type { ElementLocations } from './element.ts';
import type { NearMissWork } from './near-misses.ts';

/** A container of the artifact, as the inspector walks it. */
export interface ContainerContext {
  readonly matcher: ArtifactMatcher;
  /** Index of the container's element. */
  readonly container: number;
  /** Path of the container in the artifact, outermost first; empty for the artifact itself. */
  readonly containerPath: readonly string[];
  readonly locations: ElementLocations;
  /** What hints on near misses may still cost in this inspection. Left out: each call has its own. */
  readonly work?: NearMissWork;
}
