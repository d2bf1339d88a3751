import { approvalStatement } from '../core/approval/index.ts';
import type { Decision } from '../core/approval/index.ts';
import type { RequestId } from '../core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { readQuestion } from './subject.ts';

const dayMilliseconds = 24 * 60 * 60 * 1000;
/** Long enough for maintainers in every time zone and over a weekend; well under the signer's 30 days. */
const validDays = 7;

/** The text to sign, byte for byte, for both decisions, and who may sign it. Public. */
export async function readStatements(call: {
  readonly ctx: Pick<Context, 'db' | 'policies' | 'now'>;
  readonly input: { readonly id: RequestId };
}): Promise<{
  readonly statements: Readonly<Record<Decision, string>>;
  readonly approvers: readonly { readonly handle: string; readonly name: string }[];
  readonly quorum: number;
}> {
  const { ctx, input } = call;
  const { subject, approvers, quorum } = await readQuestion(ctx, input.id);
  const expiresAt = expiry(ctx.now());
  return {
    statements: {
      approve: approvalStatement({ ...subject, decision: 'approve', expiresAt }),
      deny: approvalStatement({ ...subject, decision: 'deny', expiresAt }),
    },
    approvers: approvers.map(({ handle, name }) => ({ handle, name })),
    quorum,
  };
}

/** A midnight, so that the text stays the same all day: what was copied still matches what is shown. */
function expiry(now: Date): string {
  const today = Math.floor(now.getTime() / dayMilliseconds) * dayMilliseconds;
  return new Date(today + (validDays + 1) * dayMilliseconds).toISOString();
}
