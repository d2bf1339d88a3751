/** What a project's own page says of its code-signing policy. Pure. */
export { findPolicyLink } from './find-policy-link.ts';
export type { PolicyLinkInput, PolicyLinkResult } from './find-policy-link.ts';
export { htmlCharactersMax, tokensOf } from './html-tokens.ts';
export type { HtmlToken } from './html-tokens.ts';
export { linksOf } from './page-content.ts';
export type { PageLink } from './page-content.ts';
