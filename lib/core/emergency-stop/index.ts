/** Who may stop signing under a policy, and whether a signed statement is theirs. */
export { judgeStopUnder, peopleWhoMayStop } from './judge.ts';
