/** Keys of the ceremony's configuration: the projects, their certificates, and keys of their own. */
import { z } from 'zod';
import { isElliptic, keyKinds } from '#core/pki/key-kind/index.ts';
import { key, keys } from '../../../lib/host/configuration/index.ts';

export const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'lower-case letters, digits, hyphens');

/** Of a subject, where it is. */
export const placeKeys = () => ({
  country: key(
    'Two letters (ISO 3166).',
    z
      .string()
      .regex(/^[A-Z]{2}$/, 'two capital letters')
      .optional(),
    { default: 'not in the subject', sample: 'AT' },
  ),
  stateOrProvince: key('State or province.', z.string().min(1).max(64).optional(), {
    default: 'not in the subject',
    sample: 'Wien',
  }),
  locality: key('City.', z.string().min(1).max(64).optional(), {
    default: 'not in the subject',
    sample: 'Wien',
  }),
});

const generationKey = (what: string) => key(what, z.int().min(1).max(10_000).default(1), { unit: 'count' });
const tokenKey = () =>
  key('Label of one of `tokens.signing`.', z.string().max(32).optional(), {
    default: 'the first that has room',
    sample: 'signing',
  });

/** A key of the project's own, which signs files' bytes and nothing else: docs/guides/ceremony.md. */
const ownKeySchema = keys({
  name: key('Policies name it.', slug, { sample: 'updates' }),
  purpose: key('What it signs: bytes, or OpenPGP’s signatures.', z.enum(['raw', 'openpgp']), {
    sample: 'raw',
  }),
  serves: key('Which policies may name it.', z.enum(['release', 'test']).default('release')),
  generation: generationKey('2 and up: successors of the same name.'),
  key: key('Kind of key.', z.enum(keyKinds).default('rsa-3072')),
  token: tokenKey(),
}).refine(({ purpose, key }) => purpose !== 'openpgp' || !isElliptic(key), {
  path: ['key'],
  error: 'an OpenPGP key is RSA: rsa-3072 or rsa-4096',
});

const certificateSchema = keys({
  name: key('Policies name it.', slug, { example: 'release' }),
  purpose: key('What its certificate is for.', z.enum(['release', 'test']), { example: 'release' }),
  generation: generationKey(
    '2 and up: successors of the same name, each with a key of its own unless `sameKeyAs` is there.',
  ),
  sameKeyAs: key(
    'The generation whose key this certificate is for, too.',
    z.int().min(1).max(10_000).optional(),
    { unit: 'count', default: 'a key of its own', notInExample: true },
  ),
  notUsedBefore: key(
    'It is announced on the project’s page, and signs nothing before then.',
    z.iso.datetime().optional(),
    { default: 'used at once', sample: '2027-01-31T12:00:00Z' },
  ),
  token: tokenKey(),
  key: key(
    'Which kinds a file’s verifiers take: docs/guides/ceremony.md.',
    z.enum(keyKinds).default('rsa-3072'),
  ),
  publisher: key(
    '`project`: in the name of `holder`, requested from a public authority and imported.',
    z.enum(['foundation', 'project']).optional(),
    { default: 'foundation', sample: 'foundation' },
  ),
});

const projectSchema = keys({
  slug: key('As its policies name it.', slug, { example: 'demo' }),
  name: key('Part of its certificates’ names.', z.string().min(1).max(40), { example: 'Demo' }),
  program: key(
    'The foundation’s program that the project is in: its certificates are valid for no other.',
    z.enum(['executables', 'components']),
    { example: 'executables' },
  ),
  holder: key(
    'The subject of the project’s own certificates: the project, or the legal entity behind it.',
    keys({
      organization: key('Its name.', z.string().min(1).max(64), { sample: 'Demo e.V.' }),
      ...placeKeys(),
    }).optional(),
    { default: 'none', neededBy: 'certificates with `publisher: project`' },
  ),
  certificates: key('Its certificates.', z.array(certificateSchema).min(1).max(16), { example: [{}] }),
  ownKeys: key(
    'Its keys without a certificate, which sign files’ bytes and nothing else.',
    z.array(ownKeySchema).max(16).default([]),
  ),
});

export const projectsSchema = z
  .array(projectSchema)
  .refine(
    (projects) =>
      projects.every(({ certificates }) =>
        certificates.every(
          ({ generation, sameKeyAs, token }) =>
            sameKeyAs === undefined || (sameKeyAs < generation && token === undefined),
        ),
      ),
    { error: 'sameKeyAs names an earlier generation, on whose token the key is' },
  )
  .refine(
    (projects) =>
      projects.every(({ holder, certificates }) =>
        certificates.every(
          ({ publisher, purpose }) =>
            publisher !== 'project' || (holder !== undefined && purpose === 'release'),
        ),
      ),
    { error: 'publisher: project needs a holder, and purpose: release' },
  )
  .max(1000)
  .refine((projects) => new Set(projects.map((project) => project.slug)).size === projects.length, {
    error: 'every project slug is listed once',
  });
