/**
 * How long the signer waits for its database, in one place. Every connection it opens has all of them, so nothing
 * that somebody else does there can hold a step for longer. What runs out becomes Unavailable: the work waits and is
 * tried again. Milliseconds.
 */
export const databaseTimeouts = {
  /** For a connection, a free one of the pool or a new one. */
  connect: 10_000,
  /** For a lock that somebody else holds (SQLSTATE 55P03). */
  lock: 3_000,
  /** For one statement, its locks included (57014). */
  statement: 20_000,
  /** Of this process between two statements of a transaction: the server then ends it (25P03), and frees its rows. */
  idleInTransaction: 15_000,
  /** For the answer to one statement where the server or the way to it is gone without a word. */
  answer: 30_000,
} as const;

/** As `pg` and pg-boss take them. */
export const connectionTimeouts = {
  connectionTimeoutMillis: databaseTimeouts.connect,
  lock_timeout: databaseTimeouts.lock,
  statement_timeout: databaseTimeouts.statement,
  idle_in_transaction_session_timeout: databaseTimeouts.idleInTransaction,
  query_timeout: databaseTimeouts.answer,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
} as const;
