/** What people have typed and not proposed yet. Their own, and nobody else's to see. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { parseCommitSha } from '../core/ids/index.ts';
import type { CommitSha } from '../core/ids/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { personOf } from './host.ts';

export interface SavedDraft {
  readonly id: string;
  readonly path: string;
  readonly number: number | null;
  /** The commit that was edited. */
  readonly base: CommitSha;
  /** Field name → texts, as the form sent them. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  /** Why it could not be proposed; null: nobody tried. */
  readonly error: { readonly message: string; readonly fix: string } | null;
  readonly updatedAt: Date;
}

const uuid = z.uuid();
const valuesSchema = z.record(z.string(), z.array(z.string()));
const errorSchema = z.object({ message: z.string(), fix: z.string() }).nullable();
/** Of each person; older ones go. */
const draftsKept = 30;
const valuesCharactersMax = 600_000;

export async function saveDraft(call: {
  readonly ctx: Context;
  readonly input: Omit<SavedDraft, 'id' | 'updatedAt'> & {
    /** The draft it goes on with; null: a new one. */
    readonly id: string | null;
  };
}): Promise<string> {
  const { ctx, input } = call;
  const authorId = personOf(ctx).githubId;
  const values = Object.fromEntries([...input.values].map(([name, texts]) => [name, [...texts]]));
  if (JSON.stringify(values).length > valuesCharactersMax) {
    throw new RangeError('a draft of this size is never sent by the form');
  }
  const id = (await ownId(ctx, authorId, input.id)) ?? randomUUID();
  const data = {
    ...{ authorId, number: input.number, path: input.path, base: input.base, values, updatedAt: ctx.now() },
    error: input.error === null ? { none: true } : { ...input.error },
  };
  await ctx.db.$transaction(async (transaction) => {
    await transaction.policyDraft.upsert({ where: { id }, update: data, create: { id, ...data } });
    const old = await transaction.policyDraft.findMany({
      where: { authorId },
      orderBy: { updatedAt: 'desc' },
      skip: draftsKept,
      select: { id: true },
    });
    await transaction.policyDraft.deleteMany({ where: { id: { in: old.map((one) => one.id) } } });
  });
  return id;
}

async function ownId(ctx: Context, authorId: string, id: string | null): Promise<string | null> {
  if (id === null || !uuid.safeParse(id).success) return null;
  const row = await ctx.db.policyDraft.findUnique({ where: { id }, select: { authorId: true } });
  return row?.authorId === authorId ? id : null;
}

/** null for a draft that isn't there, and for somebody else's. */
export async function readDraft(call: {
  readonly ctx: Context;
  readonly input: { readonly id: string };
}): Promise<SavedDraft | null> {
  const { ctx, input } = call;
  const { githubId } = personOf(ctx);
  if (!uuid.safeParse(input.id).success) return null;
  const row = await ctx.db.policyDraft.findUnique({ where: { id: input.id } });
  if (row?.authorId !== githubId) return null;
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
  const { githubId } = personOf(ctx);
  return ctx.db.policyDraft.findMany({
    where: { authorId: githubId },
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
  await ctx.db.policyDraft.deleteMany({ where: { id: input.id, authorId: personOf(ctx).githubId } });
}
