import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ConfigurationError } from '../../../lib/host/configuration/index.ts';
import { readConfig } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-signer-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const good = {
  databaseUrl: 'postgresql://signer@127.0.0.1/countersign',
  policyRepository: {
    url: 'https://example.org/policies.git',
    ref: 'refs/heads/main',
    directory: 'policy.git/',
    initialCommit: 'a'.repeat(40),
  },
  store: { artifacts: 'store/artifacts', released: '../released' },
  workDirectory: 'work',
  revocationList: { file: 'pub/list.crl', issuer: 'keys/issuing.pem' },
  statusAnswers: { folder: 'pub/ocsp', issuer: 'keys/issuing.pem' },
  trustRoots: { public: 'builtin:sigstore', own: 'root.json' },
  keyHolder: {
    module: 'libsofthsm2.so',
    softhsmConf: 'softhsm2.conf',
    tokenLabel: 'signing',
    pin: { file: 'pin' },
    registry: 'keys/registry.json',
    journal: 'keyholder.jsonl',
  },
  auditLog: { pin: { env: 'LOG_PIN' } },
  timestamp: { urls: ['https://time.example/'], trustedRoots: ['tsa.pem'] },
  scanner: { port: 3310 },
};

function read(config: unknown) {
  const file = join(folder, 'signer.yaml');
  writeFileSync(file, stringify(config));
  return readConfig(file);
}

describe('the signer’s configuration', () => {
  it('has absolute paths, and its state files beside the policy clone', () => {
    const at = (name: string): string => join(folder, name);
    const config = read(good);
    expect(config).toMatchObject({
      policyRepository: { directory: at('policy.git'), pollSeconds: 30 },
      store: { artifacts: at('store/artifacts'), released: at('../released') },
      workDirectory: at('work'),
      journalAnchor: at('policy.git.journal-anchor.json'),
      revocationRegister: at('policy.git.revocations.json'),
      emergencyStops: at('policy.git.stops.json'),
      sigstoreRoots: at('policy.git.sigstore-roots'),
      revocationList: { file: at('pub/list.crl'), issuer: at('keys/issuing.pem') },
      statusAnswers: { folder: at('pub/ocsp'), issuer: at('keys/issuing.pem') },
      trustRoots: { public: 'builtin:sigstore', own: at('root.json') },
      keyHolder: {
        module: 'libsofthsm2.so',
        softhsmConf: at('softhsm2.conf'),
        pin: { file: at('pin') },
        registry: at('keys/registry.json'),
        journal: at('keyholder.jsonl'),
      },
      auditLog: { pin: { env: 'LOG_PIN' } },
      timestamp: { trustedRoots: [at('tsa.pem')] },
      inspector: { networkNamespace: 'preferred' },
    });
    const named = { journalAnchor: 'anchor', revocationRegister: '/var/register', emergencyStops: 'stops' };
    expect(read({ ...good, ...named })).toMatchObject({
      journalAnchor: at('anchor'),
      revocationRegister: '/var/register',
      emergencyStops: at('stops'),
    });
  });

  it('reports all mistakes at once, and repeats neither PIN nor password', () => {
    const broken = {
      ...good,
      databaseUrl: 'mysql://signer:hunter2@db/x',
      policyRepository: { ...good.policyRepository, initialCommit: 'main' },
      keyHolder: { ...good.keyHolder, pin: 918_273, tokenLable: 'x' },
      timestamp: { ...good.timestamp, urls: ['https://me:hunter2@time.example/'] },
    };
    let error: unknown;
    try {
      read(broken);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    const { message } = error as ConfigurationError;
    expect(message.split('\n')).toHaveLength(5);
    expect(message).toContain('`policyRepository.initialCommit` is "main". Write a full commit hash.');
    expect(message).toContain('`keyHolder.tokenLable` is not known. Did you mean `tokenLabel`?');
    expect(message).toContain('`keyHolder.pin` is something else (not repeated here).');
    expect(message).toContain('an address without user name and password');
    expect(message).not.toMatch(/918273|hunter2/);
  });
});
