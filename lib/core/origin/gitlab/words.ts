import type { ProviderWords } from '../provider.ts';

export const words: ProviderWords = {
  unshown: 'Attest with cosign in a job of the project’s own CI configuration, by an id token of that job.',
  attest:
    'Attest the file in the job that builds it: id_tokens with aud: sigstore, then cosign attest-blob --type slsaprovenance1; and submit that bundle.',
  sign: 'Attest the build with Sigstore, by cosign and the job’s id token.',
};
