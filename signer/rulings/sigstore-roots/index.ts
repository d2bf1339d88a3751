/** Sigstore trust roots by build system: those that the signer was installed with, and those that it keeps current by TUF (decision 0098). */
export { openSigstoreRoots, type RootsVerdict, type SigstoreRoots, type UsedRoot } from './roots.ts';
