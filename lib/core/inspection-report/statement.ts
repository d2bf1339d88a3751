/**
 * What the log's key signs of a report: a readable text, usable with `sha256sum -c`, that can hold nothing but digests, numbers and
 * times. It is the text of a signed note (lib/core/pki/note).
 */
export interface ReportStatement {
  /** UUID of the request. */
  readonly request: string;
  /** SHA-256 of the artifact that was inspected. */
  readonly artifactSha256: string;
  /** The entry of the signer's journal that names the report: its number and hash. */
  readonly journal: { readonly seq: string; readonly hash: string };
  readonly signedAt: Date;
  /** The document. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly entries: number;
}

export const reportFileName = 'report.json';
const begin = 'countersign-inspection-report/1';

/** Values → text. Throws RangeError for values that it can't represent. */
export function formatStatement(statement: ReportStatement): string {
  const { request, artifactSha256, journal, signedAt, sha256, sizeBytes, entries } = statement;
  const text = [
    begin,
    `request ${request}`,
    `artifact ${artifactSha256}`,
    `journal ${journal.seq} ${journal.hash}`,
    `signed ${signedAt.toISOString()}`,
    '',
    `${sha256}  ${reportFileName}`,
    `${reportFileName}: ${entries} entries, ${sizeBytes} bytes`,
  ]
    .map((line) => `${line}\n`)
    .join('');
  if (readLines(text) === null) throw new RangeError('no statement about an inspection report');
  return text;
}

const hash = '([0-9a-f]{64})';
const count = '(0|[1-9][0-9]{0,15})';
const lines = new RegExp(
  [
    `^${begin}`,
    'request ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    `artifact ${hash}`,
    `journal ([1-9][0-9]{0,18}) ${hash}`,
    'signed (\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z)',
    '',
    `${hash}  report\\.json`,
    `report\\.json: ${count} entries, ${count} bytes\n$`,
  ].join('\n'),
);

/** Text → values; null: it isn't exactly a statement. */
export function parseStatement(text: string): ReportStatement | null {
  const statement = readLines(text);
  return statement !== null && formatStatement(statement) === text ? statement : null;
}

function readLines(text: string): ReportStatement | null {
  const match = text.length > 1024 ? null : lines.exec(text);
  if (match === null) return null;
  const [, request = '', artifactSha256 = '', seq = '', entryHash = '', signed = '', ...document] = match;
  const [sha256 = '', entries = '', sizeBytes = ''] = document;
  const signedAt = new Date(signed);
  if (Number.isNaN(signedAt.getTime())) return null;
  return {
    request,
    artifactSha256,
    journal: { seq, hash: entryHash },
    signedAt,
    sha256,
    entries: Number(entries),
    sizeBytes: Number(sizeBytes),
  };
}
