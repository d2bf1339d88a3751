/** What is revoked: read from accepted policies, never forgotten. */
export { blockingRevocation } from './blocks.ts';
export { openRevocationRegister, type RevocationRegister, type Revocations } from './register.ts';
export { judgeAnswers } from './watch-answers.ts';
export { judgeList, type ListVerdict } from './watch-list.ts';
export { readRegister, registerText, RegisterError, type KnownRevocation } from './wire.ts';
