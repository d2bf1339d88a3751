/** The applicant's own applications; others are treated as non-existent. */
import { isOwn } from '../platform/auth/index.ts';
import type { Context, Portal } from '../platform/portal/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { applicantOf } from './applicant.ts';
import { ApplicationsError } from './error.ts';
import { applicantIn, toApplication } from './row.ts';
import type { Application } from './row.ts';

const unknownApplication = (): ApplicationsError =>
  new ApplicationsError({
    code: 'UNKNOWN_APPLICATION',
    message: 'There is no such application of yours.',
    fix: 'Look at your list of applications; perhaps you are signed in with another account.',
  });

const idMax = 2_000_000_000;

export async function ownApplication(
  ctx: Pick<Context, 'actor'>,
  db: Portal['db'] | Transaction,
  id: number,
): Promise<Application> {
  applicantOf(ctx);
  if (!Number.isInteger(id) || id < 1 || id > idMax) throw unknownApplication();
  const row = await db.application.findUnique({ where: { id } });
  if (row === null || !isOwn(ctx.actor, applicantIn(row))) throw unknownApplication();
  return toApplication(row);
}

/** Locks the application, then reads it: decisions based on it stay valid until the end of the transaction. */
export async function lockOwnApplication(
  ctx: Pick<Context, 'actor'>,
  transaction: Transaction,
  id: number,
): Promise<Application> {
  await lockApplication(transaction, id);
  return ownApplication(ctx, transaction, id);
}

export async function lockApplication(transaction: Transaction, id: number): Promise<void> {
  if (!Number.isInteger(id) || id < 1 || id > idMax) throw unknownApplication();
  await transaction.$queryRaw`SELECT id FROM portal.application WHERE id = ${id} FOR UPDATE`;
}
