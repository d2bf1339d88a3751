import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'pg';
import { migrateDatabase } from '../../../scripts/database/migrate.ts';

/** The three database roles and the superuser that only sets databases up. */
export type DatabaseRole = 'owner' | 'portal' | 'signer';

export interface DatabaseUrls extends Readonly<Record<DatabaseRole, string>> {
  readonly name: string;
}

export interface DatabaseServer {
  readonly port: number;
  readonly superuserPassword: string;
  readonly passwords: Readonly<Record<DatabaseRole, string>>;
}

function url(server: DatabaseServer, role: string, password: string, database: string): string {
  return `postgresql://${role}:${encodeURIComponent(password)}@127.0.0.1:${server.port}/${database}`;
}

function databaseUrls(server: DatabaseServer, name: string): DatabaseUrls {
  return {
    name,
    owner: url(server, 'countersign_owner', server.passwords.owner, name),
    portal: url(server, 'countersign_portal', server.passwords.portal, name),
    signer: url(server, 'countersign_signer', server.passwords.signer, name),
  };
}

/** A connection as superuser, closed when `work` is done. */
export async function asSuperuser<T>(
  server: DatabaseServer,
  work: (client: Client) => Promise<T>,
): Promise<T> {
  const client = new Client({
    connectionString: url(server, 'postgres', server.superuserPassword, 'postgres'),
    connectionTimeoutMillis: 5000,
  });
  client.on('error', () => undefined); // a server that stops breaks idle connections; queries report it themselves
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Makes roles (with the passwords of this server) and the database `name` with the current schema and grants. */
export async function prepareDatabase(server: DatabaseServer, name: string): Promise<DatabaseUrls> {
  const urls = databaseUrls(server, name);
  await migrateDatabase({
    superuserUrl: url(server, 'postgres', server.superuserPassword, 'postgres'),
    ownerUrl: urls.owner,
    passwords: server.passwords,
  });
  return urls;
}

/** A copy of a database nobody is connected to; milliseconds, since files are cloned. */
export async function createDatabase(
  server: DatabaseServer,
  template: string,
  name = `test_${randomBytes(8).toString('hex')}`,
): Promise<DatabaseUrls> {
  await asSuperuser(server, async (client) => {
    const [target, source] = [client.escapeIdentifier(name), client.escapeIdentifier(template)];
    await client.query(
      `CREATE DATABASE ${target} TEMPLATE ${source} OWNER countersign_owner STRATEGY FILE_COPY`,
    );
    // Rights to a database itself aren't copied from the template.
    await client.query(`REVOKE ALL ON DATABASE ${target} FROM PUBLIC`);
    await client.query(`GRANT CONNECT ON DATABASE ${target} TO countersign_portal, countersign_signer`);
  });
  return databaseUrls(server, name);
}

/** Drops a database; connections still open to it are ended → how many there were. */
export async function dropDatabase(server: DatabaseServer, name: string): Promise<number> {
  return asSuperuser(server, async (client) => {
    // A client that has hung up is still listed until its backend has noticed.
    const deadline = Date.now() + hangUpSecondsMax * 1000;
    let connections = await openConnections(client, name);
    while (connections > 0 && Date.now() < deadline) {
      await sleep(25);
      connections = await openConnections(client, name);
    }
    await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(name)} WITH (FORCE)`);
    return connections;
  });
}

const hangUpSecondsMax = 60;

async function openConnections(client: Client, name: string): Promise<number> {
  const { rowCount } = await client.query(
    `SELECT 1 FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  );
  return rowCount ?? 0;
}

/** The databases that exist, without PostgreSQL's own. */
export async function listDatabases(server: DatabaseServer): Promise<readonly string[]> {
  return asSuperuser(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'`,
    );
    return rows.map(({ datname }) => datname);
  });
}
