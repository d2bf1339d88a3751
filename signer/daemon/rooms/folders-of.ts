/** Every folder that a signer and its keyholder write to, by the name that metrics and reports give it. */
import path from 'node:path';
import { folderOf } from '../../../lib/host/configuration/index.ts';
import type { SignerConfig } from '../../ground/config/index.ts';

/** null: a bucket, of whose room its server alone knows. The clone's folder may not be there yet, so it is the one around it. */
export const foldersOf = (config: SignerConfig): Readonly<Record<string, string | null>> => ({
  work: config.workDirectory,
  state: path.dirname(config.journalAnchor),
  stops: path.dirname(config.emergencyStops),
  register: path.dirname(config.revocationRegister),
  policies: path.dirname(config.policyRepository.directory),
  keyholder: path.dirname(config.keyHolder.journal),
  released: folderOf(config.store.released),
});
