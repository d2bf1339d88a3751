import type { ProviderName } from '#core/origin/index.ts';

/** What maintainers are told around the text that they copy. */
interface GuideWords {
  /** Where the repository keeps the token. */
  readonly secret: string;
  /** Of the copied text, as a sentence. */
  readonly copied: string;
  /** What a push starts, in the middle of a sentence. */
  readonly run: string;
  /** What goes with a policy for other builds than releases. */
  readonly step: string;
  /** Where an attestation comes from, in the middle of a sentence. */
  readonly bundle: string;
}

const guideWords: Readonly<Record<ProviderName, GuideWords>> = {
  github: {
    secret: 'Settings → Secrets and variables → Actions',
    copied: 'The actions are pinned by commit; update them as new versions are released.',
    run: 'workflow',
    step: 'In place of the workflow’s own step, or in another workflow.',
    bundle: 'gh attestation download writes one to a line: take the line of this build',
  },
  gitlab: {
    secret: 'Settings → CI/CD → Variables (masked, hidden and protected)',
    copied:
      'Protect the tags that you release from under Settings → Repository: protected variables are there for them alone.',
    run: 'pipeline',
    step: 'Beside the include that is there: it adds a job of its own.',
    bundle: 'cosign attest-blob writes it',
  },
};

export const guideWordsFor = (provider: ProviderName): GuideWords => guideWords[provider];
