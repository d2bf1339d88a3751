/** The password of a database's role, kept apart from the address: in a file of its own, or handed over by the service manager. */
import { z } from 'zod';
import { key } from './key.ts';
import type { Paths } from './paths.ts';
import {
  readSecretFile,
  refuseFile,
  secretFileOf,
  secretSourceSchema,
  type Environment,
  type SecretFile,
  type SecretSource,
} from './secret-file.ts';

export const databasePasswordSchema = (paths: Paths) => secretSourceSchema(paths, 'the password in one line');

/** The keys that say where the database is, the same for every process that has a role there. */
export const databaseKeys = (paths: Paths, role: string) => ({
  databaseUrl: key(
    `Where PostgreSQL is, with the role \`countersign_${role}\` and the database’s name.`,
    z.string().regex(/^postgres(ql)?:\/\//, 'a postgresql:// URL'),
    {
      example: `postgresql://countersign_${role}@127.0.0.1:5432/countersign`,
      secret: 'if it has a password in it: write that to `databasePassword` instead',
      risk: riskOfDatabaseUrl,
    },
  ),
  databasePassword: key(
    'Where the role’s password is, if it doesn’t stand in the address.',
    databasePasswordSchema(paths).optional(),
    {
      default: 'the address says it, or PostgreSQL asks for none',
      example: { credential: `database-${role}` },
      secret: `file or credential \`database-${role}\``,
    },
  ),
});

function riskOfDatabaseUrl(url: string): string | null {
  const { hostname = '', password = '', searchParams } = URL.parse(url) ?? {};
  if (password !== '')
    return 'The password stands in the configuration, which gets copied and shown: move it to `databasePassword`.';
  const isHere = ['', 'localhost', '127.0.0.1', '[::1]'].includes(hostname);
  if (isHere || ['verify-full', 'verify-ca'].includes(searchParams?.get('sslmode') ?? '')) return null;
  return 'The database is on another machine and its certificate isn’t checked: add ?sslmode=verify-full.';
}

export type DatabasePassword = SecretSource;

const passwordBytesMax = 1024;

/**
 * `url` with the password of `source` in it; without a source, `url`. Throws a ConfigurationError that names the password's file, and
 * holds nothing of the password.
 */
export function withDatabasePassword(
  url: string,
  source: DatabasePassword | undefined,
  env: Environment,
): string {
  if (source === undefined) return url;
  const secret = secretFileOf(source, env);
  const address = new URL(url);
  if (address.hostname === '' || address.username === '')
    throw refuseFile(
      secret.path,
      '`databaseUrl` has no host or no user.',
      'Write both, as in postgresql://ROLE@127.0.0.1/NAME.',
    );
  if (address.password !== '')
    throw refuseFile(secret.path, '`databaseUrl` has a password already.', 'Take it out of the address.');
  // The setter leaves a percent sign as it is, and PostgreSQL's clients would read `%41` as a letter.
  address.password = encodeURIComponent(readPassword(secret));
  return address.href;
}

function readPassword(file: SecretFile): string {
  const bytes = readSecretFile(file, { bytesMax: passwordBytesMax, secret: 'the password' });
  const line = new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  if (line === '' || /[\r\n\0\uFFFD]/.test(line))
    throw refuseFile(file.path, 'It isn’t one line of text.', 'Write the password, and nothing else.');
  return line;
}
