import { openIssuanceLog } from '../issuance/index.ts';
import type { KeyRegistry } from '../../keyholder/index.ts';
import { Ceremony } from './ceremony.ts';
import { type CeremonyConfig, CeremonyError, type TokenRole } from '../ceremony-config/index.ts';
import { readRegistry, replaceFile, writeKeyFolder } from './key-folder.ts';
import { logKeyFileName, prepareLogKey, type LogKey } from './log-key.ts';
import { writePublishedKeys } from './publish-key.ts';
import { writeRootList } from './root-list.ts';
import { visitTokens } from './token-visits.ts';
import { transcriptFileName, transcriptText } from './transcript-note.ts';
import type { CeremonyTranscript } from './transcript.ts';

export interface CeremonyInput {
  readonly config: CeremonyConfig;
  /** Reports what would be made; makes no key and writes no file. */
  readonly dryRun?: boolean;
  /** Only these tokens are opened, and the log's; keys on the others must exist from an earlier ceremony. Default: all. */
  readonly tokens?: readonly TokenRole[];
  readonly now?: Date;
  readonly onProgress?: (done: string) => void;
}

/** The issuing CA twice: first for its key, and again to sign once the root has signed for it. The log signs at the end. */
const visits: readonly TokenRole[] = ['signing', 'timestamping', 'issuing', 'root', 'issuing', 'log'];

/**
 * Makes the keys of a configuration on their tokens and issues their certificates, or requests for a public CA: every key is
 * generated on the token, can't leave it, and is checked for that; what exists is kept. Tokens are opened one after the
 * other. The log's key signs what was done. Throws CeremonyError, KeyHolderError or X509Error; running it again
 * continues where it stopped.
 */
export async function runCeremony(input: CeremonyInput): Promise<CeremonyTranscript> {
  const { config, dryRun = false, now = new Date(), onProgress = () => undefined } = input;
  const opened = new Set<TokenRole>(['log', ...(input.tokens ?? visits)]);
  const roles = visits.filter((visit) => opened.has(visit) && config.tokens[visit] !== undefined);
  const earlier = await readRegistry(config.keysDirectory);
  const issuance = await openIssuanceLog(config.keysDirectory);
  const ceremony = new Ceremony({ config, earlier, issuance, dryRun, now, onProgress });
  await ceremony.useRegisteredKeys((role) => !opened.has(role));
  const held: { transcript?: CeremonyTranscript } = {};
  await visitTokens(
    config,
    roles,
    async (role, token, module) => {
      if (role !== 'log') return ceremony.visit(role, token);
      const log = await prepareLogKey(token, { config, earlier, dryRun });
      const transcript = transcriptOf(ceremony, { config, module, dryRun, now, log });
      held.transcript = transcript;
      if (!dryRun) await write(ceremony, { config, earlier, transcript, log });
    },
    { readWrite: !dryRun, needs: (role, label) => ceremony.needs(role, label) },
  );
  if (held.transcript !== undefined) return held.transcript;
  throw new CeremonyError('KEY_MISSING', 'the token of the log wasn’t visited');
}

function transcriptOf(
  ceremony: Ceremony,
  about: { config: CeremonyConfig; module: string; dryRun: boolean; now: Date; log: LogKey },
): CeremonyTranscript {
  const { config, module, dryRun, now, log } = about;
  return {
    version: 1,
    at: now.toISOString(),
    dryRun,
    module,
    foundation: config.foundation.name,
    fips: config.fips,
    tokens: ceremony.tokens,
    logKey: log.described,
    witnesses: config.witnesses,
    keys: ceremony.describeKeys(),
    rootList: ceremony.rootList?.described ?? null,
  };
}

/**
 * Everything that others read: the transcript before what it describes, and the registry last. Held again after a cut, a ceremony finds the keys that
 * the registry has, and makes no transcript of them.
 */
async function write(
  ceremony: Ceremony,
  about: { config: CeremonyConfig; earlier: KeyRegistry; transcript: CeremonyTranscript; log: LogKey },
): Promise<void> {
  const { config, earlier, transcript, log } = about;
  const folder = config.keysDirectory;
  if (ceremony.rootList !== null) await writeRootList(folder, ceremony.rootList);
  for (const [fileName, pem] of ceremony.requests) await replaceFile(folder, fileName, pem);
  const { verifierKey, label, token } = log.described;
  const isNew = earlier.logKey === undefined;
  const isAllKept = transcript.keys.every((key) => key.certificate === 'kept');
  if (!isNew && isAllKept && !ceremony.recordsPrograms) return;
  if (verifierKey === null) throw new CeremonyError('KEY_MISSING', 'the log has no key');
  await replaceFile(folder, logKeyFileName, `${verifierKey}\n`);
  const registry = { ...ceremony.registry(), logKey: { label, token, verifierKey } };
  await writePublishedKeys(ceremony.published, {
    folder,
    revocations: config.openPgp?.revocations ?? null,
  });
  await replaceFile(folder, transcriptFileName(transcript), await log.sign(transcriptText(transcript)));
  await writeKeyFolder(folder, ceremony.certificates, registry);
}
