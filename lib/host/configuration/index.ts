/** Configurations: YAML files that operators write, for signer, portal and command line. */
export {
  databasePasswordSchema,
  withDatabasePassword,
  type DatabasePassword,
  type Environment,
} from './database-password.ts';
export { pathsAsWritten, type Paths } from './paths.ts';
export { ConfigurationError, type ConfigurationProblem } from './problem.ts';
export {
  configurationBytesMax,
  parseConfiguration,
  readConfiguration,
  type ConfigurationSchema,
} from './read-configuration.ts';
