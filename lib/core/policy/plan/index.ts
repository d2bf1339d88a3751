/**
 * What a change of the policy repository means before anybody accepts it: every difference, whether it tightens or
 * loosens, and how past signing requests would be decided. Reads nothing, writes nothing.
 */
export { affectedPolicies, affectedShownMax } from './affected-policies.ts';
export type { AffectedPolicies, AffectedPolicy, PolicyView } from './affected-policies.ts';
export { worst } from '../../field-record/index.ts';
export type { Effect } from '../../field-record/index.ts';
export type { Change, ChangedKind } from './change.ts';
export { compareSnapshots } from './compare-snapshots.ts';
export { configurationSha256 } from './compile-policy.ts';
export { changedSentences, formatPlan, unknownToPlan } from './format-plan.ts';
export { expulsionSignaturesMin } from './expulsion.ts';
export { formatPlanMarkdown, planMarker } from './format-markdown.ts';
export { shown as shownValue } from '../../field-record/index.ts';
export { parsePastRequests, PastRequestError } from './parse-past-requests.ts';
export { pastRequestsFromJournal } from './past-from-journal.ts';
export type {
  PastApproval,
  PastDecision,
  PastEntry,
  PastInspection,
  PastOrigin,
  PastRequest,
} from './past-request.ts';
export { planChange } from './plan.ts';
export type { Plan, ReplayedRequest, ReplayReport } from './plan.ts';
export { programMoves } from './program-moves.ts';
export type { ProgramMove } from './program-moves.ts';
export { replay } from './replay.ts';
export { requiredSignatures } from './required-signatures.ts';
export type { RequiredSignatures } from './required-signatures.ts';
export type { ReplayOutcome, ReplayVerdict } from './replay.ts';
