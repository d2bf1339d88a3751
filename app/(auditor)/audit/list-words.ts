import { recordLists, type RecordList } from '../../../lib/audit-records/index.ts';

export const listWords: Readonly<Record<RecordList, { readonly title: string; readonly lead: string }>> = {
  events: {
    title: 'Audit trail',
    lead: 'Who did what in the portal. An entry is written together with what it records, and the portal can’t change it later.',
  },
  decisions: {
    title: 'Decisions',
    lead: 'Reviews, approvals, policy changes, revocations, emergency stops and reports: what was decided, and by whom.',
  },
  journal: {
    title: 'Signer’s journal',
    lead: 'What the signer did. Each entry carries the hash of the one before.',
  },
  policies: {
    title: 'Policy history',
    lead: 'Every commit of the policy repository that the signer accepted, and whose signatures it counted.',
  },
};

export const isList = (text: string): text is RecordList => (recordLists as readonly string[]).includes(text);
