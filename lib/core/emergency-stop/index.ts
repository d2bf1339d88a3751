/** Who may freeze signing under a policy, and whether a signed word is theirs. */
export { judgeStopUnder, speakersOf } from './judge.ts';
