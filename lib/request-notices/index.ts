/** Notifies the people whom the policy names, once each, of what the signer's journal says about requests. */
export { notifyOfDelays } from './delays.ts';
export { notifyOfRequests } from './notify.ts';
