/** What the validator and the linter say of a file while it is being written. */
import { callerName, openRateLimit } from '../platform/rate-limit/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { checkDraft } from './draft.ts';
import type { DraftCheck } from './draft.ts';
import { personOf } from './host.ts';

/** The editor asks whenever somebody pauses; each time the whole policy is validated again. */
export const checksPerMinute = 40;
const limit = openRateLimit({ name: 'policy checks', points: checksPerMinute, seconds: 60 });

/** Rejects TOO_OFTEN beyond so many checks a minute and person; proposals are always checked. */
export async function checkText(call: {
  readonly ctx: Pick<Context, 'config' | 'actor' | 'network' | 'db' | 'policies' | 'policyHosts' | 'now'>;
  readonly input: { readonly path: string; readonly content: string; readonly number: number | null };
}): Promise<DraftCheck> {
  const { path, content, number } = call.input;
  personOf(call.ctx);
  await limit.count(call.ctx.db, callerName(call.ctx));
  return checkDraft({ ctx: call.ctx, input: { changes: [{ path, content }], number } });
}
