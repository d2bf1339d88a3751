/** `--keys registry.json`: which keys of their own projects have, as a key ceremony wrote it. */
import type { KnownOwnKey } from '../../lib/policy-tools/lint/index.ts';
import { CliError } from '../error.ts';
import { readBounded } from '../read-bounded.ts';

const registryBytesMax = 16 * 1024 * 1024;

/** Throws USAGE for what is no registry. Revocations aren't in it. */
export async function readKnownKeys(file: string): Promise<readonly KnownOwnKey[]> {
  const text = await readBounded(file, registryBytesMax).catch((error: unknown) => {
    throw new CliError('USAGE', `--keys ${file} can’t be read: ${(error as Error).message}`);
  });
  const keys = keysIn(text.toString());
  if (keys === null)
    throw new CliError('USAGE', `--keys ${file} is no registry of keys, as npm run ceremony writes it`);
  return keys.flatMap((key): KnownOwnKey[] => {
    const { project, name, purpose, serves } = key as Readonly<Record<string, unknown>>;
    if (typeof project !== 'string' || typeof name !== 'string') return [];
    if (purpose !== 'openpgp' && purpose !== 'raw') return [];
    if (serves !== 'release' && serves !== 'test') return [];
    return [{ project, name, use: purpose, serves, isRevoked: false }];
  });
}

function keysIn(text: string): readonly object[] | null {
  try {
    const value: unknown = JSON.parse(text);
    const keys: unknown = typeof value === 'object' && value !== null && 'keys' in value ? value.keys : null;
    return Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null) ? keys : null;
  } catch {
    return null;
  }
}
