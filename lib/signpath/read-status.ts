import type { RequestId } from '#core/ids/index.ts';
import { isFinal } from '#core/wire/request/index.ts';
import type { RequestStatus } from '#core/wire/request/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { requestStatusSchema } from '../requests/index.ts';
import { SignPathError } from './error.ts';
import { isWorthTelling, statusName } from './status.ts';
import type { SignPathStatus } from './status.ts';
import { untilStatus } from './status-watch.ts';

export interface ToldStatus {
  readonly status: SignPathStatus;
  readonly isFinalStatus: boolean;
}

/** SignPath's clients ask ever more rarely, so one that could be told soon is held: it hears at once. */
export async function readSignPathStatus(call: {
  readonly ctx: Context;
  readonly input: {
    readonly id: RequestId;
    readonly hold: { readonly milliseconds: number; readonly signal: AbortSignal };
  };
}): Promise<ToldStatus> {
  const { ctx, input } = call;
  const { id, hold } = input;
  const request = await ctx.db.signingRequest.findUnique({ where: { id }, select: { id: true } });
  if (request === null) throw unknownRequest(id);
  const before = await statusOf(ctx, id);
  if (isFinal(before)) return told(before);
  await untilStatus(ctx, id, (status) => isWorthTelling(before, status), hold);
  return told(await statusOf(ctx, id));
}

const told = (status: RequestStatus): ToldStatus => ({
  status: statusName(status),
  isFinalStatus: isFinal(status),
});

/** A request that the signer hasn't seen yet is received. */
async function statusOf({ db }: Pick<Context, 'db'>, id: RequestId): Promise<RequestStatus> {
  const state = await db.requestState.findUnique({ where: { requestId: id }, select: { status: true } });
  return state === null ? 'received' : requestStatusSchema.parse(state.status);
}

export const unknownRequest = (id: RequestId): SignPathError =>
  new SignPathError({
    code: 'UNKNOWN_REQUEST',
    message: `There is no signing request ${id}.`,
    fix: 'Check the id: it is the output signing-request-id of the step that submitted.',
  });
