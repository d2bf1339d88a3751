/**
 * Accounts of the code host that no policy names, for the development sign-in: whoever applies is one. Their numbers
 * are those of the development code host's people.
 */
export const developmentNewcomers = [
  { githubId: '900010', name: 'Nora Newcomer' },
  { githubId: '900011', name: 'Sam Stranger' },
  { githubId: '900012', name: 'Wanda Weaver' },
  { githubId: '900013', name: 'Yuri Yarn' },
] as const;
