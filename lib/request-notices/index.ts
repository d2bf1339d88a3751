/** Telling people what happens to requests: whom the policy names, of what the signer's journal says, once. */
export { tellOfDelays } from './delays.ts';
export { tellOfRequests } from './tell.ts';
