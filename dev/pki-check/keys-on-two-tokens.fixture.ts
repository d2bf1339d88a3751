/** A ceremony's keys on two tokens, the first of which keeps them as files, and key holders that sign with them: on real SoftHSM. */
import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { certificateFromPem } from '#core/pki/x509/index.ts';
import {
  ceremonyConfigSchema,
  runCeremony,
  type CeremonyConfig,
  type CeremonyConfigInput,
} from '../../signer/authorities/ceremony/index.ts';
import { releaseGrant } from '../../signer/keyholder/grant/grants.fixture.ts';
import { openKeyHolder, parseKeyRegistry, type KeyHolder } from '../../signer/keyholder/index.ts';
import { testTokens } from '../test/index.ts';

const run = promisify(execFile);

/** The first keeps new keys as files and has room for three, the second as objects. */
export const signingTokens = [
  { label: 'signing', storage: 'wrapped' as const, keysMax: 3 },
  { label: 'signing-2', storage: 'token' as const },
];

export const project = (
  slug: string,
  certificates: CeremonyConfigInput['projects'][number]['certificates'],
) => ({ slug, name: slug, program: 'executables', certificates }) as const;

const widget = project('widget', [
  { name: 'release', purpose: 'release' },
  { name: 'curve', purpose: 'release', key: 'p-384' },
  { name: 'test', purpose: 'test' },
]);
const sprocket = project('sprocket', [{ name: 'release', purpose: 'release' }]);

export type KeysOnTwoTokens = Awaited<ReturnType<typeof startKeysOnTwoTokens>>;

/** Holds the ceremony: `widget` has three keys on the first token, `sprocket` one on the second. */
export async function startKeysOnTwoTokens() {
  const hsm = await testTokens(['root', 'issuing', 'signing', 'signing-2', 'timestamping', 'log']);
  const open: KeyHolder[] = [];
  let journals = 0;
  const keys = (...names: readonly string[]): string => join(hsm.folder, 'keys', ...names);
  const pin = (label: string) => ({ file: hsm.pinFiles[label] ?? '' });
  const token = (label: string) => ({ label, pin: pin(label) });
  const input: CeremonyConfigInput = {
    version: 1,
    foundation: { name: 'Example Foundation' },
    keysDirectory: keys(),
    rootModulusBits: 3072,
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokens: {
      root: token('root'),
      issuing: token('issuing'),
      signing: signingTokens.map((one) => ({ ...one, pin: pin(one.label) })),
      timestamping: token('timestamping'),
      log: token('log'),
    },
    projects: [widget, sprocket],
  };
  const configured = (change: Partial<CeremonyConfigInput> = {}): CeremonyConfig =>
    ceremonyConfigSchema.parse({ ...input, ...change });
  const dryRun = await runCeremony({ config: configured(), dryRun: true });
  const transcript = await runCeremony({ config: configured() });

  const registry = () => parseKeyRegistry(readFileSync(keys('registry.json'), 'utf8'), 'registry.json');

  /** openssl's verdict over a signature of a grant's bytes, by the certificate of the label. */
  async function opensslVerifies(label: string, bytes: Uint8Array, signature: Uint8Array): Promise<string> {
    const [publicKey, data, file] = ['key.pem', 'data', 'signature'].map((name) =>
      join(hsm.folder, `${randomUUID()}-${name}`),
    );
    if (publicKey === undefined || data === undefined || file === undefined) throw new Error('no names');
    const { stdout } = await run('openssl', ['x509', '-in', keys(`${label}.pem`), '-pubkey', '-noout']);
    writeFileSync(publicKey, stdout);
    writeFileSync(data, bytes);
    writeFileSync(file, signature);
    return (await run('openssl', ['dgst', '-sha256', '-verify', publicKey, '-signature', file, data])).stdout;
  }

  return {
    hsm,
    dryRun,
    transcript,
    input,
    keys,
    pin,
    configured,
    registry,
    entryOf(label: string) {
      const entry = registry().keys.find((one) => one.label === label);
      if (entry === undefined) throw new Error(`${label} is in no registry`);
      return entry;
    },
    certificate: (label: string): Uint8Array =>
      certificateFromPem(readFileSync(keys(`${label}.pem`), 'utf8')),
    async openHolder(change: Partial<Parameters<typeof openKeyHolder>[0]> = {}): Promise<KeyHolder> {
      journals += 1;
      const keyHolder = await openKeyHolder({
        module: hsm.module,
        tokenLabel: 'signing',
        pin: pin('signing'),
        furtherTokens: [{ label: 'signing-2', pin: pin('signing-2') }],
        softhsmConf: hsm.configFile,
        registryFile: keys('registry.json'),
        journalFile: join(hsm.folder, `journal-${journals}`, 'journal.jsonl'),
        rate: { signaturesPerMinuteMax: 1000 },
        // Only what hangs is cut off here, on a busy machine too.
        timeouts: { openMs: 240_000, signMs: 240_000 },
        ...change,
      });
      open.push(keyHolder);
      return keyHolder;
    },
    async expectSigns(keyHolder: KeyHolder, label: string): Promise<void> {
      const asked = grantFor(label);
      const { signature } = await keyHolder.sign(asked);
      const verdict = await opensslVerifies(label, Buffer.from(asked.wire.toBeSigned, 'base64'), signature);
      expect(verdict).toContain('Verified OK');
    },
    /** After each test. */
    async closeHolders(): Promise<void> {
      for (const keyHolder of open.splice(0)) await keyHolder.close();
    },
    release: () => hsm.release(),
  };
}

/** Another file each time. */
export function grantFor(label: string) {
  const [slug = ''] = label.split('.');
  const digest = createHash('sha256').update(randomUUID()).digest();
  const toBeSigned = Buffer.concat([Buffer.from([0x31, 34, 0x04, 32]), digest]);
  return releaseGrant({ keyLabel: label, project: slug, toBeSigned });
}

export const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The file of a wrapped key with another bit in what is wrapped. */
export function forgedFrom(good: Buffer): string {
  const file = JSON.parse(good.toString('utf8')) as { readonly wrapped: string };
  const blob = Buffer.from(file.wrapped, 'base64');
  blob[100] = (blob[100] ?? 0) ^ 1;
  return JSON.stringify({ ...file, wrapped: blob.toString('base64') });
}
