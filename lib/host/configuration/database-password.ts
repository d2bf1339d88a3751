/** The password of a database's role, kept apart from the address: in a file of its own, or handed over by the service manager. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { key, keys } from './key.ts';
import type { Paths } from './paths.ts';
import { ConfigurationError } from './problem.ts';
import { readConfigurationFile } from './read-file.ts';

/** A file that its owner alone can read, or the name of a systemd credential (LoadCredential=, a file in $CREDENTIALS_DIRECTORY). */
export const databasePasswordSchema = ({ path }: Paths) =>
  z.union([
    keys({
      file: key('A file with the password in one line, which its owner alone can read.', path, {
        names: 'secret',
      }),
    }),
    keys({
      credential: key(
        'The name of a systemd credential (`LoadCredential=`) with the password in one line.',
        z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/, 'a credential’s name'),
        { names: 'credential' },
      ),
    }),
  ]);

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

export type DatabasePassword = z.output<ReturnType<typeof databasePasswordSchema>>;

/** As `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

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
  const file = 'file' in source ? source.file : credentialFile(source.credential, env);
  const address = new URL(url);
  if (address.hostname === '' || address.username === '')
    throw refuse(
      file,
      '`databaseUrl` has no host or no user.',
      'Write both, as in postgresql://ROLE@127.0.0.1/NAME.',
    );
  if (address.password !== '')
    throw refuse(file, '`databaseUrl` has a password already.', 'Take it out of the address.');
  // The setter leaves a percent sign as it is, and PostgreSQL's clients would read `%41` as a letter.
  address.password = encodeURIComponent(readPassword(file));
  return address.href;
}

function credentialFile(name: string, env: Environment): string {
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder !== undefined && folder !== '') return join(folder, name);
  throw refuse(
    name,
    'The credential isn’t there: CREDENTIALS_DIRECTORY isn’t set.',
    'Add LoadCredential= to the unit.',
  );
}

function readPassword(file: string): string {
  const bytes = readConfigurationFile(file, passwordBytesMax);
  const { mode } = statSync(file);
  // Windows has no such mode bits: there the file's access list is the operator's to set.
  if (process.platform !== 'win32' && (mode & 0o077) !== 0)
    throw refuse(
      file,
      `Others may read it (mode ${(mode & 0o777).toString(8)}).`,
      `Change the password, then: chmod 600 ${file}`,
    );
  const line = new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
  if (line === '' || /[\r\n\0\uFFFD]/.test(line))
    throw refuse(file, 'It isn’t one line of text.', 'Write the password, and nothing else.');
  return line;
}

const refuse = (file: string, message: string, fix: string): ConfigurationError =>
  new ConfigurationError(file, [{ line: null, column: null, message, fix }]);
