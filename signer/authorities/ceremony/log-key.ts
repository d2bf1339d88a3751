/** The log's key: it signs what a ceremony did, and has no certificate. */
import { noteKey, signNote, type NoteKey } from '#core/pki/note/index.ts';
import { type KeyRegistry } from '../../keyholder/index.ts';
import {
  checkApprovedKey,
  generateEd25519KeyPair,
  keyExists,
  readEd25519PublicKey,
  readKeyProtection,
  type Pkcs11Token,
} from '../../keyholder/token/index.ts';
import { type CeremonyConfig, CeremonyError } from '../ceremony-config/index.ts';
import { refuseUnprotected } from './prepare-key.ts';
import type { TranscriptLogKey } from './transcript.ts';

const logLabel = 'foundation-log';
export const logKeyFileName = `${logLabel}.vkey`;

export interface LogKey {
  readonly described: TranscriptLogKey;
  /** Text → signed note. */
  readonly sign: (text: string) => Promise<string>;
}

/** Makes the key where it isn't there. Throws CERTIFICATE_MISMATCH where the registry knows another one. */
export async function prepareLogKey(
  token: Pkcs11Token,
  { config, earlier, dryRun }: { config: CeremonyConfig; earlier: KeyRegistry; dryRun: boolean },
): Promise<LogKey> {
  const exists = await keyExists(token, logLabel);
  const known = earlier.logKey;
  if (!exists && known !== undefined) {
    throw new CeremonyError(
      'KEY_MISSING',
      `token ${token.label} has no key ${logLabel}, which registry.json knows: attach the right token, or remove logKey there`,
    );
  }
  const about = { label: logLabel, token: token.label, key: exists ? 'kept' : 'made' } as const;
  if (!exists && dryRun) return { described: { ...about, verifierKey: null }, sign: neverSigned };
  if (!exists) await generateEd25519KeyPair(token, logLabel);
  const protection = await readKeyProtection(token, logLabel);
  refuseUnprotected(logLabel, token, protection);
  const key = noteKey(nameOf(config), await readEd25519PublicKey(token, logLabel));
  if (config.fips) checkApprovedKey(logLabel, key.publicKey, protection);
  refuseAnother(key, known?.verifierKey);
  return {
    described: { ...about, verifierKey: key.verifierKey },
    sign: (text) => signNote(text, key, (message) => token.signEd25519(logLabel, message)),
  };
}

function refuseAnother(key: NoteKey, known: string | undefined): void {
  if (known === undefined || known === key.verifierKey) return;
  throw new CeremonyError(
    'CERTIFICATE_MISMATCH',
    `the log's key is ${key.verifierKey}, and registry.json knows ${known}: attach the right token and keep logName as it was`,
  );
}

function nameOf({ logName, foundation }: CeremonyConfig): string {
  const words = foundation.name.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? ['foundation'];
  return logName ?? `${words.join('-')}/countersign`;
}

function neverSigned(): Promise<string> {
  return Promise.reject(new CeremonyError('KEY_MISSING', 'a dry run signs nothing'));
}
