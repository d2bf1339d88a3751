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
