import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { isError } from '#core/error/index.ts';
import { ConfigError, parsePortalConfig } from './parse.ts';
import type { PortalConfig } from './parse.ts';

/** Reads the file that COUNTERSIGN_PORTAL_CONFIG names. */
export function loadPortalConfig(environment: Readonly<Record<string, string | undefined>>): PortalConfig {
  const named = environment['COUNTERSIGN_PORTAL_CONFIG'];
  if (named === undefined || named === '') {
    throw new ConfigError('COUNTERSIGN_PORTAL_CONFIG is not set; it names the portal configuration (YAML)');
  }
  const file = resolve(named);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ConfigError(`can't read the portal configuration ${file}`, cause);
  }
  try {
    return parsePortalConfig(text, dirname(file));
  } catch (cause) {
    if (isError(cause, ConfigError)) throw new ConfigError(`${file}: ${cause.message}`, cause);
    throw cause;
  }
}
