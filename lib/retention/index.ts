/** What nobody needs any more goes away, by rules of the foundation. Releases and their proofs have no rule. */
export { applyRetention } from './apply.ts';
export { previewRetention, type PreviewedFile } from './preview.ts';
export { readRemoved, type RemovedFile } from './read.ts';
export { rulesOf } from './rules.ts';
