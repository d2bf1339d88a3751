import { z } from 'zod';
import { pathsAsWritten, readConfiguration, type Paths } from '../../../lib/host/configuration/index.ts';

const schema = ({ path }: Paths) =>
  z.strictObject({
    version: z.literal(1),
    listen: z
      .strictObject({
        host: z.string().min(1).default('127.0.0.1'),
        /** 0: any free port. */
        port: z.int().min(0).max(65_535),
      })
      .prefault({ port: 0 }),
    /** The authority's publication: lists, certificates, and under `ocsp/` the status answers. */
    publication: path,
    /** Start of the issuing CA's file names. */
    keyLabel: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a key label')
      .default('foundation-issuing'),
    /** The authority's answers.socket, for serial numbers that no certificate has; default: such requests get tryLater. */
    authoritySocket: z.string().max(100).pipe(path).optional(),
    /** How long caches may keep lists and answers: a revocation may take that much longer to reach everybody. */
    cacheSeconds: z.int().min(0).max(3600).default(60),
  });

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
