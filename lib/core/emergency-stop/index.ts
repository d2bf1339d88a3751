/** Who may freeze signing under a policy, and whether a signed word is theirs. */
export { judgeStopUnder, peopleWhoMayStop } from './judge.ts';
