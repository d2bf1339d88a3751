import { z } from 'zod';
import {
  key,
  keys,
  pathsAsWritten,
  readConfiguration,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { listenKey, versionKey } from '../../ground/service/index.ts';

const schema = ({ path }: Paths) =>
  keys({
    version: versionKey(),
    listen: listenKey(8080),
    publication: key(
      'The authority’s publication: lists, certificates, and under `ocsp/` the status answers.',
      path,
      { names: 'folder', example: '/var/lib/countersign/pki' },
    ),
    keyLabel: key(
      'Start of the issuing CA’s file names.',
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a key label')
        .default('foundation-issuing'),
    ),
    authoritySocket: key(
      'The authority’s `answers.socket`, for serial numbers that no certificate has.',
      z.string().max(100).pipe(path).optional(),
      {
        default: 'such requests get tryLater',
        names: 'makes',
        example: '/run/countersign-answers/socket',
      },
    ),
    cacheSeconds: key(
      'How long caches may keep lists and answers: a revocation may take that much longer to reach everybody.',
      z.int().min(0).max(3600).default(60),
    ),
  });
export { schema as responderConfigurationSchema };

export const responderConfigSchema = schema(pathsAsWritten);
export type ResponderConfig = z.infer<typeof responderConfigSchema>;
export type ResponderConfigInput = z.input<typeof responderConfigSchema>;

/**
 * File → configuration with absolute paths; relative ones are resolved from the file's folder. Throws a
 * ConfigurationError.
 */
export function readResponderConfig(file: string): ResponderConfig {
  return readConfiguration(file, schema);
}
