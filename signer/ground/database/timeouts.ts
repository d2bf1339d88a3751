/**
 * All timeouts of the signer for its database, in milliseconds. They apply to every connection, so that no other
 * session can hold up a step for longer. A timeout becomes Unavailable: the work waits and is retried.
 */
export const databaseTimeouts = {
  /** For a connection, a free one of the pool or a new one. */
  connect: 10_000,
  /** For a lock that somebody else holds (SQLSTATE 55P03). */
  lock: 3_000,
  /** For one statement, its locks included (57014). */
  statement: 20_000,
  /** For this process between two statements of a transaction: then the server ends it (25P03) and frees its rows. */
  idleInTransaction: 15_000,
  /** For the answer to one statement where the server or the network fails silently. */
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
