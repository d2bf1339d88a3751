import { z } from 'zod';
import { keyHolderPaths, keyHolderSchema, readServiceConfig } from '../../ground/service/index.ts';
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
    /** Status answers beside the lists (RFC 6960); left out: none are made. */
    answers: z
      .strictObject({
        /** How long an answer holds: clients may rely on one for that long after a revocation. */
        hours: z.number().positive().max(240).default(48),
        refreshHours: z.number().positive().max(96).default(12),
        /** Where the responder asks for answers of certificates that don't exist; null: it has none. */
        socket: z.string().min(1).max(100).nullable().default(null),
        /** Everybody can ask for what doesn't exist, and each answer takes a signature. */
        unknownPerMinuteMax: z.int().min(1).max(6000).default(60),
      })
      .refine((answers) => answers.refreshHours < answers.hours, {
        error: 'refreshHours: less than hours, so that there is always an answer that holds',
      })
      .optional(),
    keyHolder: keyHolderSchema.extend({ signaturesPerMinuteMax: z.int().min(1).default(6000) }),
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
  const refuse = (message: string, options?: ErrorOptions) =>
    new AuthorityError('CONFIG_INVALID', message, options);
  const { config, path } = await readServiceConfig(file, authorityConfigSchema, refuse);
  return {
    ...config,
    register: path(config.register),
    publication: path(config.publication),
    stateFile: path(config.stateFile),
    ...(config.answers === undefined
      ? {}
      : {
          answers: {
            ...config.answers,
            socket: config.answers.socket === null ? null : path(config.answers.socket),
          },
        }),
    keyHolder: keyHolderPaths(config.keyHolder, path),
  };
}
