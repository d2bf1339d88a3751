/** Previews an edit before it is proposed, with the real validator over the whole repository. */
import type { CommitSha } from '#core/ids/index.ts';
import type { Diagnostic, PolicySnapshot } from '#core/policy/index.ts';
import { planChange } from '#core/policy/plan/index.ts';
import type { Plan, RequiredSignatures } from '#core/policy/plan/index.ts';
import type { FileChange } from '../platform/git-host/index.ts';
import { loadInTurns } from '../platform/policy-repository/index.ts';
import { earlierPolicy } from '../platform/portal/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import { knownOwnKeys, newNotices } from './assess.ts';
import type { ChangedText } from './assess.ts';
import type { LintFinding } from '../policy-tools/lint/index.ts';
import { onHost } from './error.ts';
import { hostFor, personOf, policyInForce } from './host.ts';
import { asCommitted } from './proposal.ts';

export interface DraftCheck {
  readonly problems: readonly Diagnostic[];
  readonly notices: readonly LintFinding[];
  readonly plan: Plan | null;
  readonly required: RequiredSignatures | null;
  readonly files: readonly ChangedText[];
  /** Every file says what it said before. */
  readonly unchanged: boolean;
}

/** Changes on top of the policy in force, or of an open change. Only for people whom the policy names: it is expensive. */
export async function checkDraft(call: {
  readonly ctx: Pick<Context, 'config' | 'actor' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly changes: readonly FileChange[]; readonly number: number | null };
}): Promise<DraftCheck> {
  personOf(call.ctx);
  return assessDraft(call);
}

export async function assessDraft(call: {
  readonly ctx: Pick<Portal, 'config' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly changes: readonly FileChange[]; readonly number: number | null };
}): Promise<DraftCheck> {
  const { ctx, input } = call;
  const { files, snapshot } = await startOf(ctx, input.number);
  const after = new Map(files);
  const texts: ChangedText[] = [];
  // The preview uses exactly the bytes that would be committed.
  for (const { path, content: sent } of input.changes) {
    const content = sent === null ? null : asCommitted(sent);
    const before = files.get(path);
    texts.push({
      path,
      before: before === undefined ? null : new TextDecoder('utf-8', { ignoreBOM: true }).decode(before),
      after: content,
    });
    if (content === null) after.delete(path);
    else after.set(path, new TextEncoder().encode(content));
  }
  const unchanged = texts.every((text) => text.before === text.after);
  const loaded = await loadInTurns(after, snapshot.commit, snapshot);
  const about = { files: texts.filter((text) => text.before !== text.after), unchanged };
  if (!loaded.ok) {
    return { ...about, problems: loaded.diagnostics, notices: [], plan: null, required: null };
  }
  const earlier = (await earlierPolicy(ctx)) ?? snapshot;
  const plan = planChange(snapshot, loaded.snapshot, null, earlier);
  const notices = newNotices(snapshot, loaded.snapshot, {
    now: ctx.now(),
    ownKeys: await knownOwnKeys(ctx),
  });
  return { ...about, problems: [], notices, plan, required: plan.required };
}

export interface DraftStart {
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Of the files; of the policy in force where they are no policy yet. */
  readonly snapshot: PolicySnapshot;
}

/** What an edit starts from: the policy in force, or an open change as it stands. */
export async function startOf(
  ctx: Pick<Portal, 'db' | 'policies' | 'policyHosts'>,
  number: number | null,
): Promise<DraftStart> {
  const accepted = await policyInForce(ctx);
  if (number === null) return accepted;
  const pull = await onHost(() => hostFor(ctx).pullRequest(number));
  const { files, loaded } = await ctx.policies.proposal(pull.head.commit, accepted.snapshot);
  return { files, snapshot: loaded.ok ? loaded.snapshot : accepted.snapshot };
}

/** The commit that an edit would begin with now: of the policy in force, or the head of an open change. */
export async function readBase(call: {
  readonly ctx: Pick<Context, 'actor' | 'db' | 'policies' | 'policyHosts'>;
  readonly input: { readonly number: number | null };
}): Promise<CommitSha> {
  const { ctx, input } = call;
  personOf(ctx);
  const { number } = input;
  if (number === null) return (await policyInForce(ctx)).commit;
  return (await onHost(() => hostFor(ctx).pullRequest(number))).head.commit;
}
