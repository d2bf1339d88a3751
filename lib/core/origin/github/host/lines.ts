/** The lines of an origin that GitHub itself has to answer, with what holds where they say nothing. */
import type { GitHubOrigin, Rulesets } from '../../../generated/index.ts';

export interface HostLines {
  readonly unknown: 'deny' | 'allow';
  readonly runSuccess: boolean;
  readonly runArtifact: boolean;
  /** Branches that the commit may be on, any of them; empty: the built branch, or of a tag the default branch. */
  readonly commitOn: readonly string[];
  readonly branchRulesets: Rulesets | null;
  readonly tagRulesets: Rulesets | null;
  readonly immutableRelease: boolean;
  readonly cachesRefused: boolean;
  readonly actionsPinned: boolean;
}

/** null: everything that the policy asks is in the build's certificate. */
export function hostLinesOf(origin: GitHubOrigin): HostLines | null {
  if (hostLinesIn(origin).length === 0) return null;
  return {
    unknown: origin.unknown ?? 'deny',
    runSuccess: origin.requireRunSuccess === true,
    runArtifact: origin.requireRunArtifact === true,
    commitOn: origin.commitOn ?? [],
    branchRulesets: origin.branchRulesets ?? null,
    tagRulesets: origin.tagRulesets ?? null,
    immutableRelease: origin.release === 'immutable',
    cachesRefused: origin.caches === 'refused',
    actionsPinned: origin.actions === 'pinned',
  };
}

type Line = Exclude<keyof GitHubOrigin, 'unknown'>;

const asking: readonly (readonly [Line, (origin: GitHubOrigin) => boolean])[] = [
  ['runner', ({ runner }) => runner !== 'github-hosted'],
  ['codeHost', ({ codeHost }) => codeHost === 'asked'],
  ['requireRunSuccess', ({ requireRunSuccess }) => requireRunSuccess === true],
  ['requireRunArtifact', ({ requireRunArtifact }) => requireRunArtifact === true],
  ['commitOn', ({ commitOn }) => commitOn !== undefined],
  ['branchRulesets', ({ branchRulesets }) => branchRulesets !== undefined],
  ['tagRulesets', ({ tagRulesets }) => tagRulesets !== undefined],
  ['release', ({ release }) => release === 'immutable'],
  ['caches', ({ caches }) => caches === 'refused'],
  ['actions', ({ actions }) => actions === 'pinned'],
];

/** Lines that can't be judged without asking. */
export const hostLinesIn = (origin: GitHubOrigin): readonly Line[] =>
  asking.filter(([, asks]) => asks(origin)).map(([line]) => line);

/** Requests of a look at a build of an annotated tag, where every answer fits at once. */
export function requestsMin(origin: GitHubOrigin): number {
  const always = 3;
  const commitAndTag = 1 + (origin.refs.tags === undefined ? 0 : 2);
  const rulesets = [origin.branchRulesets, origin.tagRulesets].filter((one) => one !== undefined).length * 2;
  const others = [
    origin.release === 'immutable',
    origin.caches === 'refused' || origin.actions === 'pinned',
    origin.requireRunArtifact === true,
  ];
  return always + commitAndTag + rulesets + others.filter(Boolean).length;
}
