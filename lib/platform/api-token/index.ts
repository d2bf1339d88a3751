/** API tokens as text, and what is stored of them. Pure. */
export { apiTokenSha256, formatApiToken, isApiToken } from './api-token.ts';
