import { z } from 'zod';
import { isElliptic, keyKinds } from '#core/pki/key-kind/index.ts';
import { isRoleName } from '#core/pki/openpgp/index.ts';
import { parseSshPublicKeyLine } from '#core/pki/sshsig/index.ts';
import { pathsAsWritten, readConfiguration, type Paths } from '../../../lib/host/configuration/index.ts';
import { pinSchema } from '../../ground/service/index.ts';
import { moduleEnvironmentSchema } from '../../keyholder/index.ts';
import { CeremonyError } from './error.ts';

const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'lower-case letters, digits, hyphens');
const url = z.url().max(256);
const tokenSchema = (paths: Paths) =>
  z.strictObject({ label: z.string().min(1).max(32), pin: pinSchema(paths) });

/** A token for the keys of projects. */
const signingTokenSchema = (paths: Paths) =>
  tokenSchema(paths).extend({
    /** `wrapped`: new keys are kept as files beside the registry, encrypted by a key of this token: docs/guides/hsm.md. */
    storage: z.enum(['token', 'wrapped']).default('token'),
    /** Label of the key that wraps. Another one is for `npm run ceremony -- rewrap`. */
    wrappingKey: z
      .string()
      .regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'lower-case letters, digits, dots, hyphens')
      .default('foundation-wrapping'),
    /** Refuses a wrapping key that would give keys back in a form that can be taken off the token. */
    requireUnwrapTemplate: z.boolean().default(false),
    /** New keys go to the first of several tokens that has fewer keys in the registry. Absent: it has room for all. */
    keysMax: z.int().min(1).max(1_000_000).optional(),
  });

const oneOrMore = <Schema extends z.ZodType>(one: Schema) =>
  z
    .union([one, z.array(one).min(1).max(16)])
    .transform((value): readonly z.output<Schema>[] =>
      Array.isArray(value) ? (value as z.output<Schema>[]) : [value as z.output<Schema>],
    );

/** A key of the project's own, which signs files' bytes and nothing else: docs/guides/ceremony.md. */
const ownKeySchema = z
  .strictObject({
    name: slug,
    purpose: z.enum(['raw', 'openpgp']),
    /** Which policies may name it. */
    serves: z.enum(['release', 'test']).default('release'),
    /** 2 and up: successors of the same name. */
    generation: z.int().min(1).max(10_000).default(1),
    key: z.enum(keyKinds).default('rsa-3072'),
    /** Label of one of `tokens.signing`; default: the first that has room. */
    token: z.string().max(32).optional(),
  })
  .refine(({ purpose, key }) => purpose !== 'openpgp' || !isElliptic(key), {
    path: ['key'],
    error: 'an OpenPGP key is RSA: rsa-3072 or rsa-4096',
  });

/**
 * What a ceremony makes: the foundation's root and issuing CA, its timestamp authority, and the certificates
 * of each project. Lifetimes have defaults; profiles refuse what is too long.
 */
const schema = (paths: Paths) => {
  const { path } = paths;
  const token = tokenSchema(paths);
  return z
    .strictObject({
      version: z.literal(1),
      foundation: z.strictObject({
        /** Part of every subject: the organisation, and the start of each common name. */
        name: z.string().min(1).max(40),
        country: z
          .string()
          .regex(/^[A-Z]{2}$/, 'two capital letters')
          .optional(),
        stateOrProvince: z.string().min(1).max(64).optional(),
        locality: z.string().min(1).max(64).optional(),
      }),
      /** Where certificates and registry.json go. */
      keysDirectory: path,
      /** PKCS#11 module; default: an installed SoftHSM. */
      module: z.string().min(1).optional(),
      /** SOFTHSM2_CONF for this run, where the module is SoftHSM. */
      softhsmConf: path.optional(),
      /** Further variables that the module reads. */
      moduleEnvironment: moduleEnvironmentSchema.default({}),
      /**
       * The root's token is stored offline afterwards; the issuing CA's stays with the signer, where revocation lists
       * are signed on it.
       */
      tokens: z.strictObject({
        root: token.optional(),
        issuing: token.optional(),
        /** One, or a list of several. */
        signing: oneOrMore(signingTokenSchema(paths)).refine(
          (all) => new Set(all.map(({ label }) => label)).size === all.length,
          'each label once',
        ),
        timestamping: token.optional(),
        /** Its key signs the transcript of each ceremony; it stays with the signer. */
        log: token,
      }),
      /**
       * A public CA instead of the foundation's own: keys and certificate requests are made here, its certificates
       * are imported.
       * `roots`: PEM files of the roots that they must chain to. Tokens `root` and `issuing` aren't needed then.
       */
      publicAuthority: z.strictObject({ roots: z.array(path).min(1).max(16) }).optional(),
      /** For projects' own certificates: PEM files of the roots that they must chain to. */
      projectAuthority: z.strictObject({ roots: z.array(path).min(1).max(16) }).optional(),
      /** Refuses keys, certificates and tokens outside the rules of FIPS 186-5 (docs/guides/hsm.md). */
      fips: z.boolean().default(false),
      /** The log's name in signed notes; by convention a URL without scheme. Default: derived from the foundation's name. */
      logName: z
        .string()
        .regex(/^[^\s+]{1,128}$/u, 'no white space, no plus sign')
        .optional(),
      /** Witnesses, who sign the transcript with ssh-keygen: name, and a line as in authorized_keys. */
      witnesses: z
        .array(
          z.strictObject({
            name: slug,
            key: z.string().max(16_384).refine(isPublicKey, 'an OpenSSH public key, as in authorized_keys'),
          }),
        )
        .max(16)
        .default([]),
      /** 2 and up: the OCSP responder's successors, each with a key of its own. */
      ocspGeneration: z.int().min(1).max(10_000).default(1),
      rootModulusBits: z.union([z.literal(3072), z.literal(4096)]).default(4096),
      validity: z
        .strictObject({
          rootYears: z.int().min(1).max(25).default(20),
          issuingYears: z.int().min(1).max(15).default(10),
          releaseDays: z.int().min(1).max(460).default(455),
          testDays: z.int().min(1).max(460).default(365),
          timestampMonths: z.int().min(1).max(134).default(120),
          ocspDays: z.int().min(1).max(1098).default(730),
          ownKeyDays: z.int().min(1).max(1830).default(1095),
        })
        .prefault({}),
      /** Needed where a project has an OpenPGP key. */
      openPgp: z
        .strictObject({
          /** Addresses of projects are `slug@domain`. */
          domain: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?$/, 'a domain in lower case'),
          /** A folder of its own, for certificates that revoke a key: whoever reads one can. */
          revocations: path,
          /** Projects that get a key although their address would be taken for that of a role, such as security@. */
          roleNames: z.array(z.string().max(64)).max(16).default([]),
        })
        .optional(),
      urls: z
        .strictObject({
          rootCrl: url.optional(),
          rootCertificate: url.optional(),
          issuingCrl: url.optional(),
          issuingCertificate: url.optional(),
          /** URL of the status answers; goes into certificates under the issuing CA (RFC 6960 §3.1). */
          ocsp: url.optional(),
          policyOid: z
            .string()
            .regex(/^[0-2](\.[0-9]+)+$/)
            .optional(),
        })
        .prefault({}),
      /**
       * Revoked certificates under the root: listed in its revocation list, which is made in each ceremony with the
       * root's token.
       */
      revoked: z
        .array(
          z.strictObject({
            label: z.string().min(1).max(128),
            reason: z.enum([
              'keyCompromise',
              'affiliationChanged',
              'superseded',
              'cessationOfOperation',
              'privilegeWithdrawn',
            ]),
            effectiveAt: z.iso.datetime(),
          }),
        )
        .max(1000)
        .default([]),
      projects: z
        .array(
          z.strictObject({
            slug,
            name: z.string().min(1).max(40),
            /** The foundation's program that the project is in: its certificates are valid for no other. */
            program: z.enum(['executables', 'components']),
            /** The subject of the project's own certificates: the project, or the legal entity behind it. */
            holder: z
              .strictObject({
                organization: z.string().min(1).max(64),
                country: z
                  .string()
                  .regex(/^[A-Z]{2}$/, 'two capital letters')
                  .optional(),
                stateOrProvince: z.string().min(1).max(64).optional(),
                locality: z.string().min(1).max(64).optional(),
              })
              .optional(),
            certificates: z
              .array(
                z.strictObject({
                  name: slug,
                  purpose: z.enum(['release', 'test']),
                  /** 2 and up: successors of the same name, each with a key of its own unless `sameKeyAs` is there. */
                  generation: z.int().min(1).max(10_000).default(1),
                  /** The generation whose key this certificate is for, too. */
                  sameKeyAs: z.int().min(1).max(10_000).optional(),
                  /** It is announced on the project's page, and signs nothing before then. */
                  notUsedBefore: z.iso.datetime().optional(),
                  /** Label of one of `tokens.signing`; default: the first that has room. */
                  token: z.string().max(32).optional(),
                  /** Which kinds a file's verifiers take: docs/guides/ceremony.md. */
                  key: z.enum(keyKinds).default('rsa-3072'),
                  /**
                   * project: in the name of `holder`, requested from a public authority and imported; default:
                   * foundation.
                   */
                  publisher: z.enum(['foundation', 'project']).optional(),
                }),
              )
              .min(1)
              .max(16),
            ownKeys: z.array(ownKeySchema).max(16).default([]),
          }),
        )
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
        }),
    })
    .refine(
      ({ projects, projectAuthority }) =>
        projectAuthority !== undefined ||
        projects.every(({ certificates }) => certificates.every(({ publisher }) => publisher !== 'project')),
      { path: ['projectAuthority'], error: 'publisher: project needs roots that its certificate chains to' },
    )
    .refine(
      ({ projects, openPgp }) =>
        openPgp !== undefined ||
        projects.every(({ ownKeys }) => ownKeys.every(({ purpose }) => purpose !== 'openpgp')),
      {
        path: ['openPgp'],
        error: 'an OpenPGP key needs a domain for its address, and a folder for its revocation',
      },
    )
    .refine(
      ({ projects, openPgp }) =>
        projects.every(
          ({ slug, ownKeys }) =>
            !isRoleName(slug) ||
            openPgp?.roleNames.includes(slug) === true ||
            ownKeys.every(({ purpose }) => purpose !== 'openpgp'),
        ),
      {
        path: ['projects'],
        error:
          'an OpenPGP key for an address that people, mail systems or certificate authorities take for that of a role (security@, postmaster@): name the project in openPgp.roleNames if that is meant',
      },
    )
    .refine(
      ({ tokens, projects }) => {
        const labels = new Set(tokens.signing.map(({ label }) => label));
        return projects.every(({ certificates, ownKeys }) =>
          [...certificates, ...ownKeys].every(({ token }) => token === undefined || labels.has(token)),
        );
      },
      { path: ['projects'], error: '`token` is the label of one of tokens.signing' },
    )
    .refine(({ tokens, publicAuthority }) => publicAuthority !== undefined || hasOwnAuthority(tokens), {
      path: ['tokens'],
      error: 'root, issuing and timestamping are needed, unless a publicAuthority issues the certificates',
    });
};

export const ceremonyConfigSchema = schema(pathsAsWritten);
export type CeremonyConfig = z.infer<typeof ceremonyConfigSchema>;
export type CeremonyConfigInput = z.input<typeof ceremonyConfigSchema>;

type CeremonyToken = z.output<ReturnType<typeof tokenSchema>>;
export type SigningToken = z.output<ReturnType<typeof signingTokenSchema>>;

export type TokenRole = keyof CeremonyConfig['tokens'];

function hasOwnAuthority(tokens: { root?: unknown; issuing?: unknown; timestamping?: unknown }): boolean {
  return [tokens.root, tokens.issuing, tokens.timestamping].every((token) => token !== undefined);
}

function isPublicKey(line: string): boolean {
  try {
    parseSshPublicKeyLine(line);
    return true;
  } catch {
    return false;
  }
}

/** File → configuration; its paths are relative to the file. Throws a ConfigurationError. */
export function readCeremonyConfig(file: string): CeremonyConfig {
  return readConfiguration(file, schema);
}

/** The tokens of a role, of which only `signing` has more than one. Throws CONFIG_INVALID where the configuration names none. */
export function tokensOf(config: CeremonyConfig, role: TokenRole): readonly CeremonyToken[] {
  const found = config.tokens[role];
  if (found === undefined)
    throw new CeremonyError('CONFIG_INVALID', `tokens: ${role} is missing, and a key belongs on it`);
  return Array.isArray(found) ? (found as readonly SigningToken[]) : [found as CeremonyToken];
}

/** How a signing token keeps new keys; null: it is none of `tokens.signing`. */
export const signingToken = (config: CeremonyConfig, label: string): SigningToken | null =>
  config.tokens.signing.find((token) => token.label === label) ?? null;
