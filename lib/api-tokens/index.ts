/** A project's API tokens: made, seen, revoked, by the team in the portal or by signed command; the foundation can revoke. */
export { runTokenCommand } from './command.ts';
export type { TokenCommandAnswer } from './command.ts';
export {
  activeTokensMax,
  createToken,
  tokenDaysMax,
  tokenDaysDefault,
  tokenNameCharactersMax,
} from './create.ts';
export type { CreatedToken } from './create.ts';
export { ApiTokensError } from './error.ts';
export { listTokens } from './list.ts';
export type { ListedToken, TokenList, TokenState } from './list.ts';
export { revokeToken } from './revoke.ts';
export { notifyOfTokens } from './notify.ts';
