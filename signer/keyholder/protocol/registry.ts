import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, normalize } from 'node:path';
import { z } from 'zod';
import { KeyHolderError } from './error.ts';

/** A file beside the registry: relative, with forward slashes, without `..`. */
const pemPath = z
  .string()
  .max(255)
  .refine((path) => !isAbsolute(path) && !normalize(path).startsWith('..') && !path.includes('\\'), {
    error: 'a path relative to the registry, without ..',
  });

const keyPurposes = ['root', 'issuing', 'release', 'test', 'timestamp', 'ocsp', 'raw', 'openpgp'] as const;

const registryKeySchema = z.strictObject({
  label: z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'a key label'),
  token: z.string().min(1).max(32),
  purpose: z.enum(keyPurposes),
  project: z.string().nullable(),
  /** The certificate's name in signing policies; null for keys that sign no files. */
  name: z.string().nullable(),
  /**
   * The foundation's program under which a project's certificate was issued. Absent for other keys; also in
   * registries written before it was recorded, and then the key signs nothing for its project.
   */
  program: z.enum(['executables', 'components']).optional(),
  /**
   * Of a key of the project's own (`raw`, `openpgp`): whether it serves releases or tests. Its certificate is a record of the key, which nobody
   * is asked to trust; `publicFile` is what people fetch.
   */
  serves: z.enum(['release', 'test']).optional(),
  publicFile: pemPath.optional(),
  /** Of an OpenPGP key: `widget@example.org`. */
  address: z.string().max(256).optional(),
  /**
   * The project's own certificate, from a public authority: the organisation that it must name. Absent: it names the
   * foundation.
   */
  holder: z.strictObject({ organization: z.string().min(1).max(64) }).optional(),
  certificate: pemPath,
  /** Issuing certificate first, root last; empty for a self-signed certificate. */
  chain: z.array(pemPath).max(8),
});

export const keyRegistrySchema = z
  .strictObject({
    version: z.literal(1),
    keys: z.array(registryKeySchema).max(100_000),
    /** Keys that wait for a certificate of a public CA; they sign nothing yet. */
    waiting: z
      .array(registryKeySchema.omit({ certificate: true, chain: true }))
      .max(100_000)
      .optional(),
    /** The key that signs transcripts; it has no certificate, and its line is published beside the others'. */
    logKey: z
      .strictObject({
        label: z.string(),
        token: z.string().min(1).max(32),
        verifierKey: z.string().max(512),
      })
      .optional(),
  })
  .refine((registry) => new Set(registry.keys.map((key) => key.label)).size === registry.keys.length, {
    error: 'every key label is listed once',
  });

export type KeyRegistry = z.infer<typeof keyRegistrySchema>;
export type KeyRegistryEntry = KeyRegistry['keys'][number];

export interface RegisteredKey {
  readonly entry: KeyRegistryEntry;
  readonly certificate: X509Certificate;
}

/** registry.json bytes → registry; throws KeyHolderError REGISTRY_INVALID with the offending member. */
export function parseKeyRegistry(text: string, file: string): KeyRegistry {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new KeyHolderError('REGISTRY_INVALID', `${file} is not JSON: run the key ceremony again`, {
      cause,
    });
  }
  const parsed = keyRegistrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new KeyHolderError('REGISTRY_INVALID', `${file}: ${z.prettifyError(parsed.error)}`);
}

/** The registry's keys on one token, each with its certificate, by label. */
export async function loadRegisteredKeys(
  registryFile: string,
  tokenLabel: string,
): Promise<ReadonlyMap<string, RegisteredKey>> {
  const registry = parseKeyRegistry(await readText(registryFile), registryFile);
  const keys = new Map<string, RegisteredKey>();
  for (const entry of registry.keys) {
    if (entry.token !== tokenLabel) continue;
    const file = join(dirname(registryFile), entry.certificate);
    keys.set(entry.label, { entry, certificate: parseCertificate(await readText(file), file) });
  }
  return keys;
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new KeyHolderError('REGISTRY_INVALID', `${file} can't be read: run the key ceremony first`, {
      cause,
    });
  }
}

function parseCertificate(pem: string, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new KeyHolderError('REGISTRY_INVALID', `${file} holds no PEM certificate`, { cause });
  }
}
