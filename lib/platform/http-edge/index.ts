/** What stands before Next.js in the portal's own server: request ids, foreign origins, and answers to what went wrong. */
export { guardRequests } from './guard-requests.ts';
export type { Handler } from './guard-requests.ts';
