/**
 * The signed digest of an export: a readable text, usable with `sha256sum -c`, which can contain nothing but digests,
 * numbers and times. It is the text of a signed note (lib/core/pki/note).
 */
import { createHash } from 'node:crypto';
import { auditFileNames, type AuditWriter } from './files.ts';

export interface DigestedFile {
  readonly name: string;
  /** 64 lower-case hexadecimal digits. */
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly rows: number;
}

export interface AuditDigest {
  /** From 1 without gaps, regardless of the periods. */
  readonly number: number;
  /** SHA-256 of the text of the digest before; null: the first. */
  readonly previous: string | null;
  readonly exportId: string;
  readonly from: Date;
  readonly to: Date;
  readonly signedAt: Date;
  /** The journal's entries of the period; null: it has none. */
  readonly journal: {
    readonly first: string;
    /** Hash of the entry before the first, where the chain begins. */
    readonly before: string;
    readonly last: string;
    /** Hash of the last entry, where the chain continues. */
    readonly head: string;
  } | null;
  /** Written and hashed by the signer, from its own records. */
  readonly signer: readonly DigestedFile[];
  /** As the portal named them: the signer can't vouch for them, only for what was named. */
  readonly portal: readonly DigestedFile[];
}

const begin = 'countersign-audit-digest/1';
const words: Readonly<Record<AuditWriter, string>> = {
  signer: 'Written by the signer, from its own records:',
  portal: 'As the portal handed them in:',
};

/** Values → text. Throws RangeError for values that it can't represent. */
export function formatDigest(digest: AuditDigest): string {
  const { number, previous, exportId, from, to, signedAt, journal } = digest;
  const text = [
    begin,
    `number ${number}`,
    `previous ${previous ?? 'none'}`,
    `export ${exportId}`,
    `period ${from.toISOString()} ${to.toISOString()}`,
    `signed ${signedAt.toISOString()}`,
    journal === null
      ? 'journal none'
      : `journal ${journal.first} ${journal.before} ${journal.last} ${journal.head}`,
    ...(['signer', 'portal'] as const).flatMap((writer) => [
      '',
      words[writer],
      ...digest[writer].flatMap(linesOf),
    ]),
  ]
    .map((line) => `${line}\n`)
    .join('');
  if (parseLines(text) === null) throw new RangeError('no digest of an audit export');
  return text;
}

/** Text → values; null: it isn't exactly a digest. */
export function parseDigest(text: string): AuditDigest | null {
  const digest = parseLines(text);
  return digest !== null && formatDigest(digest) === text ? digest : null;
}

export const digestSha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const linesOf = ({ name, sha256, sizeBytes, rows }: DigestedFile): readonly string[] => [
  `${sha256}  ${name}`,
  `${name}: ${rows} rows, ${sizeBytes} bytes`,
];

const hash = '[0-9a-f]{64}';
const count = '(?:0|[1-9][0-9]{0,15})';
const time = '\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}\\.\\d{3}Z';
const seq = '[1-9][0-9]{0,18}';
const head = new RegExp(
  [
    `^${begin}`,
    'number ([1-9][0-9]{0,8})',
    `previous (none|${hash})`,
    'export ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})',
    `period (${time}) (${time})`,
    `signed (${time})`,
    `journal (?:none|(${seq}) (${hash}) (${seq}) (${hash}))$`,
  ].join('\n'),
);
const textCharactersMax = 16_384;

function parseLines(text: string): AuditDigest | null {
  if (text.length > textCharactersMax || !text.endsWith('\n')) return null;
  const [about = '', ours = '', theirs = '', ...more] = text.slice(0, -1).split('\n\n');
  const match = head.exec(about);
  const [signer, portal] = [filesOf('signer', ours), filesOf('portal', theirs)];
  if (match === null || signer === null || portal === null || more.length > 0) return null;
  const [, number = '', previous = '', exportId = '', from = '', to = '', signedAt = '', ...chain] = match;
  const [first, before, last, lastHash] = chain;
  const dates = [from, to, signedAt].map((one) => new Date(one));
  const [fromDate, toDate, signedDate] = dates;
  if (dates.some((date) => Number.isNaN(date.getTime()))) return null;
  if (fromDate === undefined || toDate === undefined || signedDate === undefined) return null;
  return {
    number: Number(number),
    previous: previous === 'none' ? null : previous,
    exportId,
    from: fromDate,
    to: toDate,
    signedAt: signedDate,
    signer,
    portal,
    journal:
      first === undefined || before === undefined || last === undefined || lastHash === undefined
        ? null
        : { first, before, last, head: lastHash },
  };
}

function filesOf(writer: AuditWriter, paragraph: string): readonly DigestedFile[] | null {
  const names = auditFileNames(writer);
  const [title, ...lines] = paragraph.split('\n');
  if (title !== words[writer] || lines.length !== names.length * 2) return null;
  const files = names.map((name, index): DigestedFile | null => {
    const digest = new RegExp(`^(${hash})  ${name.replace('.', '[.]')}$`).exec(lines[index * 2] ?? '');
    const sizes = new RegExp(`^${name.replace('.', '[.]')}: (${count}) rows, (${count}) bytes$`).exec(
      lines[index * 2 + 1] ?? '',
    );
    if (digest?.[1] === undefined || sizes?.[1] === undefined || sizes[2] === undefined) return null;
    return { name, sha256: digest[1], rows: Number(sizes[1]), sizeBytes: Number(sizes[2]) };
  });
  return files.every((file) => file !== null) ? files : null;
}
