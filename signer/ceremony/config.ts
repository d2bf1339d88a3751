import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { moduleEnvironmentSchema, pinSourceSchema, type PinSource } from '../keyholder/index.ts';
import { CeremonyError } from './error.ts';

const slug = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/, 'lower-case letters, digits, hyphens');
const url = z.url().max(256);
const token = z.strictObject({ label: z.string().min(1).max(32), pin: pinSourceSchema });

/**
 * What a ceremony makes: the foundation's root and issuing CA, its timestamp authority, and the certificates
 * of each project. Lifetimes have defaults; profiles refuse what is too long.
 */
export const ceremonyConfigSchema = z.strictObject({
  version: z.literal(1),
  foundation: z.strictObject({
    /** Stands in every subject: the organisation, and the start of each common name. */
    name: z.string().min(1).max(40),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'two capital letters')
      .optional(),
    stateOrProvince: z.string().min(1).max(64).optional(),
    locality: z.string().min(1).max(64).optional(),
  }),
  /** Where certificates and registry.json go. */
  keysDirectory: z.string().min(1),
  /** PKCS#11 module; an installed SoftHSM where left out. */
  module: z.string().min(1).optional(),
  /** SOFTHSM2_CONF for this run, where the module is SoftHSM. */
  softhsmConf: z.string().min(1).optional(),
  /** Further variables that the module reads. */
  moduleEnvironment: moduleEnvironmentSchema.default({}),
  /** The root's token is put away afterwards; the issuing CA's stays with the signer, which signs revocation lists on it. */
  tokens: z.strictObject({ root: token, issuing: token, signing: token, timestamping: token }),
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
    })
    .prefault({}),
  urls: z
    .strictObject({
      rootCrl: url.optional(),
      rootCertificate: url.optional(),
      issuingCrl: url.optional(),
      issuingCertificate: url.optional(),
      /** Where status answers are; stands in certificates under the issuing CA (RFC 6960 §3.1). */
      ocsp: url.optional(),
      policyOid: z
        .string()
        .regex(/^[0-2](\.[0-9]+)+$/)
        .optional(),
    })
    .prefault({}),
  /** Certificates under the root that were revoked: they stand in its list, which each ceremony with the root's token makes. */
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
        certificates: z
          .array(
            z.strictObject({
              name: slug,
              purpose: z.enum(['release', 'test']),
              /** 2 and up: successors of the same name, each with a key of its own. */
              generation: z.int().min(1).max(10_000).default(1),
            }),
          )
          .min(1)
          .max(16),
      }),
    )
    .max(1000)
    .refine((projects) => new Set(projects.map((one) => one.slug)).size === projects.length, {
      error: 'every project slug comes once',
    }),
});

export type CeremonyConfig = z.infer<typeof ceremonyConfigSchema>;
export type CeremonyConfigInput = z.input<typeof ceremonyConfigSchema>;

const configBytesMax = 256 * 1024;

/** File → configuration; its paths are meant relative to the file. Throws CONFIG_INVALID naming the member. */
export async function readCeremonyConfig(file: string): Promise<CeremonyConfig> {
  let value: unknown;
  try {
    const text = await readFile(file, 'utf8');
    if (text.length > configBytesMax) throw new CeremonyError('CONFIG_INVALID', `${file} is over 256 KiB`);
    value = parse(text, { maxAliasCount: 0, uniqueKeys: true });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new CeremonyError('CONFIG_INVALID', `${file} can't be read as YAML: ${why}`, { cause });
  }
  const parsed = ceremonyConfigSchema.safeParse(value);
  if (!parsed.success) {
    throw new CeremonyError('CONFIG_INVALID', `${file}:\n${z.prettifyError(parsed.error)}`);
  }
  return absolutePaths(parsed.data, dirname(resolve(file)));
}

function absolutePaths(config: CeremonyConfig, folder: string): CeremonyConfig {
  const { root, issuing, signing, timestamping } = config.tokens;
  const withPinFile = (one: { label: string; pin: PinSource }): { label: string; pin: PinSource } =>
    'file' in one.pin ? { label: one.label, pin: { file: resolve(folder, one.pin.file) } } : one;
  return {
    ...config,
    keysDirectory: resolve(folder, config.keysDirectory),
    ...(config.softhsmConf === undefined ? {} : { softhsmConf: resolve(folder, config.softhsmConf) }),
    tokens: {
      root: withPinFile(root),
      issuing: withPinFile(issuing),
      signing: withPinFile(signing),
      timestamping: withPinFile(timestamping),
    },
  };
}
