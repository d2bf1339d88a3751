import type { Identity } from '#core/identity/index.ts';

/**
 * Accounts of the code host that no policy names, for the development sign-in: applicants are such accounts. Their numeric ids
 * are those of people on the development code host.
 */
export const developmentApplicants: readonly { readonly identity: Identity; readonly name: string }[] = [
  { identity: { host: 'github', id: '900010' }, name: 'Nora Newcomer' },
  { identity: { host: 'github', id: '900011' }, name: 'Sam Stranger' },
  { identity: { host: 'github', id: '900012' }, name: 'Wanda Weaver' },
  { identity: { host: 'github', id: '900013' }, name: 'Yuri Yarn' },
];
