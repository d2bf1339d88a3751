/** Configurations: YAML files that operators write, for signer, portal and command line. */
export {
  databaseKeys,
  databasePasswordSchema,
  withDatabasePassword,
  type DatabasePassword,
} from './database-password.ts';
export {
  mayOthersRead,
  readSecretFile,
  refuseFile,
  secretFileOf,
  secretSourceSchema,
  type Environment,
  type SecretFile,
  type SecretSource,
} from './secret-file.ts';
export { Key, key, keys, wordsOf, type KeyWords, type Named, type Unit } from './key.ts';
export { pathsAsWritten, type Paths } from './paths.ts';
export { readConfigurationFile } from './read-file.ts';
export { ConfigurationError, type ConfigurationProblem } from './problem.ts';
export {
  configurationBytesMax,
  openConfiguration,
  parseConfiguration,
  readConfiguration,
  type ConfigurationSchema,
  type OpenConfiguration,
} from './read-configuration.ts';
export {
  describePlace,
  folderOf,
  overlapOf,
  placeSchema,
  storePlaceSchema,
  type BucketSettings,
  type StorePlace,
} from './store-place.ts';
