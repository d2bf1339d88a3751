/** Where a call comes from, as the listening program sees it. */
export { clientAddressOf, isLoopbackAddress, isNetwork, openClientAddresses } from './client-address.ts';
export { networkOf } from './network.ts';
