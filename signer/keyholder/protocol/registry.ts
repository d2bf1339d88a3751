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

const keyLabel = z.string().regex(/^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/, 'a key label');

/** A private key as a file beside the registry, encrypted by a key of the token: `wrapped-key.ts` says what is in it. */
const wrappedSchema = z.strictObject({
  file: pemPath,
  /** Of the file's bytes. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hexadecimal digits'),
  /** Label of the wrapping key on the token. */
  by: z.string().min(1).max(128),
});

const registryKeySchema = z.strictObject({
  /** Of this certificate, and of its key unless `key` names another entry's. */
  label: keyLabel,
  /**
   * Another certificate for a key that is in the registry already: the label of that key's own entry, which is for the same project, name, purpose and
   * program, on the same token. Absent: the key has this entry's label.
   */
  key: keyLabel.optional(),
  /**
   * A successor is announced, and signs nothing before then: others that are valid do. Absent: it signs as soon as it is valid.
   */
  notUsedBefore: z.iso.datetime().optional(),
  /** Absent: the key is an object on the token. */
  wrapped: wrappedSchema.optional(),
  /** The same key by the wrapping key before, until somebody confirms that the new files are good. */
  wrappedBefore: wrappedSchema.optional(),
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
  })
  .check(({ value, issues }) => {
    const problem = problemOfSharedKeys(value);
    if (problem !== null) issues.push({ code: 'custom', input: value, message: problem });
  });

interface Listed {
  readonly keys: readonly z.infer<typeof registryKeySchema>[];
  readonly waiting?: readonly Omit<z.infer<typeof registryKeySchema>, 'certificate' | 'chain'>[] | undefined;
}

/** What several certificates of one key have in common, whatever their dates; null: all is well. */
function problemOfSharedKeys({ keys, waiting = [] }: Listed): string | null {
  const all = [...keys, ...waiting];
  const byLabel = new Map(all.map((entry) => [entry.label, entry]));
  for (const entry of all) {
    if (entry.key === undefined) continue;
    const own = byLabel.get(entry.key);
    if (own === undefined || own.key !== undefined)
      return `${entry.label}: key ${entry.key} is no entry with a key of its own`;
    const differing = shared.find((member) => (own[member] ?? null) !== (entry[member] ?? null));
    if (differing !== undefined)
      return `${entry.label}: its ${differing} is another than that of ${entry.key}, whose key it has`;
    if (own.holder?.organization !== entry.holder?.organization)
      return `${entry.label}: its holder is another than that of ${entry.key}, whose key it has`;
    if (entry.wrapped !== undefined || entry.wrappedBefore !== undefined)
      return `${entry.label}: how its key is kept is said of ${entry.key}`;
  }
  return null;
}
const shared = ['token', 'purpose', 'project', 'name', 'program', 'serves'] as const;

export type KeyRegistry = z.infer<typeof keyRegistrySchema>;
export type KeyRegistryEntry = KeyRegistry['keys'][number];
export type WrappedKeyFile = z.infer<typeof wrappedSchema>;

/** Where a private key is. */
export interface KeyPlace {
  readonly token: string;
  /** Of the object on the token, or in the file. */
  readonly label: string;
  /** null: an object on the token. `file` is absolute. */
  readonly wrapped: WrappedKeyFile | null;
}

export interface RegisteredKey {
  readonly entry: KeyRegistryEntry;
  readonly certificate: X509Certificate;
  readonly place: KeyPlace;
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

/** The registry's keys on these tokens, each with its certificate, by label. Throws REGISTRY_INVALID. */
export async function loadRegisteredKeys(
  registryFile: string,
  tokenLabels: readonly string[],
): Promise<ReadonlyMap<string, RegisteredKey>> {
  const registry = parseKeyRegistry(await readText(registryFile), registryFile);
  const folder = dirname(registryFile);
  const ownEntries = new Map(
    [...registry.keys, ...(registry.waiting ?? [])].map((entry) => [entry.label, entry]),
  );
  const keys = new Map<string, RegisteredKey>();
  for (const entry of registry.keys) {
    if (!tokenLabels.includes(entry.token)) continue;
    const file = join(folder, entry.certificate);
    const place = placeOf(ownEntries.get(entry.key ?? entry.label) ?? entry, folder);
    keys.set(entry.label, { entry, certificate: parseCertificate(await readText(file), file), place });
  }
  for (const { entry, certificate } of keys.values()) {
    const own = entry.key === undefined ? undefined : keys.get(entry.key);
    if (own !== undefined && !own.certificate.publicKey.equals(certificate.publicKey))
      throw new KeyHolderError(
        'REGISTRY_INVALID',
        `${registryFile}: ${entry.certificate} is no certificate of the key of ${own.entry.certificate}: correct \`key\` of ${entry.label}`,
      );
  }
  return keys;
}

/** `own`: the entry whose label the key has. */
const placeOf = (
  { token, label, wrapped }: Pick<KeyRegistryEntry, 'token' | 'label' | 'wrapped'>,
  folder: string,
): KeyPlace => ({
  token,
  label,
  wrapped: wrapped === undefined ? null : { ...wrapped, file: join(folder, wrapped.file) },
});

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
