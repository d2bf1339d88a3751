/** The lines of an origin that GitLab itself has to answer, with what holds where they say nothing. */
import type { GitLabOrigin, ProtectedBranch, ProtectedTag } from '../../../generated/index.ts';

export interface HostLines {
  readonly unknown: 'deny' | 'allow';
  readonly pipelineSuccess: boolean;
  readonly retriesRefused: boolean;
  /** Who may set variables of a pipeline, at the most; null: not asked. */
  readonly pipelineVariables: NonNullable<GitLabOrigin['pipelineVariables']> | null;
  readonly includesPinned: boolean;
  /** Where every job may run: on runners of these kinds, and on these. */
  readonly runners: {
    readonly kinds: readonly RunnerKind[];
    readonly ids: readonly string[];
    /** Whether the policy says so itself, or it follows from `runner`. */
    readonly areNamed: boolean;
  };
  /** Branches that the commit may be on, any of them; empty: the built branch, or of a tag the default branch. */
  readonly commitOn: readonly string[];
  readonly protectedBranch: ProtectedBranch | null;
  readonly protectedTag: ProtectedTag | null;
}

export type RunnerKind = 'instance' | 'group' | 'project';

/** On GitLab.com the runners of the instance are those that GitLab hosts: nobody else can add one. */
const hostedKinds: readonly RunnerKind[] = ['instance'];
const anyKind: readonly RunnerKind[] = ['instance', 'group', 'project'];

/** null: everything that the policy asks is in the build's certificate. */
export function hostLinesOf(origin: GitLabOrigin): HostLines | null {
  if (hostLinesIn(origin).length === 0) return null;
  const { runners, runner } = origin;
  return {
    unknown: origin.unknown ?? 'deny',
    pipelineSuccess: origin.requirePipelineSuccess === true,
    retriesRefused: origin.retries === 'refused',
    pipelineVariables: origin.pipelineVariables ?? null,
    includesPinned: origin.includes === 'pinned',
    runners:
      runners === undefined
        ? { kinds: runner === 'gitlab-hosted' ? hostedKinds : anyKind, ids: [], areNamed: false }
        : { kinds: runners.kinds ?? [], ids: runners.ids ?? [], areNamed: true },
    commitOn: origin.commitOn ?? [],
    protectedBranch: origin.protectedBranch ?? null,
    protectedTag: origin.protectedTag ?? null,
  };
}

type Line = Exclude<keyof GitLabOrigin, 'unknown'>;

const asking: readonly (readonly [Line, (origin: GitLabOrigin) => boolean])[] = [
  ['codeHost', ({ codeHost }) => codeHost === 'asked'],
  ['requirePipelineSuccess', ({ requirePipelineSuccess }) => requirePipelineSuccess === true],
  ['retries', ({ retries }) => retries === 'refused'],
  ['pipelineVariables', ({ pipelineVariables }) => pipelineVariables !== undefined],
  ['includes', ({ includes }) => includes === 'pinned'],
  ['runners', ({ runners }) => runners !== undefined],
  ['commitOn', ({ commitOn }) => commitOn !== undefined],
  ['protectedBranch', ({ protectedBranch }) => protectedBranch !== undefined],
  ['protectedTag', ({ protectedTag }) => protectedTag !== undefined],
];

/** Lines that can't be judged without asking. */
export const hostLinesIn = (origin: GitLabOrigin): readonly Line[] =>
  asking.filter(([, asks]) => asks(origin)).map(([line]) => line);

/** Requests of a look at a build of a tag on a branch that has gone on since, where every answer fits at once and nothing is included. */
export function requestsMin(origin: GitLabOrigin): number {
  const always = 8;
  const { protectedBranch, protectedTag, refs } = origin;
  const needsRules = (protectedBranch?.minApprovals ?? 0) > 0;
  const others = [
    protectedBranch !== undefined,
    needsRules,
    needsRules || protectedBranch?.requireCodeOwnerApproval === true,
    protectedTag !== undefined && refs.tags !== undefined,
    origin.includes === 'pinned',
  ];
  return always - (refs.tags === undefined ? 1 : 0) + others.filter(Boolean).length;
}
