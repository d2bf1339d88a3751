import type { RevocationNotice } from '../../lib/revocations/index.ts';

/** What happened, for people. */
export const triggerWords: Readonly<Record<RevocationNotice['trigger'], string>> = {
  'conditions-breached': 'The foundation’s conditions were breached',
  'key-compromised': 'The key is, or may be, in others’ hands',
  malware: 'Malware was signed',
  'project-request': 'The project asked for it',
  delisted: 'The project left the foundation',
};
