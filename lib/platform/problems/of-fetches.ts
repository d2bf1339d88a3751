/** What `/api/v1` answers of files that are fetched from a code host, and of attestations that are looked for there. */
import { kind } from './problem-kind.ts';

export const problemsOfFetches = {
  UNKNOWN_FETCH: kind(404, 'No such fetch', {
    meaning: 'There is no fetch with this id. Fetches are forgotten after a hundred days.',
    fix: 'Check the id, or ask for the file again.',
  }),
  FETCH_NOT_POSSIBLE: kind(422, 'Not fetched from there', {
    meaning: 'The policy’s origin is on no host that this portal fetches files from, or the policy has none.',
    fix: 'Upload the file.',
  }),
  HOST_ACCESS_DENIED: kind(422, 'Host refuses the token', {
    meaning:
      'The code host doesn’t let the token read the artifact, or none was sent and the portal has none.',
    fix: 'Send the token of a job that is still running and may read artifacts.',
  }),
  HOST_ADDRESS_REFUSED: kind(422, 'Host leads to a refused address', {
    meaning: 'For the artifact’s bytes, the code host leads to an address that nothing is fetched from.',
    fix: 'Upload the file.',
  }),
  HOST_ARTIFACT_CHANGED: kind(422, 'Not the artifact’s bytes', {
    meaning: 'What came has another SHA-256 than the code host says of the artifact. Nothing was kept.',
    fix: 'Build again.',
  }),
  HOST_ARTIFACT_EXPIRED: kind(422, 'Artifact expired', {
    meaning: 'The code host keeps the artifact no longer.',
    fix: 'Build again, and have it signed within the artifact’s retention time.',
  }),
  HOST_ARTIFACT_FOREIGN: kind(422, 'Artifact of another run', {
    meaning:
      'The artifact is of another repository than the policy names, or of another run than the request.',
    fix: 'Name the artifact that this run uploaded.',
  }),
  HOST_ARTIFACT_MISSING: kind(422, 'No such artifact at the host', {
    meaning: 'The code host has no such artifact, or none that the token may see.',
    fix: 'Check the id; the token needs the right to read the run’s artifacts.',
  }),
  CODE_HOST_UNAVAILABLE: kind(503, 'Code host unavailable', {
    meaning: 'The code host didn’t answer, broke off, or asked for more patience, in several attempts.',
    fix: 'Ask for it again later.',
  }),
};
