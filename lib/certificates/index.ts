export { certificateStates, endingDays, readInventory } from './inventory.ts';
export type { CertificateState, Inventory, InventoryEntry } from './inventory.ts';
export { indexCertificates, listCertificates, openCertificate } from './list.ts';
export type { CertificateIndex, PublishedCertificate } from './list.ts';
export { knownRevocations } from './revoked.ts';
export type { KnownRevocations, RememberedRevocation } from './revoked.ts';
export { tellOfRenewals } from './tell.ts';
export { issueCommand, tellOfWishes } from './tell-wanted.ts';
export { verifyCommand } from './verify-command.ts';
