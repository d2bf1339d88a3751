export type { SafePage } from './answer.ts';
export { SafeFetchError } from './error.ts';
export type { SafeFetchErrorCode } from './error.ts';
export { openSafeFetch } from './safe-fetch.ts';
export type { SafeFetch, SafeFetchOptions } from './safe-fetch.ts';
