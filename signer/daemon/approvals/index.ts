/** Decisions that people signed about a request: read from the portal's table, verified, and kept in the signer's own. */
export { readSubmissions, type Reading } from './read-submissions.ts';
