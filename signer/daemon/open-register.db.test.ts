import { execFile } from 'node:child_process';
import { generateKeyPairSync, sign, X509Certificate, type KeyPairKeyObjectResult } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { testDatabase, testFolder } from '../../dev/test/index.ts';
import type { CertificateSerial } from '#core/ids/index.ts';
import { changed } from '#core/policy/plan/snapshots.fixture.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { openAuthority, signWith, type TestAuthority } from '#core/pki/crl/authority.fixture.ts';
import { issueRevocationList } from '#core/pki/crl/index.ts';
import { issueCertificate, serialOf } from '#core/pki/x509/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import type { SigningKey } from '../rulings/trust/index.ts';
import { openRegister } from './open-register.ts';
import {
  readJournalled,
  readRegister,
  registerText,
  type RevocationRegister,
} from '../rulings/revocations/index.ts';

const [first, second] = ['5a3c01', '5a3c02'] as const;
const date = '2026-11-20T00:00:00Z';

/** A policy that revokes these, from when on and why. */
function revoking(
  serials: readonly string[],
  effectiveAt = date,
  reason = 'privilegeWithdrawn',
): PolicySnapshot {
  const file = (serial: string) => `apiVersion: countersign/v1
kind: Revocation
serial: '${serial}'
project: esbuild-demo
certificate: release
trigger: malware
reason: ${reason}
effectiveAt: '${effectiveAt}'
statement: It held malware.
`;
  return changed(Object.fromEntries(serials.map((serial) => [`revocations/${serial}.yaml`, file(serial)])));
}

let ca: TestAuthority;
let urls: Awaited<ReturnType<typeof testDatabase>>;
let work: Awaited<ReturnType<typeof testFolder>>;
let database: Database;
let folder = '';
let count = 0;
const file = (name = 'one'): string => join(folder, `${name}.json`);
const list = (): string => join(folder, 'pki', 'foundation-issuing.crl');
const issuer = (): string => join(folder, 'issuing.pem');

beforeAll(async () => {
  ca = await openAuthority();
});
beforeEach(async () => {
  urls = await testDatabase();
  work = await testFolder(`register-${count++}`);
  ({ folder } = work);
  mkdirSync(join(folder, 'pki'));
  const base64 = Buffer.from(ca.issuing).toString('base64').replace(/.{64}/g, '$&\n');
  writeFileSync(issuer(), `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  database = openDatabase(urls.signer, () => undefined);
  return async () => {
    await database.close();
    await urls.release();
    await work.release();
  };
});

const open = (
  signerId = 'one',
  port: Database = database,
  keys: readonly SigningKey[] = [],
): Promise<RevocationRegister> =>
  openRegister(
    { revocationRegister: file(signerId), revocationList: { file: list(), issuer: issuer() }, signerId },
    { database: port, log: { warn: () => undefined }, now: () => new Date(), keys: () => keys },
  );

async function publish(
  serials: readonly string[],
  revokedAt = new Date(date),
  reason: 'privilegeWithdrawn' | 'keyCompromise' = 'privilegeWithdrawn',
): Promise<void> {
  const at = Date.now();
  const der = await issueRevocationList(
    {
      issuer: ca.issuing,
      number: 7,
      distributionPoint: null,
      thisUpdate: new Date(at - 60_000),
      nextUpdate: new Date(at + 3_600_000),
      revoked: serials.map((serial) => ({
        serial: serial as CertificateSerial,
        revokedAt,
        reason,
      })),
    },
    signWith(ca.issuingKeys),
  );
  writeFileSync(list(), der);
}

async function certified(pair: KeyPairKeyObjectResult, last: number): Promise<SigningKey> {
  const der = await issueCertificate(
    {
      kind: 'test',
      subject: { organization: 'Example', commonName: 'TEST ONLY: x' },
      publicKey: pair.publicKey,
      issuer: null,
      serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, last]),
      notBefore: new Date('2026-11-01'),
      notAfter: new Date('2027-02-01'),
    },
    (tbs) => Promise.resolve(sign('sha256', tbs, pair.privateKey)),
  );
  return {
    entry: { project: 'esbuild-demo' } as SigningKey['entry'],
    certificate: new X509Certificate(der),
    chain: [],
  };
}

describe('the register of revocations, damaged', () => {
  it('is created empty if nothing was ever revoked, and its creation is recorded', async () => {
    await open();
    expect(readFileSync(file(), 'utf8')).toBe(registerText([]));
  });

  it('is whole where the list names more certificates of a compromised key than the policy revokes', async () => {
    const pair = generateKeyPairSync('rsa', { modulusLength: 3072 });
    const keys = await Promise.all([1, 2].map((last) => certified(pair, last)));
    const [named, derived] = keys.map(({ certificate }) => serialOf(certificate));
    if (named === undefined || derived === undefined) throw new Error('no serials');
    await (await open('one', database, keys)).learn(revoking([named], date, 'keyCompromise'));
    await publish([named, derived], new Date(date), 'keyCompromise');
    expect((await open('one', database, keys)).known().size).toBe(1);
    // Without a key in common it is one that the register lacks.
    await expect(open('one', database, keys.slice(0, 1))).rejects.toMatchObject({
      code: 'REVOCATION_REGISTER_SHORT',
    });
  });

  /** A register with two revocations, which the journal knows. */
  async function twoRevoked(): Promise<string> {
    await (await open()).learn(revoking([first, second]));
    return readFileSync(file(), 'utf8');
  }

  it.each([
    ['lost', () => rmSync(file()), 'REVOCATION_REGISTER_MISSING'],
    ['emptied', () => writeFileSync(file(), ''), 'REVOCATION_REGISTER_INVALID'],
    ['cut short', (text: string) => writeFileSync(file(), text.slice(0, 90)), 'REVOCATION_REGISTER_INVALID'],
    ['made new', () => writeFileSync(file(), registerText([])), 'REVOCATION_REGISTER_SHORT'],
    [
      'set back to a later date',
      (text: string) => writeFileSync(file(), text.replaceAll('2026-11-20', '2026-11-25')),
      'REVOCATION_REGISTER_SHORT',
    ],
  ])('keeps the signer from starting: %s', async (_, damage, code) => {
    damage(await twoRevoked());
    const refusal = await open().then(
      () => null,
      (error: unknown) => error as Error & { code: string },
    );
    expect(refusal?.code).toBe(code);
    expect(refusal?.message).toContain(file());
    expect(refusal?.message).toContain('npm run revocations:rebuild');
    if (code === 'REVOCATION_REGISTER_SHORT') expect(refusal?.message).toContain(first);
  });

  it('keeps the signer from starting if an older copy was restored', async () => {
    await (await open()).learn(revoking([first]));
    const older = readFileSync(file());
    await (await open()).learn(revoking([first, second]));
    writeFileSync(file(), older);
    await expect(open()).rejects.toMatchObject({
      code: 'REVOCATION_REGISTER_SHORT',
      message: expect.stringContaining(second) as string,
    });
  });

  it('keeps the signer from starting if it has lost a key compromise', async () => {
    await (await open()).learn(revoking([first], date, 'keyCompromise'));
    writeFileSync(file(), readFileSync(file(), 'utf8').replace('keyCompromise', 'superseded'));
    await expect(open()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_SHORT' });
  });

  it('keeps the signer from starting if only the published list still has the revocation', async () => {
    await publish([first]);
    await expect(open()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_MISSING' });
    writeFileSync(file(), registerText([]));
    await expect(open()).rejects.toMatchObject({
      code: 'REVOCATION_REGISTER_SHORT',
      message: expect.stringContaining('list 7') as string,
    });
  });

  it('is reported while the signer runs, without losing what it has in memory', async () => {
    const register = await open();
    await register.learn(revoking([first, second]));
    await register.checkFile();
    rmSync(file());
    await expect(register.checkFile()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_MISSING' });
    writeFileSync(file(), registerText([]));
    await expect(register.checkFile()).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_SHORT' });
    expect(register.known().size).toBe(2);
  });

  it('is compared as soon as the database is back, and counts as unknown before', async () => {
    await twoRevoked();
    writeFileSync(file(), registerText([]));
    let away = true;
    const nowhere = openDatabase('postgresql://127.0.0.1:1/none', () => undefined);
    const register = await open('one', {
      ...database,
      query: (...given) => (away ? nowhere : database).query(...given),
    });
    await expect(register.learn(changed({}))).rejects.toMatchObject({ code: 'POLICY_UNAVAILABLE' });
    away = false;
    await expect(register.learn(changed({}))).rejects.toThrow(first);
    await nowhere.close();
  });

  it('adds to the journal what a crash kept out of it', async () => {
    const text = await twoRevoked();
    const other = await testDatabase();
    const anew = openDatabase(other.signer, () => undefined);
    try {
      writeFileSync(file(), text);
      await open('one', anew);
      const { entries } = await readJournalled(anew, 0n);
      expect(entries.map((entry) => entry.revocation.serial)).toEqual([first, second]);
      await open('one', anew);
      expect((await readJournalled(anew, 0n)).entries).toHaveLength(2);
    } finally {
      await anew.close();
      await other.release();
    }
  });
});

describe('several signers on one database', () => {
  it('starts after an absence, and signs nothing until it knows what the others know', async () => {
    await open('two');
    await (await open('one')).learn(revoking([first]));
    const two = await open('two');
    await expect(two.learn(changed({}))).rejects.toThrow(new RegExp(`${first}.*signer one`));
    expect((await two.learn(revoking([first]))).has(first)).toBe(true);
  });

  it('learns what another one learned without a restart', async () => {
    const [one, two] = [await open('one'), await open('two')];
    const before = changed({});
    await two.learn(before);
    await one.learn(revoking([first]));
    await expect(two.learn(before)).rejects.toMatchObject({ code: 'POLICY_UNAVAILABLE' });
  });

  it('never starts work with an empty register if the others know revocations', async () => {
    await (await open('one')).learn(revoking([first]));
    await expect(open('three')).rejects.toMatchObject({ code: 'REVOCATION_REGISTER_MISSING' });
  });
});

describe('npm run revocations:rebuild', () => {
  async function rebuild(...args: readonly string[]): Promise<string> {
    writeFileSync(join(folder, 'registry.json'), JSON.stringify({ version: 1, keys: [] }));
    writeFileSync(
      join(folder, 'signer.yaml'),
      stringify({
        databaseUrl: urls.signer,
        workDirectory: 'work',
        signerId: 'one',
        policyRepository: {
          url: 'none',
          ref: 'refs/heads/main',
          initialCommit: 'a'.repeat(40),
          directory: 'policies.git',
        },
        store: { artifacts: 'artifacts', released: 'released' },
        revocationRegister: file(),
        revocationList: { file: list(), issuer: issuer() },
        trustRoots: {},
        keyHolder: {
          module: '/none',
          tokenLabel: 'signing',
          pin: { env: 'NONE' },
          registry: 'registry.json',
          journal: 'journal.jsonl',
        },
        timestamp: { urls: ['http://127.0.0.1:1/'], trustedRoots: ['none.pem'] },
        scanner: { port: 1 },
      }),
    );
    const program = join(import.meta.dirname, '..', 'rulings', 'revocations', 'main.ts');
    const run = promisify(execFile)(process.execPath, [
      program,
      '--config',
      join(folder, 'signer.yaml'),
      ...args,
    ]);
    return run.then(
      ({ stdout }) => stdout,
      (error: unknown) => `${(error as { stdout: string }).stdout}${(error as { stderr: string }).stderr}`,
    );
  }

  it('shows what it would write, writes what was confirmed, keeps what existed, and the signer starts', async () => {
    await (await open()).learn(revoking([first]));
    await publish([first, second]);
    writeFileSync(file(), 'half a reg');
    const said = await rebuild();
    expect(said).toContain('is none');
    expect(said).toMatch(new RegExp(`\\+ ${first} .*esbuild-demo/release.*from journal`));
    expect(said).toMatch(new RegExp(`\\+ ${second} .*from foundation-issuing.crl`));
    expect(readFileSync(file(), 'utf8')).toBe('half a reg');
    const plan = /--confirm ([0-9a-f]{12})/.exec(said)?.[1] ?? '';
    expect(await rebuild('--confirm', '0'.repeat(12))).toContain(`The plan is ${plan} now`);
    expect(await rebuild('--confirm', plan)).toContain('is written');
    expect([...(await readRegister(file())).keys()]).toEqual([first, second]);
    expect(readFileSync(`${file()}.before-${plan}`, 'utf8')).toBe('half a reg');
    expect((await open()).known().size).toBe(2);
    expect(await rebuild()).toContain('Nothing is missing');
  });

  it('accepts a list kept elsewhere, and none of another CA', async () => {
    await publish([first]);
    const kept = join(folder, 'kept.crl');
    writeFileSync(kept, readFileSync(list()));
    rmSync(list());
    await (await open()).learn(changed({}));
    const plan = /--confirm ([0-9a-f]{12})/.exec(await rebuild('--list', kept))?.[1] ?? '';
    await rebuild('--list', kept, '--confirm', plan);
    expect((await readRegister(file())).get(first)).toMatchObject({ policyCommit: null });
    const foreign = readFileSync(kept);
    foreign[foreign.length - 1] = (foreign.at(-1) ?? 0) ^ 1;
    writeFileSync(kept, foreign);
    expect(await rebuild('--list', kept)).toContain('isn’t signed by this issuer');
  });

  it('writes nothing while the journal can’t be read', async () => {
    await (await open()).learn(revoking([first]));
    rmSync(file());
    const url = urls.signer;
    Object.assign(urls, { signer: url.replace(/@[^/]+/, '@127.0.0.1:1') });
    try {
      expect(await rebuild()).toMatch(/^revocations: /m);
    } finally {
      Object.assign(urls, { signer: url });
    }
    expect(existsSync(file())).toBe(false);
    expect(readdirSync(folder)).not.toContain('one.json.new');
  });
});
