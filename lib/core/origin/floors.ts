/** What a foundation can require of origins where each provider has its own field for it. */
import type { Origin, PolicyFloor } from '../generated/index.ts';
import type { Purpose } from './compared.ts';

export interface OriginFloor {
  /** The one value that the foundation can write. */
  readonly value: string;
  readonly description: string;
  /** What is required then, as the beginning of a sentence. */
  readonly what: string;
  /** What a policy must do, after "must". */
  readonly must: string;
  /** What the foundation requires, after "The foundation requires". */
  readonly requires: string;
}

export type OriginFloorName = keyof PolicyFloor &
  ('refs' | 'runner' | 'builder' | 'reruns' | 'environment' | 'visibility');

/** How a provider's origins can keep a floor. One that they can't keep holds of none: such policies are refused then. */
export interface FloorAnswer<O extends Origin> {
  /** The line inside `origin` that is below the floor; empty: a line is missing. */
  readonly path: readonly string[];
  readonly fix: string;
  holds(origin: O, purpose: Purpose): boolean;
}

/** In the order of the reference. */
export const originFloors: Readonly<Record<OriginFloorName, OriginFloor>> = {
  refs: {
    value: 'tags',
    description: 'tags: builds of tags alone, so that what is released can be found again by its name.',
    what: 'Building from tags alone, for every project,',
    must: 'build from tags alone, and name no branches',
    requires: 'builds of tags only',
  },
  runner: {
    value: 'github-hosted',
    description: 'github-hosted: builds run on fresh machines of the build system.',
    what: 'A runner of the build system, for every project,',
    must: 'build on hosted runners',
    requires: 'builds on github-hosted runners',
  },
  builder: {
    value: 'required',
    description: 'required: the policy pins a reusable builder.',
    what: 'A pinned builder, for every project,',
    must: 'pin a reusable builder',
    requires: 'a pinned reusable builder',
  },
  reruns: {
    value: 'refused',
    description: 'refused: no policy may allow repeated attempts of a run.',
    what: 'The first attempt of a run, for every project,',
    must: 'not allow repeated attempts',
    requires: 'that repeated attempts are refused',
  },
  environment: {
    value: 'required',
    description: 'required: the policy names the deployment environment that builds run in.',
    what: 'A deployment environment, for every project,',
    must: 'name a deployment environment',
    requires: 'a deployment environment',
  },
  visibility: {
    value: 'public',
    description: 'public: no policy accepts builds of a repository that is not public.',
    what: 'A public repository, for every project,',
    must: 'not accept builds of a repository that is not public',
    requires: 'builds of a public repository',
  },
};
