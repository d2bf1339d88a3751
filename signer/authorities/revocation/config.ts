import { z } from 'zod';
import { pathsAsWritten, readConfiguration, type Paths } from '../../../lib/host/configuration/index.ts';
import { keyHolderSchema } from '../../ground/service/index.ts';

const daysMax = 10;

const schema = (paths: Paths) =>
  z
    .strictObject({
      version: z.literal(1),
      /** The signer's register of revocations. */
      register: paths.path,
      /** Where lists are published: a folder served as it is. */
      publication: paths.path,
      /** Number of the last list; used by this program alone. */
      stateFile: paths.path,
      /** Label of the issuing key in the registry, and start of the lists' names. */
      keyLabel: z.string().min(1).default('foundation-issuing'),
      /**
       * Into how many parts the list is cut besides the whole one, by the serial number's last octet. Must be what the
       * certificates' distribution points say. 1: the whole list alone.
       */
      parts: z.union([z.literal(1), z.literal(16), z.literal(256)]).default(1),
      /** URL of the publication, which each part contains; needed where there are parts. */
      publicationUrl: z
        .url({ protocol: /^https?$/ })
        .max(200)
        .optional(),
      /** Validity of a list: Code Signing BR §4.9.7 allows ten days. */
      listDays: z.number().positive().max(daysMax).default(7),
      /** How often a new one is made when nothing changes; the rules allow at most seven days. */
      refreshHours: z.number().positive().max(168).default(24),
      pollSeconds: z.number().positive().max(3600).default(2),
      /** Status answers in addition to the lists (RFC 6960); default: none. */
      answers: z
        .strictObject({
          /** Validity of an answer: clients may rely on one for that long after a revocation. */
          hours: z.number().positive().max(240).default(48),
          refreshHours: z.number().positive().max(96).default(12),
          /** Where the responder asks for answers of certificates that don't exist; null: it has none. */
          socket: z.string().max(100).pipe(paths.path).nullable().default(null),
          /** Anybody can ask for what doesn't exist, and each answer takes a signature. */
          unknownPerMinuteMax: z.int().min(1).max(6000).default(60),
        })
        .refine((answers) => answers.refreshHours < answers.hours, {
          error: 'refreshHours: less than hours, so that there is always a valid answer',
        })
        .optional(),
      /** Where the ceremony's revocations of OpenPGP keys lie, for this program to read; left out: the operator publishes them. */
      openPgpRevocations: paths.path.optional(),
      keyHolder: keyHolderSchema(paths).extend({ signaturesPerMinuteMax: z.int().min(1).default(6000) }),
    })
    .refine((config) => config.refreshHours < config.listDays * 24, {
      error: 'refreshHours: less than listDays, so that there is always a valid list',
    })
    .refine((config) => config.parts === 1 || config.publicationUrl !== undefined, {
      error: 'publicationUrl: needed where the list has parts',
    });

export const authorityConfigSchema = schema(pathsAsWritten);
export type AuthorityConfig = z.infer<typeof authorityConfigSchema>;
export type AuthorityConfigInput = z.input<typeof authorityConfigSchema>;

/**
 * File → configuration with absolute paths; relative ones are resolved from the file's folder. Throws a
 * ConfigurationError.
 */
export function readAuthorityConfig(file: string): AuthorityConfig {
  return readConfiguration(file, schema);
}
