import type { ProviderWords } from '../provider.ts';

export const words: ProviderWords = {
  unshown: "Build with a current version of the build system's attestation action.",
  attest:
    'Attest the file in the job that builds it with actions/attest-build-provenance, and submit that bundle.',
  sign: 'Attest the build with Sigstore, as GitHub does.',
};
