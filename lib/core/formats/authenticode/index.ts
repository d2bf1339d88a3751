/** What the formats that are signed by Authenticode share. */
export { authenticodeProblems } from './options.ts';
export { asVerification, authenticodeAssembly } from './signing.ts';
