/** Secrets stand in files of their own, never in a configuration: a file of their owner's, or one that the service manager hands over. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { key, keys } from './key.ts';
import type { Paths } from './paths.ts';
import { ConfigurationError } from './problem.ts';
import { readConfigurationFile } from './read-file.ts';

/** As `process.env` is. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * A file that its owner alone can read, or the name of a systemd credential (LoadCredential=, a file in $CREDENTIALS_DIRECTORY). `what` is in it,
 * as in “the password in one line”.
 */
export const secretSourceSchema = ({ path }: Paths, what: string) =>
  z.union([
    keys({
      file: key(`A file with ${what}, which its owner alone can read.`, path, { names: 'secret' }),
    }),
    keys({
      credential: key(
        `The name of a systemd credential (\`LoadCredential=\`) with ${what}.`,
        z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9_.-]*$/, 'a credential’s name'),
        { names: 'credential' },
      ),
    }),
  ]);

export type SecretSource = z.output<ReturnType<typeof secretSourceSchema>>;

export interface SecretFile {
  readonly path: string;
  /** The service manager made it, for this process alone. */
  readonly isCredential: boolean;
}

/** Throws a ConfigurationError where there is no folder of credentials. */
export function secretFileOf(source: SecretSource, env: Environment): SecretFile {
  if ('file' in source) return { path: source.file, isCredential: false };
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder !== undefined && folder !== '')
    return { path: join(folder, source.credential), isCredential: true };
  throw refuseFile(
    source.credential,
    'The credential isn’t there: CREDENTIALS_DIRECTORY isn’t set.',
    'Add LoadCredential= to the unit; by hand, run the command by deploy/as-signer or deploy/as-portal, which hand it over.',
  );
}

const anybodyElse = 0o077;
/** Where systemd gives the right to read by an access list, the list's mask shows as the group's right to read; the group itself has none. */
const anybodyElsesCredential = 0o037;

/** By a file's mode. `isCredential`: the service manager made it, for one process alone. */
export const mayOthersRead = (mode: number, isCredential: boolean): boolean =>
  (mode & (isCredential ? anybodyElsesCredential : anybodyElse)) !== 0;

/**
 * The bytes of a secret. Throws a ConfigurationError that names the file, and holds nothing of the secret. `secret`: what has to be changed where
 * others could read it.
 */
export function readSecretFile(
  { path, isCredential }: SecretFile,
  { bytesMax, secret }: { readonly bytesMax: number; readonly secret: string },
): Uint8Array {
  const bytes = readConfigurationFile(path, bytesMax);
  const { mode } = statSync(path);
  // Windows has no such mode bits: there the file's access list is the operator's to set.
  if (process.platform !== 'win32' && mayOthersRead(mode, isCredential))
    throw refuseFile(
      path,
      `Others may read it (mode ${(mode & 0o777).toString(8)}).`,
      `Change ${secret}, then: chmod 600 ${path}`,
    );
  return bytes;
}

export const refuseFile = (file: string, message: string, fix: string): ConfigurationError =>
  new ConfigurationError(file, [{ line: null, column: null, message, fix }]);
