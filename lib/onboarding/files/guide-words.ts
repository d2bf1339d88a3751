import type { Origin } from '#core/generated/index.ts';
import { providerOf, type ProviderName } from '#core/origin/index.ts';

/** What maintainers are told around the text that they copy. */
interface GuideWords {
  /** Where the repository keeps the token. */
  readonly secret: string;
  /** Of the copied text, as a sentence. */
  readonly copied: string;
  /** Where an attestation comes from, in the middle of a sentence. */
  readonly bundle: string;
}

const guideWords: Readonly<Record<ProviderName, GuideWords>> = {
  github: {
    secret: 'Settings → Secrets and variables → Actions',
    copied: 'The actions are pinned by commit; update them as new versions are released.',
    bundle: 'gh attestation download writes one to a line: take the line of this build',
  },
  gitlab: {
    secret: 'Settings → CI/CD → Variables (masked, hidden and protected)',
    copied:
      'Protect the tags that you release from under Settings → Repository: protected variables are there for them alone.',
    bundle: 'cosign attest-blob writes it',
  },
};

/** Of a project without a policy that names its builds, GitHub's. */
export const guideWordsFor = (origin: Origin | undefined): GuideWords => guideWords[providerOf(origin ?? {})];
