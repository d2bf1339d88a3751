export { answerRequests } from './answer-requests.ts';
export type { FrontDoorOptions } from './answer-requests.ts';
export { openServer } from './open-server.ts';
