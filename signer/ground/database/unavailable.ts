/** Which PostgreSQL errors mean that the database can't be used now, as opposed to a wrong statement. */
import { messageOf, Unavailable } from '../availability/index.ts';

/**
 * SQLSTATE classes and codes (PostgreSQL, appendix A): connection 08, authentication 28, no such database 3D, conflicts
 * 40, resources 53, operator 57, system 58 and XX; read-only after a failover, ended while idle in a transaction, locked;
 * missing privileges or tables, which migrating fixes.
 */
const sqlStates =
  /^(?:08|28|3D|40|53|57|58|XX)...$|^(?:25006|25P03|25P04|55P03|42501|42P01|42703|42883|3F000)$/;
const system = /^E(?:CONN|PIPE|HOST|NET|TIMEDOUT|AI_AGAIN|NOTFOUND)/;
const words =
  /connection terminated|not queryable|client was closed|timeout exceeded when trying to connect|query read timeout|cannot use a pool after/i;

const locked = '55P03';
const fixes: Readonly<Record<string, string>> = {
  '53100': 'give the file system of PostgreSQL more room; what waits goes on by itself then',
  [locked]: '“Database, as the signer uses it” on /status says who holds the lock',
  '57014':
    'look at the load of the database server; “Database, as the signer uses it” on /status says which session is blocking',
  '42501': 'run npm run db:migrate, which also sets the privileges again',
  '42P01': 'run npm run db:migrate',
  '42703': 'run npm run db:migrate',
  '42883': 'run npm run db:migrate',
};

/** A database error that may pass → Unavailable; anything else unchanged. */
export function asUnavailable(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof Unavailable) return error;
  const code = codeOf(error);
  const passes = code === null ? words.test(error.message) : sqlStates.test(code) || system.test(code);
  if (!passes) return error;
  const fix = (code === null ? undefined : fixes[code]) ?? 'check PostgreSQL and databaseUrl';
  return new Unavailable('database', `the database can’t be used: ${messageOf(error)}`, fix, error);
}

/** Without the database nothing can be decided or recorded: work in progress is left as it is. */
export function isDatabaseUnavailable(error: unknown): error is Unavailable {
  return error instanceof Unavailable && error.component === 'database';
}

/** Whether this process stopped waiting for an answer: the connection is still busy with the query. */
export function isUnanswered(error: unknown): boolean {
  return error instanceof Error && /query read timeout/i.test(error.message);
}

function codeOf(error: Error): string | null {
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? code : null;
}
