import { z } from 'zod';
import {
  key,
  keys,
  pathsAsWritten,
  readConfiguration,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { keyHolderSchema, versionKey } from '../../ground/service/index.ts';

const daysMax = 10;

const schema = (paths: Paths) =>
  keys({
    version: versionKey(),
    register: key('The signer’s register of revocations.', paths.path, {
      names: 'file',
      example: '/var/lib/countersign/register/revocations.json',
    }),
    publication: key('Where lists and answers are published: a folder served as it is.', paths.path, {
      names: 'folder',
      example: '/var/lib/countersign/pki',
    }),
    stateFile: key('Number of the last list; used by this process alone.', paths.path, {
      names: 'makes',
      example: '/var/lib/countersign/authority/state.json',
    }),
    keyLabel: key(
      'Label of the issuing key in the registry, and start of the lists’ names.',
      z.string().min(1).default('foundation-issuing'),
    ),
    parts: key(
      'Into how many parts the list is cut besides the whole one, by the serial number’s last octet. Must be what the certificates’ distribution points say. 1: the whole list alone.',
      z.union([z.literal(1), z.literal(16), z.literal(256)]).default(1),
      { unit: 'count' },
    ),
    publicationUrl: key(
      'URL of the publication, which each part contains.',
      z
        .url({ protocol: /^https?$/ })
        .max(200)
        .optional(),
      { default: 'none', neededBy: 'lists with parts', sample: 'http://pki.example.org/' },
    ),
    listDays: key(
      'Validity of a list: Code Signing BR §4.9.7 allows ten days.',
      z.number().positive().max(daysMax).default(7),
    ),
    refreshHours: key(
      'How often a new one is made when nothing changes; the rules allow at most seven days.',
      z.number().positive().max(168).default(24),
    ),
    pollSeconds: key('How often it reads the register.', z.number().positive().max(3600).default(2)),
    answers: key(
      'Status answers in addition to the lists (RFC 6960).',
      keys({
        hours: key(
          'Validity of an answer: clients may rely on one for that long after a revocation.',
          z.number().positive().max(240).default(48),
          { unit: 'hours' },
        ),
        refreshHours: key('How often answers are made anew.', z.number().positive().max(96).default(12)),
        socket: key(
          'Where the responder asks for answers of certificates that don’t exist.',
          z.string().max(100).pipe(paths.path).nullable().default(null),
          { default: 'none', names: 'makes', example: '/run/countersign-answers/socket' },
        ),
        unknownPerMinuteMax: key(
          'Anybody can ask for what doesn’t exist, and each answer takes a signature.',
          z.int().min(1).max(6000).default(60),
          { unit: 'count' },
        ),
      })
        .refine((answers) => answers.refreshHours < answers.hours, {
          error: 'refreshHours: less than hours, so that there is always a valid answer',
        })
        .optional(),
      { default: 'none', example: {} },
    ),
    openPgpRevocations: key(
      'Where the ceremony’s revocations of OpenPGP keys lie, for this process to read.',
      paths.path.optional(),
      { default: 'the operator publishes them', names: 'folder', neededBy: 'foundations with OpenPGP keys' },
    ),
    keyHolder: key(
      'The issuing key, and how the keyholder reaches it.',
      keyHolderSchema(paths, 'issuing', 'authority'),
    ),
  })
    .refine((config) => config.refreshHours < config.listDays * 24, {
      error: 'refreshHours: less than listDays, so that there is always a valid list',
    })
    .refine((config) => config.parts === 1 || config.publicationUrl !== undefined, {
      error: 'publicationUrl: needed where the list has parts',
    });
export { schema as authorityConfigurationSchema };

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
