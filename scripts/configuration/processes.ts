/** The processes that have a configuration file, and the parser of each. */
import type { z } from 'zod';
import type { ConfigurationSchema } from '../../lib/host/configuration/index.ts';
import { portalConfigurationSchema } from '../../lib/platform/config/parse.ts';
import { ceremonyConfigurationSchema } from '../../signer/authorities/ceremony-config/config.ts';
import { responderConfigurationSchema } from '../../signer/authorities/responder/config.ts';
import { authorityConfigurationSchema } from '../../signer/authorities/revocation/config.ts';
import { tsaConfigurationSchema } from '../../signer/authorities/tsa/config.ts';
import { signerConfigurationSchema } from '../../signer/ground/config/index.ts';

export interface ConfiguredProcess {
  /** Of its file in /etc/countersign, without .yaml. */
  readonly name: string;
  readonly title: string;
  /** How it is started with the file. */
  readonly start: string;
  readonly schema: ConfigurationSchema<z.ZodType>;
}

export const configuredProcesses: readonly ConfiguredProcess[] = [
  {
    name: 'portal',
    title: 'Portal',
    start: 'COUNTERSIGN_PORTAL_CONFIG=FILE npm run portal',
    schema: portalConfigurationSchema,
  },
  {
    name: 'signer',
    title: 'Signer, with keyholder and inspectors',
    start:
      'npm run daemon -- --config FILE; its commands (emergency-stop, reconcile, journal, revocations, audit) read the same file',
    schema: signerConfigurationSchema,
  },
  {
    name: 'tsa',
    title: 'Timestamp authority',
    start: 'npm run timestamp-authority -- --config FILE',
    schema: tsaConfigurationSchema,
  },
  {
    name: 'authority',
    title: 'Revocation authority',
    start: 'npm run revocation-authority -- --config FILE',
    schema: authorityConfigurationSchema,
  },
  {
    name: 'responder',
    title: 'Responder',
    start: 'npm run responder -- --config FILE',
    schema: responderConfigurationSchema,
  },
  {
    name: 'ceremony',
    title: 'Key ceremony, and issuing',
    start: 'npm run ceremony -- --config FILE',
    schema: ceremonyConfigurationSchema,
  },
];
