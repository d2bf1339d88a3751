export { SignPathError } from './error.ts';
export { readSignPathStatus } from './read-status.ts';
export { openSignedArtifact } from './signed-artifact.ts';
export { submitFromSignPath } from './submit.ts';
