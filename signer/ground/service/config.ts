import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { moduleEnvironmentSchema, pinSourceSchema, type PinSource } from '../../keyholder/index.ts';

/** The part of a service's configuration that says which keys it works with. */
export const keyHolderSchema = z.strictObject({
  /** PKCS#11 module; an installed SoftHSM where left out. */
  module: z.string().min(1).optional(),
  softhsmConf: z.string().min(1).optional(),
  moduleEnvironment: moduleEnvironmentSchema.default({}),
  /** Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md). */
  fips: z.boolean().default(false),
  tokenLabel: z.string().min(1),
  pin: pinSourceSchema,
  registry: z.string().min(1),
  journal: z.string().min(1),
});

const configBytesMax = 256 * 1024;

/**
 * YAML file → what the schema makes of it. `refuse` makes the error of the service whose file it is; its message names file,
 * member and value.
 */
export async function readServiceConfig<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  refuse: (message: string, options?: ErrorOptions) => Error,
): Promise<{ readonly config: z.output<Schema>; readonly path: (relative: string) => string }> {
  let value: unknown;
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > configBytesMax) throw new RangeError('it is over 256 KiB');
    value = parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw refuse(`${file} can't be read: ${why}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw refuse(`${file}:\n${z.prettifyError(parsed.error)}`);
  return { config: parsed.data, path: (relative) => resolve(dirname(file), relative) };
}

interface KeyHolderPaths {
  readonly softhsmConf?: string | undefined;
  readonly pin: PinSource;
  readonly registry: string;
  readonly journal: string;
}

/** The same with absolute paths. */
export function keyHolderPaths<T extends KeyHolderPaths>(
  keyHolder: T,
  path: (relative: string) => string,
): T {
  const { softhsmConf, pin, registry, journal } = keyHolder;
  return {
    ...keyHolder,
    ...(softhsmConf === undefined ? {} : { softhsmConf: path(softhsmConf) }),
    pin: 'file' in pin ? { file: path(pin.file) } : pin,
    registry: path(registry),
    journal: path(journal),
  };
}
