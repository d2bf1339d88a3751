/**
 * Samples: files that people drop in the portal to see what a configuration for them could say. Looked at by the inspector as artifacts
 * are, told to the portal, and forgotten after a day. Nothing here reaches keys, grants, requests or the journal: a boundary.
 */
export { openSamples, type Samples, type SamplePorts } from './open-samples.ts';
