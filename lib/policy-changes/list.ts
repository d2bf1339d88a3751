import type { BranchPoint, PolicyHost, PullRequest } from '../platform/git-host/index.ts';
import type { Effect } from '#core/policy/plan/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { onHost } from './error.ts';
import { hostFor, policyInForce } from './host.ts';
import { describeChange, nameOf, proposerOf } from './read.ts';
import type { Condition } from './readiness.ts';
import { recently } from './recently.ts';

export interface ChangeListItem {
  readonly number: number;
  readonly title: string;
  readonly state: PullRequest['state'];
  readonly proposer: string;
  readonly branch: BranchPoint['branch'];
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** null: it is no policy, or closed. */
  readonly effect: Effect | null;
  /** What is missing before it can be merged; empty for closed ones. */
  readonly missing: readonly Condition[];
}

export interface ChangeList {
  readonly open: readonly ChangeListItem[];
  readonly openLeftOut: number;
  readonly closed: readonly ChangeListItem[];
  /** Branches on the host that no open change is about. */
  readonly branches: readonly string[];
}

const openShownMax = 30;
const closedShownMax = 20;
const branchesShownMax = 50;

/** Open changes, oldest first: who has waited longest is served first. Public. */
export async function listChanges(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>;
}): Promise<ChangeList> {
  const { ctx } = call;
  const host = hostFor(ctx);
  const about = { policies: ctx.policies, db: ctx.db, kind: host.kind, now: ctx.now() };
  return recently(about, 'list', () => listNow(ctx, host));
}

async function listNow(
  ctx: Pick<Context, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>,
  host: PolicyHost,
): Promise<ChangeList> {
  const accepted = await policyInForce(ctx);
  const [open, closed, branches] = await onHost(() =>
    Promise.all([
      host.openPullRequests(),
      host.closedPullRequests({ limit: closedShownMax }),
      host.branches(),
    ]),
  );
  const proposals = await ctx.db.policyProposal.findMany({
    where: { number: { in: [...open, ...closed].map((request) => request.number) } },
  });
  const proposerName = (pull: PullRequest): string => {
    const proposal = proposals.find((candidate) => candidate.number === pull.number);
    return nameOf(accepted.snapshot, proposerOf(pull, proposal ?? null));
  };
  const brief = (pull: PullRequest) => ({
    number: pull.number,
    title: pull.title,
    state: pull.state,
    proposer: proposerName(pull),
    branch: pull.head.branch,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
  });
  const shown = open.slice(0, openShownMax);
  const described = await Promise.all(shown.map((pull) => describeChange(ctx, { accepted, host, pull })));
  const taken = new Set(open.map((request) => request.head.branch));
  const done = new Set(closed.map((request) => request.head.branch));
  return {
    open: described.map((detail) => ({
      ...brief(detail.pull),
      effect: detail.assessment.plan?.effect ?? null,
      missing: detail.conditions.filter((condition) => !condition.met),
    })),
    openLeftOut: open.length - shown.length,
    closed: closed.map((pull) => ({ ...brief(pull), effect: null, missing: [] })),
    branches: branches
      .map((branch) => branch.branch)
      .filter((branch) => branch !== host.mainBranch && !taken.has(branch) && !done.has(branch))
      .slice(0, branchesShownMax),
  };
}
