import { FieldReader } from '../platform/http/index.ts';
import { ReportsError } from './error.ts';
import { reportKinds, type ReportKind } from './kinds.ts';

/** As a form sends it: texts, empty where nothing was said. */
export interface ReportInput {
  readonly kind: string;
  readonly project: string;
  readonly serial: string;
  readonly fileSha256: string;
  readonly links: string;
  readonly description: string;
  readonly contact: string;
}

export interface CheckedReport {
  readonly kind: ReportKind;
  readonly project: string | null;
  /** Lower-case hexadecimal digits, without colons. */
  readonly serial: string | null;
  readonly fileSha256: string | null;
  readonly links: readonly string[];
  readonly description: string;
  readonly contact: string | null;
}

/** In characters. Also shown by the forms. */
export const reportLimits = { description: 10_000, links: 10_000, contact: 200 } as const;
const linksMax = 20;
const linkCharactersMax = 500;

const kinds = Object.keys(reportKinds) as ReportKind[];

/** Rejects with INVALID, with everything that is wrong and the field it is wrong with. */
export function checkReport(input: ReportInput): CheckedReport {
  const reader = new FieldReader();
  const kind = reader.choice('kind', input.kind, kinds, 'What is wrong: choose one.');
  const description = reader.text('description', input.description, {
    label: 'What you saw',
    lines: true,
    charactersMin: 20,
    charactersMax: reportLimits.description,
    missing: 'say it in at least 20 characters, so that somebody else can look',
  });
  const project = input.project.trim();
  if (project !== '' && !/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/.test(project)) {
    reader.refuse('project', 'INVALID', 'The project: choose one, or none.');
  }
  const serial = input.serial.replaceAll(/[\s:]/g, '').toLowerCase();
  if (serial !== '' && !/^[0-9a-f]{2,40}$/.test(serial)) {
    const message =
      'Serial number of the certificate: enter hexadecimal digits, as the certificate shows them.';
    reader.refuse('serial', 'INVALID', message);
  }
  const fileSha256 = input.fileSha256.trim().toLowerCase();
  if (fileSha256 !== '' && !/^[0-9a-f]{64}$/.test(fileSha256)) {
    reader.refuse('fileSha256', 'INVALID', 'SHA-256 of the file: enter 64 hexadecimal digits.');
  }
  const links = readLinks(reader, input.links);
  const contact = reader.text('contact', input.contact, {
    label: 'How to reach you',
    optional: true,
    charactersMax: reportLimits.contact,
  });
  const [problem] = reader.problems;
  if (problem !== undefined || kind === null) {
    throw new ReportsError({
      code: 'INVALID',
      message: problem?.message ?? 'The report can’t be read.',
      fix: 'Correct it and send it again: what you typed is still here.',
      fields: reader.problems,
    });
  }
  return {
    kind,
    project: orNull(project),
    serial: orNull(serial),
    fileSha256: orNull(fileSha256),
    links,
    description,
    contact: orNull(contact),
  };
}

const orNull = (text: string): string | null => (text === '' ? null : text);

function readLinks(reader: FieldReader, typed: string): readonly string[] {
  const rules = { label: 'Links', lines: true, optional: true, charactersMax: reportLimits.links };
  const links = reader
    .text('links', typed, rules)
    .split(/\s+/)
    .filter((link) => link !== '');
  if (links.length > linksMax) {
    reader.refuse('links', 'TOO_MANY', `Links: ${links.length}; at most ${linksMax}.`);
  }
  const wrong = links.find(
    (link) => link.length > linkCharactersMax || !/^https?:\/\/[^\s@]+$/.test(link) || !URL.canParse(link),
  );
  if (wrong !== undefined) {
    const message = `Links: each on a line of its own, beginning with https:// and of at most ${linkCharactersMax} characters; “${wrong.slice(0, 60)}” isn’t one.`;
    reader.refuse('links', 'INVALID', message);
  }
  return links;
}
