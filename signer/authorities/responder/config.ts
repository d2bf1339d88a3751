import { z } from 'zod';
import { readServiceConfig } from '../../ground/service/index.ts';
import { ResponderError } from './error.ts';

export const responderConfigSchema = z.strictObject({
  version: z.literal(1),
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** 0 takes any free port. */
      port: z.int().min(0).max(65_535),
    })
    .prefault({ port: 0 }),
  /** The authority's publication: lists, certificates, and under `ocsp/` the status answers. */
  publication: z.string().min(1),
  /** Start of the issuing CA's file names. */
  keyLabel: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'a key label')
    .default('foundation-issuing'),
  /** The authority's answers.socket, for numbers that no certificate has; left out: such requests get tryLater. */
  authoritySocket: z.string().min(1).max(100).optional(),
  /** How long caches may keep lists and answers: a revocation reaches everybody that much later. */
  cacheSeconds: z.int().min(0).max(3600).default(60),
});

export type ResponderConfig = z.infer<typeof responderConfigSchema>;
export type ResponderConfigInput = z.input<typeof responderConfigSchema>;

/** File → configuration with absolute paths; relative ones are meant from the file's folder. */
export async function readResponderConfig(file: string): Promise<ResponderConfig> {
  const refuse = (message: string, options?: ErrorOptions) =>
    new ResponderError('CONFIG_INVALID', message, options);
  const { config, path } = await readServiceConfig(file, responderConfigSchema, refuse);
  const { authoritySocket } = config;
  return {
    ...config,
    publication: path(config.publication),
    ...(authoritySocket === undefined ? {} : { authoritySocket: path(authoritySocket) }),
  };
}
