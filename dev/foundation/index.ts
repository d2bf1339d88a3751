/** A foundation for one machine: its keys, its people's SSH keys, its policy repository. Development only. */
export { commitAccepted, committerOf, coSign } from './accept.ts';
export { holdCeremony, type FoundationKeys } from './ceremony.ts';
export { seedPolicyRepository, type SeededPolicies } from './seed-policies.ts';
export {
  startFoundation,
  startPortalOf,
  type Foundation,
  type FoundationOptions,
} from './start-foundation.ts';
