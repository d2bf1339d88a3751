/** What an auditor asks a list for: a period, a kind, an actor, a project, and where to go on. */
import { auditActionNames, dayAfter, parseDay } from '#core/audit/index.ts';
import { journalKinds } from '#core/wire/journal/index.ts';
import { FieldReader } from '../platform/http/index.ts';
import { AuditRecordsError } from './error.ts';
import { decisionKinds } from './decision-kinds.ts';

export const recordLists = ['events', 'decisions', 'journal', 'policies'] as const;
export type RecordList = (typeof recordLists)[number];

/** Empty: all of them. */
export const kindsOf: Readonly<Record<RecordList, readonly string[]>> = {
  events: auditActionNames,
  decisions: decisionKinds,
  journal: journalKinds,
  policies: [],
};

export interface RecordQuery {
  /** Days as in the address, `2026-11-30`; both are part of the period. Empty: thirty days ago, and today. */
  readonly from: string;
  readonly to: string;
  readonly kind: string;
  readonly actor: string;
  /** Slug of a project. */
  readonly project: string;
  /** `at` and key of the last row of the page before; empty: the first page. */
  readonly after: string;
}

/** A query that can be asked of the database; null: no limit by it. */
export interface CheckedQuery {
  readonly from: Date;
  readonly to: Date;
  readonly kind: string | null;
  readonly actor: string | null;
  readonly project: string | null;
  readonly after: { readonly at: Date; readonly key: string } | null;
}

export const actorCharactersMax = 300;
const defaultDays = 30;
const dayMilliseconds = 24 * 3600 * 1000;

/** Throws QUERY_INVALID with what is wrong at which field, CURSOR_INVALID. */
export function checkQuery(list: RecordList, query: RecordQuery, now: Date): CheckedQuery {
  const reader = new FieldReader();
  const text = (field: 'actor' | 'project', label: string): string | null => {
    const typed = query[field].trim();
    if (typed === '') return null;
    return reader.text(field, typed, { label, charactersMax: actorCharactersMax });
  };
  const today = parseDay(now.toISOString().slice(0, 10)) ?? now;
  const day = (field: 'from' | 'to', otherwise: Date): Date => {
    if (query[field] === '') return otherwise;
    const parsed = parseDay(query[field]);
    if (parsed !== null) return parsed;
    reader.refuse(
      field,
      'INVALID',
      `${field === 'from' ? 'From' : 'Up to'}: enter a day, such as 2026-11-30`,
    );
    return otherwise;
  };
  const to = day('to', today);
  const from = day('from', new Date(to.getTime() - (defaultDays - 1) * dayMilliseconds));
  if (from > to) reader.refuse('to', 'INVALID', 'Up to: enter no day before the first');
  if (query.kind !== '' && !kindsOf[list].includes(query.kind))
    reader.refuse('kind', 'INVALID', 'Kind: choose one of the list');
  const [actor, project] = [text('actor', 'By whom'), text('project', 'Project')];
  if (reader.problems.length > 0) {
    throw new AuditRecordsError({
      code: 'QUERY_INVALID',
      message: 'Nothing could be looked up.',
      fix: 'Correct what is marked.',
      fields: reader.problems,
    });
  }
  const kind = query.kind === '' ? null : query.kind;
  return { from, to: dayAfter(to), kind, actor, project, after: parseAfter(query.after) };
}

/** → `2026-11-28T10:00:00.000Z_portal:17` */
export const formatAfter = ({ at, key }: { readonly at: Date; readonly key: string }): string =>
  `${at.toISOString()}_${key}`;

const keyForm = /^[a-z-]{1,40}:[0-9A-Za-z.:/+_=-]{1,300}$/;

function parseAfter(text: string): CheckedQuery['after'] {
  if (text === '') return null;
  const at = new Date(text.slice(0, 24));
  const key = text.slice(25);
  const isTime = !Number.isNaN(at.getTime()) && at.toISOString() === text.slice(0, 24);
  if (isTime && text[24] === '_' && keyForm.test(key)) return { at, key };
  throw new AuditRecordsError({
    code: 'CURSOR_INVALID',
    message: 'This address names no page of the list.',
    fix: 'Start from the first page.',
  });
}
