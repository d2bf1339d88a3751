/** What needs Next.js around it: sessions and sign-in. Apart, so that verbs and tests run without it. */
export { authOptions, developmentProviderId } from './options.ts';
export { sessionActor, sessionHostToken } from './session.ts';
export { runAuthAction } from './sign-in.ts';
