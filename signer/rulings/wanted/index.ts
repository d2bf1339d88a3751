/** Certificates that the accepted policy asks for and nobody has. */
export { wantedCertificates, type Wanted, type WantedProject } from './wanted.ts';
