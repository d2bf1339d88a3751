/** How fast, how long and how many at once bodies of requests come in. */
export { holdToPace } from './hold-to-pace.ts';
export { isUpload } from './is-upload.ts';
export { bodyLimitsOf, bodyLimitsSchema, serverTimings } from './limits.ts';
export type { BodyLimits } from './limits.ts';
export { openSlots } from './open-slots.ts';
export type { Slots } from './open-slots.ts';
