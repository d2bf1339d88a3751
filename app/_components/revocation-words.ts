import type { RevocationNotice } from '../../lib/revocations/index.ts';

const words: Readonly<Record<NonNullable<RevocationNotice['trigger']>, string>> = {
  'conditions-breached': 'The foundation’s conditions were breached',
  'key-compromised': 'The key is, or may be, in others’ hands',
  malware: 'Malware was signed',
  'project-request': 'The project asked for it',
  delisted: 'The project left the foundation',
};

/** What happened, for people. */
export const triggerWords = (trigger: RevocationNotice['trigger']): string =>
  trigger === null ? 'Why can’t be read any more' : words[trigger];

type Named = Pick<RevocationNotice, 'publisher' | 'certificate'>;

/** What the foundation did: another authority's certificate it can't revoke. */
export const revokedTitle = ({ publisher, certificate }: Named): string =>
  publisher === 'project'
    ? `the foundation stopped signing with its own certificate “${certificate}”`
    : `certificate “${certificate}” revoked`;

export const revokedSummary = ({
  publisher,
  effectiveAt,
  statement,
}: Pick<RevocationNotice, 'publisher' | 'effectiveAt' | 'statement'>): string =>
  `As of ${effectiveAt.toISOString()}${publisher === 'project' ? ' according to the foundation; only the authority that issued it can revoke it for everybody' : ''}. ${statement}`;
