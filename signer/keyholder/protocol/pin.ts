import { basename, join } from 'node:path';
import { z } from 'zod';
import { KeyHolderError } from './error.ts';

/**
 * The source of the PIN: a file that only its owner can read, an environment variable, or a systemd credential
 * (LoadCredential=, a file in $CREDENTIALS_DIRECTORY). Only the source passes between processes, never the PIN.
 */
export const pinSourceSchema = z.union([
  z.strictObject({ file: z.string().min(1) }),
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/) }),
  z.strictObject({ credential: z.string().regex(/^[A-Za-z0-9_.-]+$/) }),
]);

export type PinSource = z.infer<typeof pinSourceSchema>;

/** The file a source reads, or null for an environment variable. */
export function pinFile(source: PinSource, env: NodeJS.ProcessEnv): string | null {
  if ('env' in source) return null;
  if ('file' in source) return source.file;
  const folder = env['CREDENTIALS_DIRECTORY'];
  if (folder === undefined) {
    throw new KeyHolderError(
      'PIN_SOURCE_INVALID',
      `PIN credential ${source.credential}: CREDENTIALS_DIRECTORY isn't set; add LoadCredential= to the unit`,
    );
  }
  return join(folder, basename(source.credential));
}
