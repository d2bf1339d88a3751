export { certificateStates, endingDays, readInventory } from './inventory.ts';
export type { CertificateState, Inventory, InventoryEntry } from './inventory.ts';
export { listCertificates, openCertificate } from './list.ts';
export type { PublishedCertificate } from './list.ts';
export { tellOfRenewals } from './tell.ts';
