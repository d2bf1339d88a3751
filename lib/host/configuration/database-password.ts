/** The password of a database's role, kept apart from the address: in a file of its own, or handed over by the service manager. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Paths } from './paths.ts';
import { ConfigurationError } from './problem.ts';
import { readConfigurationFile } from './read-file.ts';

/** A file that its owner alone can read, or the name of a systemd credential (LoadCredential=, a file in $CREDENTIALS_DIRECTORY). */
export const databasePasswordSchema = ({ path }: Paths) =>
  z.union([
    z.strictObject({ file: path }),
    z.strictObject({ credential: z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/, 'a credential’s name') }),
  ]);

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
  address.password = readPassword(file);
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
