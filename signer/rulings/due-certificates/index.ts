/** Certificates that the accepted policy asks for and nobody has. */
export { dueCertificates, type DueCertificates, type DueProject } from './due-certificates.ts';
