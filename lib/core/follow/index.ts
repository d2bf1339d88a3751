/** Files that state digests or sizes of files that get signed, and follow them. */
export { figuresOf } from './figures.ts';
export { FollowError, type Figures, type FollowFormatId } from './follow.ts';
export {
  judgeElsewhere,
  judgeLists,
  type ChangingList,
  type FileInContainer,
  type JudgedLists,
  type ListToJudge,
} from './judge.ts';
export { followFormats } from './registry.ts';
export { findStaleIn, listFormatOf, type StaleList } from './stale.ts';
export { rewriteList, type ExpectedField, type FieldChange, type Rewritten } from './rewrite.ts';
