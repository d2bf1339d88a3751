/** The signer's configuration: one YAML file, read once at start. Secrets are referenced by file, never written here. */
import type { z } from 'zod';
import {
  keys,
  readConfiguration,
  withDatabasePassword,
  type Environment,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { fileKeys } from './files.ts';
import { serviceKeys } from './services.ts';
import { workKeys } from './work.ts';

const schema = (paths: Paths) => keys({ ...fileKeys(paths), ...serviceKeys(paths), ...workKeys() });
export { schema as signerConfigurationSchema };

export interface SignerConfig extends z.output<ReturnType<typeof schema>> {
  readonly journalAnchor: string;
  readonly revocationRegister: string;
  readonly emergencyStops: string;
  readonly sigstoreRoots: string;
}

/**
 * file → configuration with absolute paths (relative ones are resolved from the file's folder). Throws a
 * ConfigurationError.
 */
export function readConfig(file: string, env: Environment = process.env): SignerConfig {
  const config = readConfiguration(file, schema);
  const beside = (ending: string): string => `${config.policyRepository.directory}.${ending}.json`;
  return {
    ...config,
    databaseUrl: withDatabasePassword(config.databaseUrl, config.databasePassword, env),
    journalAnchor: config.journalAnchor ?? beside('journal-anchor'),
    revocationRegister: config.revocationRegister ?? beside('revocations'),
    emergencyStops: config.emergencyStops ?? beside('stops'),
    sigstoreRoots: config.sigstoreRoots ?? `${config.policyRepository.directory}.sigstore-roots`,
  };
}
