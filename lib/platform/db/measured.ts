/** How long PostgreSQL is waited for, counted for the request at work. What is done outside of one is counted nowhere. */
import type { SqlDriverAdapter, SqlDriverAdapterFactory, Transaction } from '@prisma/driver-adapter-utils';
import { currentRequest } from '../http/index.ts';

/** The same adapter, with its statements timed. */
export function measured(factory: SqlDriverAdapterFactory): SqlDriverAdapterFactory {
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const adapter = timeStatements(await connect());
    const start = adapter.startTransaction.bind(adapter);
    // Its end is a statement, too.
    adapter.startTransaction = async (level) => timeStatements(await timed(() => start(level)));
    return adapter;
  };
  return factory;
}

function timeStatements<Queryable extends SqlDriverAdapter | Transaction>(queryable: Queryable): Queryable {
  const query = queryable.queryRaw.bind(queryable);
  const execute = queryable.executeRaw.bind(queryable);
  queryable.queryRaw = (statement) => timed(() => query(statement));
  queryable.executeRaw = (statement) => timed(() => execute(statement));
  return queryable;
}

async function timed<T>(ask: () => Promise<T>): Promise<T> {
  const work = currentRequest()?.work;
  if (work === undefined) return ask();
  const began = performance.now();
  try {
    return await ask();
  } finally {
    work.statements += 1;
    work.databaseMs += performance.now() - began;
  }
}
