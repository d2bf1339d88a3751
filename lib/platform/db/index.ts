/**
 * The only room that knows the Prisma client. Others take a `Database` or, inside a transaction, a
 * `Transaction`. The portal's role can write the schema `portal` and only read the schema `signer`.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, Prisma } from './generated/client.ts';
import { measured } from './measured.ts';

export { passedTime } from './passed-time.ts';
export type Database = PrismaClient;
export type Transaction = Prisma.TransactionClient;
export type {
  ApiToken,
  ApprovalSubmission,
  ArtifactFetch,
  CheckRun,
  JournalEntry,
  PartialUpload,
  PolicyDraft,
  PolicyProposal,
  PullRequest,
  PullRequestReview,
  SigningRequest,
} from './generated/client.ts';

/** SQL's NULL in a column of JSON. */
export const noJson: typeof Prisma.DbNull = Prisma.DbNull;

/** A piece of SQL, to be put into a query. */
export const sql: typeof Prisma.sql = Prisma.sql;
export type Sql = Prisma.Sql;

export function openDatabase(input: { readonly url: string; readonly connectionsMax?: number }): Database {
  const adapter = new PrismaPg({
    connectionString: input.url,
    max: input.connectionsMax ?? 10,
    connectionTimeoutMillis: 10_000,
    statement_timeout: 15_000,
    application_name: 'countersign-portal',
  });
  // Many who come at once, such as a hundred uploads that end together, wait for a connection in place of being sent away: two seconds,
  // which is Prisma's own, weren't enough for them.
  return new PrismaClient({
    adapter: measured(adapter),
    transactionOptions: { maxWait: 10_000, timeout: 10_000 },
  });
}

/** Whether a serializable transaction has to be repeated because another one changed the same rows (Prisma P2034). */
export function isWriteConflict(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2034';
}

/** Whether an insert met a row that is already there (Prisma P2002: unique constraint). */
export function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}
