/**
 * The portal's REST API as programs use it: no terminal, no exit of a process, and no package but zod. The command line, the
 * Action and the tests call it.
 */
export { hashFile } from './digest.ts';
export type { Hashed, OnProgress, Progress } from './digest.ts';
export { downloadResumable } from './download.ts';
export type { Downloaded, DownloadInput } from './download.ts';
export { ClientError } from './error.ts';
export type { ClientErrorCode } from './error.ts';
export { fetchIdentityToken, hasIdentityToken, identityToken } from './identity-token.ts';
export { usualPatience } from './patience.ts';
export type { Going, Patience } from './patience.ts';
export { bodyOf, callPortal, readAnswer } from './portal.ts';
export type { Portal, Token } from './portal.ts';
export type { FindingView, Problem } from './problem-view.ts';
export { isFinal, readReasons, readRequest, reasonsOf, stateOf } from './request-view.ts';
export type { Reasons, RequestView } from './request-view.ts';
export { bundleHosts, cancel, listRequests, resubmit, submit } from './requests.ts';
export type { BundleFrom, ListedRequest, Submission, Submitted } from './requests.ts';
export { uploadResumable } from './upload.ts';
export type { UploadInput } from './upload.ts';
export { waitFor } from './wait.ts';
