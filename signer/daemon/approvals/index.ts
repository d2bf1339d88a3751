/** What people signed about a request: read from where the portal puts it, verified, and kept in the signer's own table. */
export { readSubmissions, type Reading } from './read-submissions.ts';
export { recordedDecisions, type RecordedDecisions } from './store.ts';
