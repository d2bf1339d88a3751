import { randomBytes, randomInt } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the secret kept in `folder`, making it with `create` the first time (mode 0600) → its path and value. */
export function keepSecret(
  folder: string,
  name: string,
  create: () => string,
): { file: string; value: string } {
  const file = join(folder, name);
  if (!existsSync(file)) writeFileSync(file, `${create()}\n`, { mode: 0o600, flag: 'wx' });
  const value = readFileSync(file, 'utf8').trim();
  if (value !== '') return { file, value };
  // A crash between creating and writing leaves an empty file, which no service was ever given.
  const fresh = create();
  writeFileSync(file, `${fresh}\n`, { mode: 0o600 });
  return { file, value: fresh };
}

/** 192 random bits, safe in URLs. */
export function randomPassword(): string {
  return randomBytes(24).toString('base64url');
}

/** Twelve decimal digits, as hardware tokens commonly demand. */
export function randomPin(): string {
  return Array.from({ length: 12 }, () => randomInt(10)).join('');
}
