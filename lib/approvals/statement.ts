import { approvalStatement } from '#core/approval/index.ts';
import type { Decision } from '#core/approval/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { mayApprove } from './outstanding.ts';
import { notWaiting, readQuestion } from './subject.ts';

const dayMilliseconds = 24 * 60 * 60 * 1000;
/** Long enough for maintainers in every time zone and over a weekend; well under the signer's 30 days. */
const validDays = 7;

/** The text to sign, byte for byte, for each decision that can be made now, and who may sign it. Public. */
export async function readStatements(call: {
  readonly ctx: Pick<Context, 'db' | 'policies' | 'now'>;
  readonly input: { readonly id: RequestId };
}): Promise<{
  readonly statements: { readonly approve: string | null; readonly deny: string };
  /** `counts`: whether their approval would; a submitter's own doesn't, unless the policy says so. A denial always does. */
  readonly approvers: readonly {
    readonly handle: string;
    readonly name: string;
    readonly counts: boolean;
  }[];
  readonly quorum: number;
}> {
  const { ctx, input } = call;
  const { subject, approvers, quorum, open, submitterMayApprove } = await readQuestion(ctx, input.id);
  const expiresAt = expiry(ctx.now());
  return {
    statements: {
      // Before the signer waits for approval it hasn't said what there would be to approve.
      approve: open.includes('approve')
        ? approvalStatement({ ...subject, decision: 'approve', expiresAt })
        : null,
      deny: approvalStatement({ ...subject, decision: 'deny', expiresAt }),
    },
    approvers: approvers.map(({ handle, name }) => ({
      handle,
      name,
      counts: mayApprove({ submitterMayApprove }, subject, handle),
    })),
    quorum,
  };
}

/** The text of one decision. Rejects where it can't be made now. Public. */
export async function readStatement(call: {
  readonly ctx: Pick<Context, 'db' | 'policies' | 'now'>;
  readonly input: { readonly id: RequestId; readonly decision: Decision };
}): Promise<string> {
  const { id, decision } = call.input;
  const { statements } = await readStatements({ ctx: call.ctx, input: { id } });
  const statement = statements[decision];
  if (statement === null) throw notWaiting(id);
  return statement;
}

/** At midnight, so that the text stays the same all day: a copied text still matches the one shown. */
function expiry(now: Date): string {
  const today = Math.floor(now.getTime() / dayMilliseconds) * dayMilliseconds;
  return new Date(today + (validDays + 1) * dayMilliseconds).toISOString();
}
