/** Where a call comes from, as the program that listens sees it. */
export { clientAddressOf, isLoopbackAddress, isNetwork, openClientAddresses } from './client-address.ts';
export { networkOf } from './network.ts';
