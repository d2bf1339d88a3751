import { z } from 'zod';
import { isRoleName } from '#core/pki/openpgp/index.ts';
import { parseSshPublicKeyLine } from '#core/pki/sshsig/index.ts';
import {
  key,
  keys,
  pathsAsWritten,
  readConfiguration,
  type Paths,
} from '../../../lib/host/configuration/index.ts';
import { moduleKeys, versionKey } from '../../ground/service/index.ts';
import { CeremonyError } from './error.ts';
import { placeKeys, projectsSchema, slug } from './projects.ts';
import { tokensSchema, type signingTokenSchema, type tokenSchema } from './tokens.ts';

const url = z.url().max(256);
const urlKey = (means: string) =>
  key(means, url.optional(), { default: 'not in certificates', sample: 'http://pki.example.org/' });
const lifetime = (means: string, max: number, usual: number) =>
  key(means, z.int().min(1).max(max).default(usual));

const rootsSchema = ({ path }: Paths) =>
  keys({
    roots: key('PEM files of the roots that its certificates must chain to.', z.array(path).min(1).max(16), {
      names: 'file',
      sample: ['/etc/countersign/public-roots.pem'],
    }),
  });

const revokedSchema = keys({
  label: key('The key’s label.', z.string().min(1).max(128), { sample: 'foundation-issuing' }),
  reason: key(
    'Why.',
    z.enum([
      'keyCompromise',
      'affiliationChanged',
      'superseded',
      'cessationOfOperation',
      'privilegeWithdrawn',
    ]),
    { sample: 'superseded' },
  ),
  effectiveAt: key('Since when.', z.iso.datetime(), { sample: '2026-01-31T12:00:00Z' }),
});

/**
 * What a ceremony makes: the foundation's root and issuing CA, its timestamp authority, and the certificates
 * of each project. Lifetimes have defaults; profiles refuse what is too long.
 */
const settings = (paths: Paths) => {
  const { path } = paths;
  return {
    version: versionKey(),
    foundation: key(
      'Part of every subject.',
      keys({
        name: key('The organisation, and the start of each common name.', z.string().min(1).max(40), {
          example: 'Example Foundation',
        }),
        ...placeKeys(),
      }),
    ),
    keysDirectory: key('Where certificates and registry.json go.', path, {
      names: 'folder',
      example: '/var/lib/countersign/keys',
    }),
    module: key('Path of the PKCS#11 module.', z.string().min(1).optional(), {
      default: 'an installed SoftHSM',
      example: '/usr/lib/softhsm/libsofthsm2.so',
    }),
    ...moduleKeys(paths),
    tokens: key('The tokens that keys are made on.', tokensSchema(paths)),
    publicAuthority: key(
      'A public CA instead of the foundation’s own: keys and certificate requests are made here, its certificates are imported. Tokens `root` and `issuing` aren’t needed then.',
      rootsSchema(paths).optional(),
      { default: 'the foundation’s own', notInExample: true },
    ),
    projectAuthority: key('Where projects’ own certificates come from.', rootsSchema(paths).optional(), {
      default: 'no project has its own',
    }),
    logName: key(
      'The log’s name in signed notes; by convention a URL without scheme.',
      z
        .string()
        .regex(/^[^\s+]{1,128}$/u, 'no white space, no plus sign')
        .optional(),
      { default: 'derived from the foundation’s name', sample: 'sign.example.org/ceremonies' },
    ),
    witnesses: key(
      'Witnesses, who sign the transcript with ssh-keygen.',
      z
        .array(
          keys({
            name: key('Their name.', slug, { sample: 'ada' }),
            key: key(
              'A line as in authorized_keys.',
              z.string().max(16_384).refine(isPublicKey, 'an OpenSSH public key, as in authorized_keys'),
              {
                sample:
                  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f ada',
              },
            ),
          }),
        )
        .max(16)
        .default([]),
      {
        risk: (all) =>
          all.length === 0
            ? 'Nobody but the operator says what happened at the ceremony: name witnesses.'
            : null,
      },
    ),
    ocspGeneration: key(
      '2 and up: the OCSP responder’s successors, each with a key of its own.',
      z.int().min(1).max(10_000).default(1),
      { unit: 'count' },
    ),
    rootModulusBits: key(
      'Length of the root’s RSA key.',
      z.union([z.literal(3072), z.literal(4096)]).default(4096),
    ),
    validity: key(
      'How long certificates are valid.',
      keys({
        rootYears: lifetime('The root.', 25, 20),
        issuingYears: lifetime('The issuing CA.', 15, 10),
        releaseDays: lifetime('Certificates for releases.', 460, 455),
        testDays: lifetime('Certificates for tests.', 460, 365),
        timestampMonths: lifetime('The timestamp authority’s.', 134, 120),
        ocspDays: lifetime('The responder’s.', 1098, 730),
        ownKeyDays: lifetime('Keys of projects’ own.', 1830, 1095),
      }).prefault({}),
    ),
    openPgp: key(
      'OpenPGP’s keys.',
      keys({
        domain: key(
          'Addresses of projects are `slug@domain`.',
          z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,188}[a-z0-9])?$/, 'a domain in lower case'),
          { sample: 'keys.example.org' },
        ),
        revocations: key(
          'A folder of its own, for certificates that revoke a key: whoever reads one can.',
          path,
          {
            names: 'makes',
            secret: 'a folder of files that its owner alone reads',
            sample: '/root/openpgp-revocations',
          },
        ),
        roleNames: key(
          'Projects that get a key although their address would be taken for that of a role, such as security@.',
          z.array(z.string().max(64)).max(16).default([]),
        ),
      }).optional(),
      { default: 'none', neededBy: 'projects with an OpenPGP key' },
    ),
    urls: key(
      'What certificates say.',
      keys({
        rootCrl: urlKey('Where the root’s revocation list is.'),
        rootCertificate: urlKey('Where the root’s certificate is.'),
        issuingCrl: urlKey('Where the issuing CA’s revocation list is.'),
        issuingCertificate: urlKey('Where its certificate is.'),
        ocsp: urlKey('Where status answers are (RFC 6960 §3.1).'),
        policyOid: key(
          'The policy that certificates are issued under.',
          z
            .string()
            .regex(/^[0-2](\.[0-9]+)+$/, 'an object identifier')
            .optional(),
          { default: 'not in certificates', sample: '1.3.6.1.4.1.32473.1.1' },
        ),
      }).prefault({}),
    ),
    revoked: key(
      'Revoked certificates under the root: listed in its revocation list, which is made in each ceremony with the root’s token.',
      z.array(revokedSchema).max(1000).default([]),
    ),
    projects: key('The projects that get certificates.', projectsSchema, { example: [{}] }),
  };
};

const schema = (paths: Paths) =>
  keys(settings(paths))
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
export { schema as ceremonyConfigurationSchema };

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
