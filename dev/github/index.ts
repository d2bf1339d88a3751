/**
 * A GitHub on loopback, for tests, demo and journeys: one server with one memory. It has no mercy: answers are held to GitHub's own
 * description where there is one, and things go wrong on demand.
 */
export { primaryLimit, secondaryLimit } from './faults.ts';
export type { Fault, Mishap } from './faults.ts';
export { addDemoBuilds } from './projects/demo-builds.ts';
export { addDemoRepository, demoRepository } from './projects/demo-repository.ts';
export { publishAppId } from './publishing/state.ts';
export type { PublishingState } from './publishing/state.ts';
export { seededAccounts, seededRepositories } from './projects/seed.ts';
export { startGitHub } from './start.ts';
export type { GitHubFake } from './start.ts';
export { deliver } from './webhooks.ts';
export type { RecordedEvent, WebhookDelivery } from './webhooks.ts';
export { claimsOf } from './tokens/claims.ts';
export type { TokenRun } from './tokens/claims.ts';
export { signJwt, startTokenService, tokenIssuer } from './tokens/service.ts';
export type { TokenService } from './tokens/service.ts';
export { startArtifacts } from './artifacts/service.ts';
export type { ArtifactMishap, ArtifactsFake } from './artifacts/service.ts';
