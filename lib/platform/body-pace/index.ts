/** Limits on the pace, the duration and the number of request bodies. */
export { enforcePace } from './enforce-pace.ts';
export { isUpload } from './is-upload.ts';
export { bodyLimitsOf, bodyLimitsSchema, serverTimings } from './limits.ts';
export type { BodyLimits } from './limits.ts';
export { openSlots } from './open-slots.ts';
export type { Slots } from './open-slots.ts';
