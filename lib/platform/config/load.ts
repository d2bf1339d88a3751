import { ConfigurationError, type Environment } from '../../host/configuration/index.ts';
import { readPortalConfig } from './parse.ts';
import type { PortalConfig } from './parse.ts';

const variable = 'COUNTERSIGN_PORTAL_CONFIG';

/** Reads the file that COUNTERSIGN_PORTAL_CONFIG names. */
export function loadPortalConfig(environment: Environment): PortalConfig {
  const file = environment[variable];
  if (file !== undefined && file !== '') return readPortalConfig(file, environment);
  const fix = 'Set it to the path of the portal’s configuration (YAML).';
  throw new ConfigurationError(variable, [
    { line: null, column: null, message: 'The variable is not set.', fix },
  ]);
}
