/** Samples: files that the signer looks at so that people can write a configuration for them. Private, and gone after a day. */
export { authoriseSample, mayDropSamples } from './authorise.ts';
export { dropSample } from './drop.ts';
export { SamplesError } from './error.ts';
export { countLimits, sampleBytesMax } from './limits.ts';
export { draftFromSample } from './propose.ts';
export { listSamples, readSample, readSampleLevel, type Sample } from './read.ts';
export { removeSampleFiles } from './remove-files.ts';
