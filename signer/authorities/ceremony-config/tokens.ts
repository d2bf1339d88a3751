/** Keys of the ceremony's configuration: the tokens that keys are made on. */
import { z } from 'zod';
import { key, keys, type Paths } from '../../../lib/host/configuration/index.ts';
import { pinSchema } from '../../ground/service/index.ts';

const tokenKeys = (paths: Paths, name: string) => ({
  label: key('Label of the token.', z.string().min(1).max(32), { example: name }),
  pin: key('Where its PIN is.', pinSchema(paths), {
    example: { file: `/etc/countersign/credentials/pin-${name}` },
    secret: 'file, environment variable or credential',
  }),
});

export const tokenSchema = (paths: Paths, name = 'log') => keys(tokenKeys(paths, name));

/** A token for the keys of projects. */
export const signingTokenSchema = (paths: Paths) =>
  keys({
    ...tokenKeys(paths, 'signing'),
    storage: key(
      '`wrapped`: new keys are kept as files beside the registry, encrypted by a key of this token (docs/guides/hsm.md).',
      z.enum(['token', 'wrapped']).default('token'),
    ),
    wrappingKey: key(
      'Label of the key that wraps. Another one is for `npm run ceremony -- rewrap`.',
      z
        .string()
        .regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'lower-case letters, digits, dots, hyphens')
        .default('foundation-wrapping'),
    ),
    requireUnwrapTemplate: key(
      'Refuses a wrapping key that would give keys back in a form that can be taken off the token.',
      z.boolean().default(false),
    ),
    keysMax: key(
      'New keys go to the first of several tokens that has fewer keys in the registry.',
      z.int().min(1).max(1_000_000).optional(),
      { unit: 'count', default: 'it has room for all' },
    ),
  });

const oneOrMore = <Schema extends z.ZodType>(one: Schema) =>
  z
    .union([one, z.array(one).min(1).max(16)])
    .transform((value): readonly z.output<Schema>[] =>
      Array.isArray(value) ? (value as z.output<Schema>[]) : [value as z.output<Schema>],
    );

const own = 'none, and a `publicAuthority` issues';

export const tokensSchema = (paths: Paths) =>
  keys({
    root: key('The root’s, which is stored offline afterwards.', tokenSchema(paths, 'root').optional(), {
      default: own,
      example: {},
    }),
    issuing: key(
      'The issuing CA’s: the revocation authority signs lists and answers with it.',
      tokenSchema(paths, 'issuing').optional(),
      { default: own, example: {} },
    ),
    signing: key(
      'The keys of projects: one token, or a list of several.',
      oneOrMore(signingTokenSchema(paths)).refine(
        (all) => new Set(all.map(({ label }) => label)).size === all.length,
        'each label once',
      ),
    ),
    timestamping: key('The timestamp authority’s.', tokenSchema(paths, 'timestamping').optional(), {
      default: own,
      example: {},
    }),
    log: key(
      'Its key signs the transcript of each ceremony; it stays with the signer.',
      tokenSchema(paths, 'log'),
    ),
  });
