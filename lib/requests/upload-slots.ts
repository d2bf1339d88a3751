/** How many files a sender may have coming in at a time. */
import { bodyLimitsSchema, openSlots } from '../platform/body-pace/index.ts';
import type { Slots } from '../platform/body-pace/index.ts';
import type { PortalConfig } from '../platform/config/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { callerName } from '../platform/rate-limit/index.ts';
import { RequestsError } from './error.ts';

/** Rejects, nothing read, where all of the sender's slots are taken. */
export async function withSlot<T>(ctx: Context, work: () => Promise<T>): Promise<T> {
  const release = slotsOf(ctx.config).take(callerName(ctx));
  if (release === null) {
    throw new RequestsError({
      code: 'TOO_MANY_UPLOADS',
      message: 'Too many of your uploads are coming in at once.',
      fix: 'Send one after the other.',
    });
  }
  try {
    return await work();
  } finally {
    release();
  }
}

const slots = new WeakMap<PortalConfig, Slots>();

/** Of each token, person and repository that builds. Counted in this process: with several portals it is that many times as many. */
function slotsOf(config: PortalConfig): Slots {
  const known = slots.get(config);
  if (known !== undefined) return known;
  const { atOncePerSender } = config.upload.limits ?? bodyLimitsSchema.parse({});
  const made = openSlots(atOncePerSender);
  slots.set(config, made);
  return made;
}
