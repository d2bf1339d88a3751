/** Who submitted a request: the only format in which it is written and read. Pure. */
export { formatSubmitter, parseSubmitter, submittingPerson, tokenNameForm } from './submitter.ts';
export type { Submitter } from './submitter.ts';
export { maySubmit, submittingPeople } from './may-submit.ts';
export type { SubmittingPlace } from './may-submit.ts';
