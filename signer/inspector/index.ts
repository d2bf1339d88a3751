/**
 * Everything that parses hostile bytes: archives and programs are opened only in a child process without network,
 * keys or access to other files, which ends with the request.
 */
export { createInspector, type Inspector, type InspectorOptions, type SignedFile } from './inspector.ts';
export type { InsideFile, InspectedContainer, Inspection, Leaf, SignTarget } from './inspection.ts';
export type { FollowingList } from './follow-list.ts';
export type { Closed, Content, InsidePlace, ProgramInside } from './answers.ts';
export { InspectorError, limitsOfFiles, type InspectorErrorCode } from './inspector-error.ts';
export { defaultInspectorLimits, type InspectorLimits } from './limits.ts';
export { allFindings, fileName, unopenedFinding, unopenedReasons } from './unopened-finding.ts';
export { examineUnknown, type Examination, type UnknownFile } from './examine-unknown.ts';
export { pieceAt } from './piece.ts';
