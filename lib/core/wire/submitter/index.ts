/** Who submitted a request: the only format in which it is written and read. Pure. */
export { formatSubmitter, parseSubmitter, submittingPerson, tokenNameForm } from './submitter.ts';
export type { Submitter, SubmittingBuild } from './submitter.ts';
export { isOfRepository, maySubmit, submittingPeople, takesBuilds } from './may-submit.ts';
export type { SubmittingPlace } from './may-submit.ts';
