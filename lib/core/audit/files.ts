/** The files of an export: who writes each, and its columns. */
export const auditRecords = {
  'audit-events': { by: 'portal', columns: ['id', 'at', 'actor', 'action', 'subject', 'detail'] },
  decisions: { by: 'portal', columns: ['id', 'at', 'actor', 'decision', 'subject', 'outcome', 'detail'] },
  journal: {
    by: 'signer',
    columns: ['seq', 'at', 'requestId', 'kind', 'body', 'previousHash', 'entryHash'],
  },
  approvals: {
    by: 'signer',
    columns: [
      'requestId',
      'seenAt',
      'decision',
      'keyFingerprint',
      'statementSha256',
      'expiresAt',
      'statement',
      'signature',
    ],
  },
  'policy-history': { by: 'signer', columns: ['seq', 'acceptedAt', 'commit', 'parent', 'signers'] },
} as const;

export type AuditRecord = keyof typeof auditRecords;
export type AuditWriter = (typeof auditRecords)[AuditRecord]['by'];

export const auditRecordsBy = (writer: AuditWriter): readonly AuditRecord[] =>
  (Object.keys(auditRecords) as AuditRecord[]).filter((name) => auditRecords[name].by === writer);

/** Names of all files that this writer makes, in the order of the digest. */
export const auditFileNames = (writer: AuditWriter): readonly string[] =>
  auditRecordsBy(writer).flatMap((record) => [`${record}.csv`, `${record}.jsonl`]);

/** Name of the signed digest beside them. */
export const digestFileName = 'digest.note';
