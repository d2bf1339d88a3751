/** What can be reported, and how soon the foundation has to have acted: Code Signing BR §4.9.1.1. */
export const reportKinds = {
  malware: { words: 'It is malware, or contains some', hours: 24 },
  'key-compromised': { words: 'A signing key is, or may be, in others’ hands', hours: 24 },
  'conditions-breached': { words: 'The project breaks the foundation’s conditions', hours: 120 },
  other: { words: 'Something else is wrong with a certificate or a signature', hours: 120 },
} as const;
export type ReportKind = keyof typeof reportKinds;

export const reportOutcomes = {
  revoked: 'The certificate is being revoked',
  'no-grounds': 'No grounds for revoking were found',
  duplicate: 'It was reported before',
  elsewhere: 'It isn’t this foundation’s to decide',
} as const;
export type ReportOutcome = keyof typeof reportOutcomes;
