/** The revocation authority: signed revocation lists, published as files. */
export { authorityConfigSchema, type AuthorityConfig, type AuthorityConfigInput } from './config.ts';
export { AuthorityError, type AuthorityErrorCode } from './error.ts';
export { listName, type Published } from './publish.ts';
export { startAuthority, type RunningAuthority } from './start.ts';
