export { listCertificates, openCertificate } from './list.ts';
export type { PublishedCertificate } from './list.ts';
export { tellOfRenewals } from './tell.ts';
