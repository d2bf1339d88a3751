/** Edits that people have typed but not proposed yet. Private to them. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseCommitSha } from '#core/ids/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { formatCount } from '#core/text/typed/index.ts';
import { isOwn } from '../platform/auth/index.ts';
import type { PolicyDraft } from '../platform/db/index.ts';
import { atField } from '../platform/http/index.ts';
import type { FieldProblem } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { PolicyChangesError } from './error.ts';
import { personOf } from './host.ts';
import { invalid } from './proposal.ts';

export interface DraftError {
  readonly message: string;
  readonly fix: string;
  readonly fields: readonly FieldProblem[];
}

export interface SavedDraft {
  readonly id: string;
  readonly path: string;
  readonly number: number | null;
  /** The commit that was edited. */
  readonly base: CommitSha;
  /** Field name → texts, as the form sent them. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Why it could not be proposed; null: nobody tried. */
  readonly error: DraftError | null;
  readonly updatedAt: Date;
}

const uuid = z.uuid();
const valuesSchema = z.record(z.string(), z.array(z.string()));
const fieldSchema = z.object({ field: z.string(), code: z.string(), message: z.string() });
const errorSchema = z.object({
  message: z.string(),
  fix: z.string(),
  fields: z.array(fieldSchema).default([]),
});
/** Per person; older ones are deleted. */
const draftsKept = 30;
/** More than any form can bring (512 KiB). */
const valuesCharactersMax = 600_000;

export async function saveDraft(call: {
  readonly ctx: Context;
  readonly input: Omit<SavedDraft, 'id' | 'updatedAt'> & {
    /** The draft it goes on with; null: a new one. */
    readonly id: string | null;
  };
}): Promise<string> {
  const { ctx, input } = call;
  const author = personOf(ctx).identity;
  const columns = { authorHost: author.host, authorId: author.id };
  const values = Object.fromEntries([...input.values].map(([name, texts]) => [name, [...texts]]));
  checkValues(values);
  const id = (await ownId(ctx, input.id)) ?? randomUUID();
  const data = {
    ...columns,
    number: input.number,
    path: input.path,
    base: input.base,
    values,
    updatedAt: ctx.now(),
    error: input.error === null ? { none: true } : plainError(input.error),
  };
  await ctx.db.$transaction(async (transaction) => {
    await transaction.policyDraft.upsert({ where: { id }, update: data, create: { id, ...data } });
    const old = await transaction.policyDraft.findMany({
      where: columns,
      orderBy: { updatedAt: 'desc' },
      skip: draftsKept,
      select: { id: true },
    });
    await transaction.policyDraft.deleteMany({ where: { id: { in: old.map((draft) => draft.id) } } });
  });
  return id;
}

function checkValues(values: Readonly<Record<string, readonly string[]>>): void {
  const texts = Object.entries(values);
  const count = texts.flat(2).reduce((sum, text) => sum + text.length, 0);
  if (count > valuesCharactersMax) {
    const [found, most] = [formatCount(count), formatCount(valuesCharactersMax)];
    throw invalid(
      `What you entered has ${found} characters; at most ${most}.`,
      'Shorten it, then send it again.',
    );
  }
  // PostgreSQL keeps every character but this one.
  const field = texts.find(([name, all]) => [name, ...all].some((text) => text.includes('\0')))?.[0];
  if (field === undefined) return;
  throw new PolicyChangesError(
    atField(field, {
      code: 'CHANGE_INVALID',
      message: 'It contains a character that can’t be stored (U+0000).',
      fix: 'Remove the character, then send it again.',
    }),
  );
}

const plainError = ({ message, fix, fields }: DraftError) => ({
  message,
  fix,
  fields: fields.map((field) => ({ ...field })),
});

async function ownId(ctx: Context, id: string | null): Promise<string | null> {
  if (id === null || !uuid.safeParse(id).success) return null;
  const row = await ctx.db.policyDraft.findUnique({ where: { id } });
  return row !== null && isOwn(ctx.actor, authorOf(row)) ? id : null;
}

const authorOf = (row: PolicyDraft) => ({ host: row.authorHost, id: row.authorId });

/** Those of all accounts that a person has. */
const ofPerson = (ctx: Context) => ({
  OR: personOf(ctx).identities.map(({ host, id }) => ({ authorHost: host, authorId: id })),
});

/** null for a draft that isn't there, and for somebody else's. */
export async function readDraft(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<SavedDraft | null> {
  const { ctx, input } = call;
  personOf(ctx);
  if (!uuid.safeParse(input.id).success) return null;
  const row = await ctx.db.policyDraft.findUnique({ where: { id: input.id } });
  if (row === null || !isOwn(ctx.actor, authorOf(row))) return null;
  const error = errorSchema.safeParse(row.error);
  return {
    id: row.id,
    path: row.path,
    number: row.number,
    base: parseCommitSha(row.base),
    values: new Map(Object.entries(valuesSchema.parse(row.values))),
    error: error.success ? error.data : null,
    updatedAt: row.updatedAt,
  };
}

/** The person's drafts, newest first. */
export async function listDrafts(call: {
  readonly ctx: Context;
}): Promise<readonly Pick<SavedDraft, 'id' | 'path' | 'number' | 'updatedAt'>[]> {
  const { ctx } = call;
  return ctx.db.policyDraft.findMany({
    where: ofPerson(ctx),
    orderBy: { updatedAt: 'desc' },
    take: draftsKept,
    select: { id: true, path: true, number: true, updatedAt: true },
  });
}

export async function removeDraft(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<void> {
  const { ctx, input } = call;
  if (!uuid.safeParse(input.id).success) return;
  await ctx.db.policyDraft.deleteMany({ where: { id: input.id, ...ofPerson(ctx) } });
}
