/** A foundation on SoftHSM with one project, and its timestamp authority on a free port of this machine. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testTokens } from '../../../dev/test/index.ts';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../ceremony/index.ts';
import { startTimestampAuthority, tsaConfigSchema, type TsaConfigInput } from './index.ts';

export async function startTestAuthority(clock: NonNullable<TsaConfigInput['clock']> = {}) {
  const hsm = await testTokens(['root', 'issuing', 'signing', 'timestamping', 'log']);
  const keysDirectory = join(hsm.folder, 'keys');
  const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
  const token = (label: string) => ({ label, pin: pin(label) });
  const softHsm = { module: hsm.module, softhsmConf: hsm.configFile };
  await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory,
      rootModulusBits: 3072,
      ...softHsm,
      tokens: {
        root: token('root'),
        issuing: token('issuing'),
        signing: token('signing'),
        timestamping: token('timestamping'),
        log: token('log'),
      },
      projects: [
        {
          slug: 'widget',
          name: 'Widget',
          program: 'executables',
          certificates: [{ name: 'release', purpose: 'release' }],
        },
      ],
    }),
  });
  const registry = join(keysDirectory, 'registry.json');
  const failures: unknown[] = [];
  const config = tsaConfigSchema.parse({
    version: 1,
    clock,
    serialFile: join(hsm.folder, 'tsa', 'serial'),
    keyHolder: {
      ...softHsm,
      tokenLabel: 'timestamping',
      pin: pin('timestamping'),
      registry,
      journal: join(hsm.folder, 'tsa', 'journal.jsonl'),
    },
  });
  const authority = await startTimestampAuthority(config, (error) => failures.push(error));
  return {
    url: authority.url,
    failures,
    folder: hsm.folder,
    keysDirectory,
    /** DER of a certificate of the ceremony. */
    certificate: (label: string) =>
      certificateFromPem(readFileSync(join(keysDirectory, `${label}.pem`), 'utf8')),
    /** For a key holder over the project's keys. */
    signing: {
      ...softHsm,
      tokenLabel: 'signing',
      pin: pin('signing'),
      registryFile: registry,
      journalFile: join(hsm.folder, 'keyholder', 'journal.jsonl'),
    },
    async close() {
      await authority.close();
      await hsm.release();
    },
  };
}
