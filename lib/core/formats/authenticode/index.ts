/**
 * What the formats that are signed by Authenticode share. A format that says in its `compile` that it supports them
 * (`authenticodeProblems`) gets from here:
 *
 * - other hashes: `subject` and `readBack` digest by `roundHash(sign)`, and state that hash in what they make;
 * - a signature that is there already: `existingSignature(sign)` says whether `subject` and `inspect` refuse it, `embed`
 *   replaces it, or nests the new one in it (`nestSignature` of `pki/cms`; `withoutNested` proves it in `readBack`, whose
 *   `signature` is the new one alone);
 * - two signatures by two hashes: nothing more, since the second is a round that appends;
 * - `verify`: `inspect` hands all signatures of the file to `verifyUpstream`, and says what each has to be about.
 */
export { verifyUpstream } from './verify-upstream.ts';
export {
  authenticodeProblems,
  describeAuthenticode,
  existingSignature,
  roundHash,
  type AuthenticodeSupport,
} from './options.ts';
export { isSignatureAfter, signatureAfter, signatureBefore } from './second-signature.ts';
export { asVerification, authenticodeAssembly, verifyAssembled } from './signing.ts';
export { authenticodeOutside, scriptOutside } from './outside.ts';
