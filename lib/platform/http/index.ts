/** Errors that people read, and what is known of the request at work. */
export { atField, ExplainedError, isExplained } from './explained-error.ts';
export type { Explanation, FieldProblem } from './explained-error.ts';
export { FieldReader } from './field-reader.ts';
export {
  beginAction,
  currentRequest,
  newRequestId,
  noteSigningRequest,
  withRequest,
} from './current-request.ts';
export type { CurrentRequest, FormOutcome } from './current-request.ts';
export { newWork, workOf, type RequestWork } from './request-work.ts';
export { isOutage } from './outage.ts';
export { lengthHeader, sized, wholeResponse } from './sized.ts';
export { isNestedTooDeeply, nestingMax } from './nesting.ts';
