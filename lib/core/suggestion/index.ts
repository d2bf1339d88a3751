/** Artifact configurations for files that nobody has described yet. Pure: the inspector has looked at the file. */
export { whyNothing } from './nothing.ts';
export { signingOrder, type SigningStep } from './signing-order.ts';
export type { Sample, SampleFile } from './sample.ts';
export { suggest, type Suggestion } from './suggest.ts';
