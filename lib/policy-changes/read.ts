import { standingReviews } from '../platform/git-host/index.ts';
import type { Account, PolicyHost, PullRequest, Review } from '../platform/git-host/index.ts';
import type { PolicyProposal } from '../platform/db/index.ts';
import type { StoredIdentity } from '#core/identity/index.ts';
import type { CommitSha, PersonHandle } from '#core/ids/index.ts';
import { policyAcceptanceStatement } from '#core/approval/index.ts';
import { countSignatures } from '#core/policy/acceptance/index.ts';
import type { SignatureCount } from '#core/policy/acceptance/index.ts';
import { findByIdentity } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPolicyAt } from '../platform/portal/index.ts';
import type { AcceptedPolicy, Context, Portal } from '../platform/portal/index.ts';
import { assess } from './assess.ts';
import type { Assessment } from './assess.ts';
import { onHost } from './error.ts';
import { hostFor, policyInForce } from './host.ts';
import { unreviewedMoves } from './program-reviews.ts';
import { conditionsOf } from './readiness.ts';
import type { Condition } from './readiness.ts';
import { recently } from './recently.ts';
import { signersOf } from './signers.ts';
import { writersOfChange } from './writers.ts';

export interface ChangeReview {
  /** Name where the policy knows the person, else the login. */
  readonly name: string;
  readonly state: Review['state'];
  readonly outdated: boolean;
  readonly at: Date;
  readonly body: string | null;
}

export interface ChangeDetail {
  readonly pull: PullRequest;
  /** Who proposed it, by the portal's record; on GitHub the pull request itself may belong to the app. */
  readonly proposer: StoredIdentity & { readonly name: string };
  readonly authors: readonly PersonHandle[];
  readonly accepted: CommitSha;
  readonly assessment: Assessment;
  readonly signatures: SignatureCount;
  /** Names of those whose signature counts. */
  readonly signedBy: readonly string[];
  readonly conditions: readonly Condition[];
  readonly ready: boolean;
  readonly reviews: readonly ChangeReview[];
  /** What a policy maintainer signs to accept the head as it stands. */
  readonly statement: string;
  /** Where the main branch stood when this was read. */
  readonly main: CommitSha;
  /** Whether the signer holds the merged commit to be the policy; null while it isn't merged. */
  readonly inForce: boolean | null;
  readonly hostKind: PolicyHost['kind'];
}

/** The same for a page, which may be some seconds old where the host counts what it is asked. Public. */
export async function showChange(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly number: number };
}): Promise<ChangeDetail> {
  const { ctx, input } = call;
  const about = { policies: ctx.policies, db: ctx.db, kind: hostFor(ctx).kind, now: ctx.now() };
  return recently(about, `change ${input.number}`, () => readChange(call));
}

/** One proposed change with everything that decides about it, as it is now. Public: policies are made in the open. */
export async function readChange(call: {
  readonly ctx: Pick<Context, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly number: number };
}): Promise<ChangeDetail> {
  const { ctx, input } = call;
  const accepted = await policyInForce(ctx);
  const host = hostFor(ctx);
  const pull = await onHost(() => host.pullRequest(input.number));
  return describeChange(ctx, { accepted, host, pull });
}

export async function describeChange(
  ctx: Pick<Portal, 'config' | 'db' | 'policies' | 'now'>,
  given: { readonly accepted: AcceptedPolicy; readonly host: PolicyHost; readonly pull: PullRequest },
): Promise<ChangeDetail> {
  const { accepted, host, pull } = given;
  const head = pull.head.commit;
  const open = pull.state === 'open';
  const [state, reviews, coSignatures, proposal] = await onHost(() =>
    Promise.all([
      host.mergeState(pull.number),
      host.reviews(pull.number),
      host.coSignatures(head),
      ctx.db.policyProposal.findUnique({ where: { number: pull.number } }),
    ]),
  );
  // A merged change is compared with what it was merged onto: compared with today's policy it would be empty.
  const base = open ? accepted : await acceptedBefore(ctx, accepted, pull);
  const assessment = await assess(ctx, base, head);
  const commits = await ctx.policies.commitsBetween(assessment.mergeBase, head);
  const [before, after] = await ctx.policies.treesOf([base.commit, head], '');
  const proposer = proposerOf(pull, proposal);
  const writers = writersOfChange({
    head,
    // Where all files stay as they are, nobody wrote any.
    commits: before === after ? [] : commits,
    snapshot: accepted.snapshot,
    proposedBy: [pull.author, proposer],
  });
  const object = commits.find((commit) => commit.commit === head)?.object;
  const signers =
    object === undefined
      ? []
      : signersOf({ commit: head, object, coSignatures, snapshot: accepted.snapshot });
  const { threshold } = accepted.snapshot.trustRoot.value.policyMaintainers;
  const required = assessment.required ?? { needed: threshold, leaving: [], reasons: [] };
  const signatures = countSignatures({ required, signers, writers, snapshot: accepted.snapshot });
  const standing = standingReviews({ reviews, head, author: proposer });
  const moves = assessment.plan?.moves ?? [];
  const conditions = conditionsOf({
    problems: assessment.problems.length,
    moves,
    unreviewed: await unreviewedMoves(ctx, moves),
    behindBy: state.behindBy,
    mainInForce: state.base === accepted.commit,
    signatures,
    objections: standing.objections
      .filter((objection) => mayObject(accepted.snapshot, required.leaving, objection.reviewer))
      .map((objection) => nameOf(accepted.snapshot, objection.reviewer)),
    mergeable: state.mergeable,
  });
  return {
    pull,
    proposer: { host: proposer.host, id: proposer.id, name: nameOf(accepted.snapshot, proposer) },
    authors: [...new Set(writers.flatMap((writer) => [...writer.handles]))],
    accepted: accepted.commit,
    assessment,
    signatures,
    signedBy: signatures.counted.map((handle) => accepted.snapshot.people.get(handle)?.value.name ?? handle),
    conditions,
    ready: open && conditions.every((condition) => condition.met),
    reviews: reviews.map((review) => ({
      name: nameOf(accepted.snapshot, review.reviewer),
      state: review.state,
      outdated: review.state === 'approved' && review.commit !== head,
      at: review.submittedAt,
      body: review.body,
    })),
    statement: policyAcceptanceStatement(head),
    main: state.base,
    inForce: pull.state === 'merged' ? await isInForce(ctx, accepted, pull) : null,
    hostKind: host.kind,
  };
}

/** By the portal's record, where it has one. */
export const proposerOf = (pull: PullRequest, proposal: PolicyProposal | null): Account =>
  proposal === null
    ? pull.author
    : { host: proposal.authorHost, id: proposal.authorId, login: proposal.authorLogin };

export const nameOf = (snapshot: PolicySnapshot, account: Account): string =>
  findByIdentity(snapshot, account)?.person.value.name ?? account.login;

/** Policy maintainers may object, but not to their own removal: a stolen account could stay for ever. */
function mayObject(snapshot: PolicySnapshot, leaving: readonly PersonHandle[], account: Account): boolean {
  const { members } = snapshot.trustRoot.value.policyMaintainers;
  const handle = findByIdentity(snapshot, account)?.handle;
  return handle !== undefined && members.includes(handle) && !leaving.includes(handle);
}

/** The base that the host recorded at the merge, as far as the signer had accepted it; else the policy in force. */
async function acceptedBefore(
  ctx: Pick<Portal, 'db' | 'policies'>,
  accepted: AcceptedPolicy,
  pull: PullRequest,
): Promise<AcceptedPolicy> {
  return (await acceptedPolicyAt(ctx, pull.base.commit)) ?? accepted;
}

async function isInForce(
  ctx: Pick<Portal, 'policies'>,
  accepted: AcceptedPolicy,
  pull: PullRequest,
): Promise<boolean> {
  if (pull.mergeCommit === null) return false;
  return (await ctx.policies.mergeBase(pull.mergeCommit, accepted.commit)) === pull.mergeCommit;
}
