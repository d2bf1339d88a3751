import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { pinSourceSchema } from '../keyholder/index.ts';
import { AuthorityError } from './error.ts';

const daysMax = 10;

export const authorityConfigSchema = z
  .strictObject({
    version: z.literal(1),
    /** The signer's register of revocations. */
    register: z.string().min(1),
    /** Where lists are published: a folder that a web server serves as it is. */
    publication: z.string().min(1),
    /** Number of the last list; only this program's. */
    stateFile: z.string().min(1),
    /** Label of the issuing key in the registry, and start of the lists' names. */
    keyLabel: z.string().min(1).default('foundation-issuing'),
    /**
     * Into how many parts the list is cut besides the whole one, by the serial number's last octet. Must be what the
     * certificates' distribution points say. 1: the whole list alone.
     */
    parts: z.union([z.literal(1), z.literal(16), z.literal(256)]).default(1),
    /** Address of the publication, which stands inside each part; needed where there are parts. */
    publicationUrl: z
      .url({ protocol: /^https?$/ })
      .max(200)
      .optional(),
    /** How long a list holds: Code Signing BR §4.9.7 allows ten days. */
    listDays: z.number().positive().max(daysMax).default(7),
    /** How often a new one is made where nothing changes; seven days are the most that the rules allow. */
    refreshHours: z.number().positive().max(168).default(24),
    pollSeconds: z.number().positive().max(3600).default(2),
    keyHolder: z.strictObject({
      module: z.string().min(1).optional(),
      softhsmConf: z.string().min(1).optional(),
      tokenLabel: z.string().min(1),
      pin: pinSourceSchema,
      registry: z.string().min(1),
      journal: z.string().min(1),
    }),
  })
  .refine((config) => config.refreshHours < config.listDays * 24, {
    error: 'refreshHours: less than listDays, so that there is always a list that holds',
  })
  .refine((config) => config.parts === 1 || config.publicationUrl !== undefined, {
    error: 'publicationUrl: needed where the list has parts',
  });

export type AuthorityConfig = z.infer<typeof authorityConfigSchema>;
export type AuthorityConfigInput = z.input<typeof authorityConfigSchema>;

/** File → configuration with absolute paths; relative ones are meant from the file's folder. */
export async function readAuthorityConfig(file: string): Promise<AuthorityConfig> {
  let value: unknown;
  try {
    value = parse(await readFile(file, 'utf8'), { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new AuthorityError('CONFIG_INVALID', `${file} can't be read as YAML: ${why}`, { cause });
  }
  const parsed = authorityConfigSchema.safeParse(value);
  if (!parsed.success)
    throw new AuthorityError('CONFIG_INVALID', `${file}:\n${z.prettifyError(parsed.error)}`);
  const config = parsed.data;
  const path = (relative: string): string => resolve(dirname(file), relative);
  const { softhsmConf, pin, registry, journal } = config.keyHolder;
  return {
    ...config,
    register: path(config.register),
    publication: path(config.publication),
    stateFile: path(config.stateFile),
    keyHolder: {
      ...config.keyHolder,
      ...(softhsmConf === undefined ? {} : { softhsmConf: path(softhsmConf) }),
      pin: 'file' in pin ? { file: path(pin.file) } : pin,
      registry: path(registry),
      journal: path(journal),
    },
  };
}
