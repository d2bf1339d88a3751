/**
 * `verify`, whatever the format: every signature that a file carries is judged, and each one has to hold. The format finds them, says
 * what each has to be about, and who made it; certificates, timestamps and the findings are the same for all.
 */
export {
  takeUpstreams,
  upstreamFindings,
  verifiedAndRefused,
  type Judged,
  type Refusal,
  type UpstreamFile,
} from './findings.ts';
export { judgeSignature, weak } from './judge-signature.ts';
export { describePin } from './pinned-signer.ts';
