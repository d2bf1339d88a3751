import { z } from 'zod';
import { keyHolderPaths, keyHolderSchema, readServiceConfig } from '../service/index.ts';
import { TsaError } from './error.ts';

export const tsaConfigSchema = z.strictObject({
  version: z.literal(1),
  listen: z
    .strictObject({
      host: z.string().min(1).default('127.0.0.1'),
      /** 0 takes any free port. */
      port: z.int().min(0).max(65_535),
    })
    .prefault({ port: 0 }),
  /** The policy every token is issued under (RFC 3161 §2.4.2). */
  policyOid: z
    .string()
    .regex(/^[0-2](\.(0|[1-9][0-9]*))+$/, 'an object identifier')
    .default('1.3.6.1.4.1.58000.1.1'),
  accuracySeconds: z.int().min(1).max(60).default(1),
  /** Label of the timestamp key in the registry. */
  keyLabel: z.string().min(1).default('foundation-timestamp'),
  /** Where the last serial number is kept. */
  serialFile: z.string().min(1),
  keyHolder: keyHolderSchema.extend({ signaturesPerMinuteMax: z.int().min(1).default(6000) }),
});

export type TsaConfig = z.infer<typeof tsaConfigSchema>;
export type TsaConfigInput = z.input<typeof tsaConfigSchema>;

/** File → configuration with absolute paths; relative ones are meant from the file's folder. */
export async function readTsaConfig(file: string): Promise<TsaConfig> {
  const refuse = (message: string, options?: ErrorOptions) =>
    new TsaError('CONFIG_INVALID', message, options);
  const { config, path } = await readServiceConfig(file, tsaConfigSchema, refuse);
  return {
    ...config,
    serialFile: path(config.serialFile),
    keyHolder: keyHolderPaths(config.keyHolder, path),
  };
}
