/** Certificates that the accepted policy asks for and that have to be issued. */
export { dueCertificates, type DueCertificates, type DueProject } from './due-certificates.ts';
