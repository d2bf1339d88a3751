/**
 * Rotation of a wrapping key: every file of its keys is made anew by another key of the same token, inside it. The earlier files stay, and the registry
 * names them, until somebody confirms that the new ones are good.
 */
import { X509Certificate } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { keyKindOf } from '#core/pki/key-kind/index.ts';
import {
  digestOfWrapped,
  readRegisteredKey,
  writeWrappedKey,
  type KeyRegistry,
  type KeyRegistryEntry,
  type WrappedKey,
  type WrappedKeyFile,
} from '../../keyholder/index.ts';
import {
  generateWrappingKey,
  tryWrappedKey,
  wrapAgain,
  wrappingKeyExists,
  type KeyProtection,
  type Pkcs11Token,
} from '../../keyholder/token/index.ts';
import {
  CeremonyError,
  signingToken,
  type CeremonyConfig,
  type SigningToken,
} from '../ceremony-config/index.ts';
import { refuseGivingBack } from './find-key.ts';
import {
  certificateFileName,
  readCertificate,
  readRegistry,
  replaceFile,
  writeKeyFolder,
} from './key-folder.ts';
import { prepareLogKey } from './log-key.ts';
import { visitTokens } from './token-visits.ts';
import { transcriptFileName, transcriptText } from './transcript-note.ts';
import { describeCertificate, type CeremonyTranscript, type TranscriptKey } from './transcript.ts';
import { readWrappedFile, roundOf, wrappedFileName, writeWrappedFile } from './wrapped-folder.ts';

export interface RewrapInput {
  readonly config: CeremonyConfig;
  readonly now?: Date;
  readonly onProgress?: (done: string) => void;
}

type Entry = KeyRegistry['keys'][number] | NonNullable<KeyRegistry['waiting']>[number];

/**
 * → labels of the keys whose files were made anew by `wrappingKey` of their token; empty: all are by it already. The log signs a transcript. Throws
 * CONFIG_INVALID where earlier files wait to be confirmed, KEY_UNPROTECTED as `refuseGivingBack`, KeyHolderError where the token gives no key back to be
 * wrapped again.
 */
export async function rewrapKeys({
  config,
  now = new Date(),
  onProgress = () => undefined,
}: RewrapInput): Promise<readonly string[]> {
  const earlier = await readRegistry(config.keysDirectory);
  const isDue = (entry: Entry): boolean => {
    const how = signingToken(config, entry.token);
    return entry.wrapped !== undefined && how !== null && entry.wrapped.by !== how.wrappingKey;
  };
  const due = entriesOf(earlier).filter(isDue);
  if (due.length === 0) return [];
  const waiting = due.filter(({ wrappedBefore }) => wrappedBefore !== undefined);
  if (waiting.length > 0) {
    throw new CeremonyError(
      'CONFIG_INVALID',
      `the earlier files of ${waiting
        .map(({ label }) => label)
        .slice(0, 5)
        .join(', ')} wait to be confirmed: npm run ceremony -- rewrap --config ceremony.yaml --confirm yes`,
    );
  }
  const made = new Map<string, { readonly file: WrappedKeyFile; readonly described: TranscriptKey }>();
  await visitTokens(
    config,
    ['signing', 'log'],
    async (role, token, module) => {
      if (role === 'log') {
        const log = await prepareLogKey(token, { config, earlier, dryRun: false });
        const registry = mapEntries(earlier, (entry) => {
          const again = made.get(entry.label);
          return again === undefined
            ? entry
            : { ...entry, wrapped: again.file, wrappedBefore: entry.wrapped };
        });
        const transcript = transcriptOf(config, {
          module,
          now,
          log,
          keys: [...made.values()].map((one) => one.described),
        });
        const note = await log.sign(transcriptText(transcript));
        // In this order: after a cut in between, nothing is due where the registry has the new files.
        await replaceFile(config.keysDirectory, transcriptFileName(transcript), note);
        await writeKeyFolder(config.keysDirectory, new Map(), registry);
        return;
      }
      const own = due.filter((entry) => entry.token === token.label);
      const how = signingToken(config, token.label);
      if (how === null || own.length === 0) return;
      const { wrappingKey: by } = how;
      if (!(await wrappingKeyExists(token, by))) await generateWrappingKey(token, by);
      for (const entry of own) {
        made.set(entry.label, await rewrapOne(entry, { token, how, folder: config.keysDirectory }));
        onProgress(`${entry.label}: wrapped by ${by}`);
      }
    },
    {
      // It makes a wrapping key on the token.
      readWrite: true,
      needs: (_, label) => due.some(({ token }) => token === label),
    },
  );
  return [...made.keys()];
}

async function rewrapOne(
  entry: Entry,
  {
    token,
    how,
    folder,
  }: { readonly token: Pkcs11Token; readonly how: SigningToken; readonly folder: string },
): Promise<{ readonly file: WrappedKeyFile; readonly described: TranscriptKey }> {
  const { label, wrapped: before } = entry;
  if (before === undefined) throw new CeremonyError('KEY_MISSING', `${label} is kept on its token`);
  const { wrappingKey: by } = how;
  const again = await wrapAgain(token, await readKey(folder, label, before), by);
  await refuseGivingBack(token, again, how);
  const protection = await tryWrappedKey(token, again);
  const text = writeWrappedKey(again);
  const file = wrappedFileName(label, roundOf(before.file) + 1);
  await writeWrappedFile(folder, file, text);
  return {
    file: { file, sha256: digestOfWrapped(text), by },
    described: await describe(entry, again, { protection, folder }),
  };
}

/**
 * → labels of the keys whose earlier files were removed: once every new one was unwrapped, has signed, and is the key of its certificate. Nothing is
 * removed where one isn't good. Files that a cut left behind go, too, whenever this is run.
 */
export async function confirmRewrapped({
  config,
  onProgress = () => undefined,
}: RewrapInput): Promise<readonly string[]> {
  const earlier = await readRegistry(config.keysDirectory);
  const folder = config.keysDirectory;
  const due = entriesOf(earlier).filter(({ wrappedBefore }) => wrappedBefore !== undefined);
  if (due.length === 0) {
    await removeEarlierRounds(folder, earlier);
    return [];
  }
  const tried = new Set<string>();
  await visitTokens(
    config,
    ['signing'],
    async (_, token) => {
      for (const entry of due) {
        if (entry.token !== token.label || entry.wrapped === undefined) continue;
        const key = await readKey(folder, entry.label, entry.wrapped);
        await tryWrappedKey(token, key);
        await refuseAnother(entry, key, folder);
        tried.add(entry.label);
      }
    },
    { readWrite: false, needs: (_, label) => due.some(({ token }) => token === label) },
  );
  const untried = due.filter(({ label }) => !tried.has(label));
  if (untried.length > 0) {
    throw new CeremonyError(
      'KEY_MISSING',
      `${untried
        .map(({ label, token }) => `${label} on token ${token}`)
        .slice(0, 5)
        .join(', ')}: not tried, as the token isn't one of tokens.signing`,
    );
  }
  const confirmed = mapEntries(earlier, ({ wrappedBefore: _, ...entry }) => entry);
  await writeKeyFolder(folder, new Map(), confirmed);
  await removeEarlierRounds(folder, confirmed);
  for (const { label, wrappedBefore } of due) {
    onProgress(`${label}: the earlier file, by ${wrappedBefore?.by ?? ''}, is removed`);
  }
  return due.map(({ label }) => label);
}

/** What is wrapped by an earlier key would be opened by it for good. */
async function removeEarlierRounds(folder: string, registry: KeyRegistry): Promise<void> {
  for (const { label, wrapped, wrappedBefore } of entriesOf(registry)) {
    const rounds = wrapped === undefined ? 0 : roundOf(wrapped.file) - 1;
    for (let round = 1; round <= rounds; round += 1) {
      const file = wrappedFileName(label, round);
      if (file !== wrappedBefore?.file) await rm(join(folder, file), { force: true });
    }
  }
}

const entriesOf = ({ keys, waiting = [] }: KeyRegistry): readonly Entry[] => [...keys, ...waiting];

/** `change` keeps what entries of either kind have. */
function mapEntries(registry: KeyRegistry, change: (entry: Entry) => Entry): KeyRegistry {
  const keys = registry.keys.map((entry) => change(entry) as KeyRegistryEntry);
  return registry.waiting === undefined
    ? { ...registry, keys }
    : { ...registry, keys, waiting: registry.waiting.map(change) };
}

async function readKey(folder: string, label: string, wrapped: WrappedKeyFile): Promise<WrappedKey> {
  const bytes = (await readWrappedFile(folder, wrapped.file)) ?? Buffer.alloc(0);
  return readRegisteredKey(bytes, label, { ...wrapped, file: join(folder, wrapped.file) });
}

async function refuseAnother(entry: Entry, { publicKey }: WrappedKey, folder: string): Promise<void> {
  if (!('certificate' in entry)) return;
  const certificate = new X509Certificate(await readCertificate(folder, entry.certificate));
  if (certificate.publicKey.equals(publicKey)) return;
  throw new CeremonyError(
    'CERTIFICATE_MISMATCH',
    `${entry.label}: its new file is not the key of ${entry.certificate}; the earlier files are kept`,
  );
}

async function describe(
  entry: Entry,
  key: WrappedKey,
  { protection, folder }: { readonly protection: KeyProtection; readonly folder: string },
): Promise<TranscriptKey> {
  const { label, token, project, name, purpose, program = null, notUsedBefore = null } = entry;
  const keyKind = keyKindOf(key.publicKey);
  if (keyKind === null)
    throw new CeremonyError('CERTIFICATE_MISMATCH', `${label} is of a kind that isn’t used here`);
  const issued =
    'certificate' in entry
      ? describeCertificate(certificateFileName(label), await readCertificate(folder, entry.certificate))
      : null;
  const about = {
    label,
    keyLabel: label,
    notUsedBefore,
    purpose,
    token,
    storage: 'wrapped',
    project,
    name,
  } as const;
  const kept = { key: 'kept', certificate: issued === null ? 'requested' : 'kept' } as const;
  return { ...about, program, keyKind, ...kept, protection, issued, published: null, rulesKept: null };
}

function transcriptOf(
  config: CeremonyConfig,
  {
    module,
    now,
    log,
    keys,
  }: {
    readonly module: string;
    readonly now: Date;
    readonly log: Awaited<ReturnType<typeof prepareLogKey>>;
    readonly keys: readonly TranscriptKey[];
  },
): CeremonyTranscript {
  const { foundation, fips, witnesses } = config;
  return {
    version: 1,
    at: now.toISOString(),
    dryRun: false,
    module,
    foundation: foundation.name,
    fips,
    tokens: [],
    logKey: log.described,
    witnesses,
    keys,
    rootList: null,
  };
}
