import { isError } from '#core/error/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { untilLeaving } from '../platform/drain/index.ts';
import type { Context } from '../platform/portal/index.ts';
import {
  readStanding,
  RequestsError,
  takeWaitingPlace,
  waitForMove,
  type Standing,
} from '../requests/index.ts';
import { SignPathError } from './error.ts';
import { isWorthTelling, statusName } from './status.ts';
import type { SignPathStatus } from './status.ts';

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
  const first = await standingOf(ctx, id);
  if (first.isFinal) return told(first);
  const leave = placeFor(ctx);
  if (leave === null) return told(first);
  try {
    const signal = AbortSignal.any([hold.signal, untilLeaving(), AbortSignal.timeout(hold.milliseconds)]);
    let now = first;
    while (!signal.aborted && !isWorthTelling(first.status, now.status)) {
      await waitForMove(ctx, { id, seen: now.version, signal });
      now = await standingOf(ctx, id);
    }
    return told(now);
  } finally {
    leave();
  }
}

/** null: too many wait, so this one is told how it stands now, and asks again. */
function placeFor(ctx: Context): (() => void) | null {
  try {
    return takeWaitingPlace(ctx);
  } catch (error) {
    if (isError(error, RequestsError)) return null;
    throw error;
  }
}

async function standingOf(ctx: Context, id: RequestId): Promise<Standing> {
  const standing = await readStanding({ ctx, input: { id } });
  if (standing === null) throw unknownRequest(id);
  return standing;
}

const told = ({ status, outcome, isFinal }: Standing): ToldStatus => ({
  status: statusName(status, outcome),
  isFinalStatus: isFinal,
});

export const unknownRequest = (id: RequestId): SignPathError =>
  new SignPathError({
    code: 'UNKNOWN_REQUEST',
    message: `There is no signing request ${id}.`,
    fix: 'Check the id: it is the output signing-request-id of the step that submitted.',
  });
