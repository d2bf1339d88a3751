import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { pinSourceSchema } from '../keyholder/index.ts';
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
  keyHolder: z.strictObject({
    module: z.string().min(1).optional(),
    softhsmConf: z.string().min(1).optional(),
    tokenLabel: z.string().min(1),
    pin: pinSourceSchema,
    registry: z.string().min(1),
    journal: z.string().min(1),
    signaturesPerMinuteMax: z.int().min(1).default(6000),
  }),
});

export type TsaConfig = z.infer<typeof tsaConfigSchema>;
export type TsaConfigInput = z.input<typeof tsaConfigSchema>;

/** File → configuration with absolute paths; relative ones are meant from the file's folder. */
export async function readTsaConfig(file: string): Promise<TsaConfig> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'), { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TsaError('CONFIG_INVALID', `${file} can't be read as YAML: ${why}`, { cause });
  }
  const parsed = tsaConfigSchema.safeParse(value);
  if (!parsed.success) throw new TsaError('CONFIG_INVALID', `${file}:\n${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const path = (relative: string): string => resolve(dirname(file), relative);
  const { softhsmConf, pin, registry, journal } = config.keyHolder;
  return {
    ...config,
    serialFile: path(config.serialFile),
    keyHolder: {
      ...config.keyHolder,
      ...(softhsmConf === undefined ? {} : { softhsmConf: path(softhsmConf) }),
      pin: 'file' in pin ? { file: path(pin.file) } : pin,
      registry: path(registry),
      journal: path(journal),
    },
  };
}
