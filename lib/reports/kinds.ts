/** What can be reported, and how soon the foundation has to have acted: Code Signing BR §4.9.1.1. */
export const reportKinds = {
  malware: { words: 'It is malware, or contains some', hours: 24 },
  'key-compromised': { words: 'A signing key is, or may be, in others’ hands', hours: 24 },
  'conditions-breached': { words: 'The project breaks the foundation’s conditions', hours: 120 },
  other: { words: 'Something else is wrong with a certificate or a signature', hours: 120 },
  /** From the project's own people, with two weeks by this foundation's promise; no rule of others asks for it. */
  appeal: { words: 'Appeal against a revocation', hours: 14 * 24 },
} as const;
export type ReportKind = keyof typeof reportKinds;

export const reportOutcomes = {
  revoked: 'The certificate is being revoked',
  'no-grounds': 'No grounds for revoking were found',
  duplicate: 'It was reported before',
  elsewhere: 'It isn’t this foundation’s to decide',
  reinstated: 'The project may have certificates again',
  upheld: 'The revocation stands, and so does what follows from it',
} as const;
export type ReportOutcome = keyof typeof reportOutcomes;

const onAppeal: readonly ReportOutcome[] = ['reinstated', 'upheld'];

/** How a report of a kind can end, with words. */
export function outcomesOf(kind: ReportKind): readonly (readonly [outcome: ReportOutcome, words: string])[] {
  const all = Object.entries(reportOutcomes) as [ReportOutcome, string][];
  return all.filter(([outcome]) => onAppeal.includes(outcome) === (kind === 'appeal'));
}
