/** The layer in front of Next.js in the portal's own server: request ids, cross-site checks, and error answers. */
export { apiMethods } from './api-methods.ts';
export { guardRequests } from './guard-requests.ts';
export type { Handler } from './guard-requests.ts';
