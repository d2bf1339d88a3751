/** The standing of signatures and releases now, for every page, feed and answer about a signed file. */
export { countRevokedReleases, countSignatures, type SignatureCounts } from './count.ts';
export { readFacts, type SignedAs, type SigningFacts } from './facts.ts';
export { revocationJson, standingJson } from './json.ts';
export { notSaved } from './not-saved.ts';
export { releaseStandings } from './releases.ts';
export { countSigned } from './signed-groups.ts';
