/** A digest of what a dry run would do, which the real run must be given: nobody confirms a plan unseen. */
import { createHash } from 'node:crypto';
import { keyKindName } from '#core/pki/key-kind/index.ts';
import { canonicalJson } from '#core/json/index.ts';
import type { CeremonyConfig } from '../ceremony-config/index.ts';
import type { CeremonyTranscript } from './transcript.ts';

/** Dry run and configuration → 12 hexadecimal digits; times are left out. */
export function planDigest(dryRun: CeremonyTranscript, config: CeremonyConfig): string {
  const { module, foundation, fips, keys, logKey, witnesses } = dryRun;
  const planned = {
    module,
    foundation,
    fips,
    witnesses: [...witnesses],
    logKey: { ...logKey },
    keys: keys.map(
      ({ label, keyLabel, purpose, token, storage, project, name, keyKind, key, certificate }) => ({
        label,
        keyLabel,
        storage,
        purpose,
        token,
        project,
        name,
        keyKind,
        key,
        certificate,
      }),
    ),
    configuration: JSON.stringify(config),
  };
  return createHash('sha256').update(canonicalJson(planned)).digest('hex').slice(0, 12);
}

/** Dry run → lines for people. */
export function planLines({ keys, logKey, tokens }: CeremonyTranscript): readonly string[] {
  const width = Math.max(...keys.map(({ label }) => label.length), logKey.label.length);
  const words = {
    made: 'certificate to issue',
    kept: 'certificate kept',
    requested: 'request for a public CA',
    imported: 'certificate imported',
  };
  return [
    ...keys.map(
      ({ label, keyLabel, notUsedBefore, token, storage, key, certificate, keyKind }) =>
        `  ${label.padEnd(width)}  token ${token}: key ${keyLabel === label ? '' : `of ${keyLabel} `}${key === 'made' ? `to make (${keyKindName(keyKind)})` : 'kept'}${storage === 'wrapped' ? ', wrapped' : ''}, ${words[certificate]}${notUsedBefore === null ? '' : `, announced for ${notUsedBefore.slice(0, 10)}`}`,
    ),
    `  ${logKey.label.padEnd(width)}  token ${logKey.token}: key ${logKey.key === 'made' ? 'to make (Ed25519)' : 'kept'}`,
    ...tokens.flatMap(({ label, notRegistered }) =>
      notRegistered.map((key) => `  ! token ${label} holds a key that no registry names: ${key}`),
    ),
  ];
}
