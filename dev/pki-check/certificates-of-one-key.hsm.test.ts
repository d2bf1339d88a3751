/** Two certificates of one key: which of them signs, and from when, judged by openssl and osslsigncode. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { serialOf } from '#core/pki/x509/index.ts';
import { runCeremony } from '../../signer/authorities/ceremony/index.ts';
import { startTimestampAuthority, tsaConfigSchema } from '../../signer/authorities/tsa/index.ts';
import { isInUse, newestOf, openKeyRing } from '../../signer/rulings/trust/index.ts';
import { lacksTools } from '../test/lacks.ts';
import { signProgram } from './foundation.ts';
import {
  grantFor,
  project,
  startKeysOnTwoTokens,
  type KeysOnTwoTokens,
} from './keys-on-two-tokens.fixture.ts';

const run = promisify(execFile);
const dayMs = 86_400_000;

let given: KeysOnTwoTokens;
let tsa: Awaited<ReturnType<typeof startTimestampAuthority>>;
beforeAll(async () => {
  given = await startKeysOnTwoTokens();
  tsa = await startTimestampAuthority(
    tsaConfigSchema.parse({
      version: 1,
      serialFile: join(given.hsm.folder, 'tsa-serial'),
      keyHolder: {
        module: given.hsm.module,
        softhsmConf: given.hsm.configFile,
        tokenLabel: 'timestamping',
        pin: given.pin('timestamping'),
        registry: given.keys('registry.json'),
        journal: join(given.hsm.folder, 'tsa', 'journal.jsonl'),
      },
    }),
    () => undefined,
  );
});
afterEach(() => given.closeHolders());
afterAll(async () => {
  await tsa.close();
  await given.release();
});

describe.skipIf(lacksTools('openssl', 'osslsigncode'))('two certificates of one key', () => {
  const later = new Date(Date.now() + 14 * dayMs).toISOString();
  const renewed = (notUsedBefore: string | null) => [
    project('widget', [
      {
        name: 'release',
        purpose: 'release',
        generation: 2,
        sameKeyAs: 1,
        ...(notUsedBefore === null ? {} : { notUsedBefore }),
      },
    ]),
  ];

  /** Where this test runs alone, none was made before it. */
  async function makeSuccessor(): Promise<void> {
    if (given.registry().keys.some(({ label }) => label === 'widget.release.2')) return;
    await runCeremony({
      config: given.configured({ projects: renewed(null) }),
      tokens: ['issuing', 'signing'],
    });
  }

  async function judge(name: string, label: string): Promise<string> {
    const keyHolder = await given.openHolder();
    const file = join(given.hsm.folder, name);
    writeFileSync(file, await signProgram(keyHolder, given.certificate, tsa.url, label));
    const root = given.keys('foundation-root.pem');
    return (await run('osslsigncode', ['verify', '-CAfile', root, '-TSA-CAfile', root, '-in', file])).stdout;
  }

  it('are both judged good by openssl and osslsigncode, over files that each signed; the announced one signs nothing before its day', async () => {
    expect(await judge('first.exe', 'widget.release')).toMatch(/Signature verification: ok/);
    const made = await runCeremony({
      config: given.configured({ projects: renewed(later) }),
      tokens: ['issuing', 'signing'],
    });
    expect(made.keys.find(({ label }) => label === 'widget.release.2')).toMatchObject({
      keyLabel: 'widget.release',
      key: 'kept',
      certificate: 'made',
      notUsedBefore: later,
      rulesKept: expect.any(Number) as number,
    });
    expect(given.entryOf('widget.release.2')).toMatchObject({
      key: 'widget.release',
      notUsedBefore: later,
      token: 'signing',
    });
    const [first, second] = ['widget.release', 'widget.release.2'].map(
      (label) => new X509Certificate(given.certificate(label)),
    );
    expect(first?.publicKey.equals(second?.publicKey as never)).toBe(true);
    expect(serialOf(first as never)).not.toBe(serialOf(second as never));
    const { stdout } = await run('openssl', [
      'verify',
      '-CAfile',
      given.keys('foundation-root.pem'),
      '-untrusted',
      given.keys('foundation-issuing.pem'),
      '-purpose',
      'codesign',
      given.keys('widget.release.2.pem'),
    ]).catch(() =>
      run('openssl', [
        'verify',
        '-CAfile',
        given.keys('foundation-root.pem'),
        '-untrusted',
        given.keys('foundation-issuing.pem'),
        given.keys('widget.release.2.pem'),
      ]),
    );
    expect(stdout).toContain('OK');

    const keyHolder = await given.openHolder();
    await expect(keyHolder.sign(grantFor('widget.release.2'))).rejects.toMatchObject({
      code: 'CERTIFICATE_NOT_VALID_NOW',
      message: expect.stringContaining(later) as string,
    });
    const ring = (await openKeyRing(given.keys('registry.json')))
      .current()
      .filter(({ entry }) => entry.name === 'release' && entry.project === 'widget');
    const chosenAt = (at: Date) => newestOf(ring.filter((key) => isInUse(key, at)))?.entry.label;
    expect(chosenAt(new Date())).toBe('widget.release');
    expect(chosenAt(new Date(Date.parse(later)))).toBe('widget.release.2');

    writeFileSync(
      given.keys('registry.json'),
      readFileSync(given.keys('registry.json'), 'utf8').replace(
        later,
        new Date(Date.now() - 1000).toISOString(),
      ),
    );
    expect(await judge('second.exe', 'widget.release.2')).toMatch(/Signature verification: ok/);
    expect(
      await run('osslsigncode', [
        'verify',
        '-CAfile',
        given.keys('foundation-root.pem'),
        '-TSA-CAfile',
        given.keys('foundation-root.pem'),
        '-in',
        join(given.hsm.folder, 'first.exe'),
      ]).then(({ stdout: out }) => out),
    ).toMatch(/Signature verification: ok/);
  });

  it('keeps key and date when a ceremony names the certificate without them, and refuses another key for it', async () => {
    const before = given.entryOf('widget.release.2');
    await runCeremony({
      config: given.configured({
        projects: [project('widget', [{ name: 'release', purpose: 'release', generation: 2 }])],
      }),
    });
    expect(given.entryOf('widget.release.2')).toEqual(before);
    const other = given.configured({
      projects: [
        project('widget', [
          { name: 'release', purpose: 'release', generation: 3 },
          { name: 'release', purpose: 'release', generation: 4, sameKeyAs: 3 },
        ]),
      ],
    });
    const mismatched = {
      ...other,
      projects: other.projects.map((one) => ({
        ...one,
        certificates: one.certificates.map((made) => ({
          ...made,
          generation: made.generation === 4 ? 2 : 3,
          ...(made.generation === 4 ? { sameKeyAs: 3 } : {}),
        })),
      })),
    };
    await expect(runCeremony({ config: mismatched })).rejects.toMatchObject({ code: 'CERTIFICATE_MISMATCH' });
  });

  it('of which one is for another key are no registry', async () => {
    await makeSuccessor();
    const listed = readFileSync(given.keys('registry.json'), 'utf8');
    try {
      writeFileSync(
        given.keys('registry.json'),
        listed.replace('"certificate": "widget.release.2.pem"', '"certificate": "sprocket.release.pem"'),
      );
      await expect(given.openHolder()).rejects.toMatchObject({
        code: 'REGISTRY_INVALID',
        message: expect.stringContaining('no certificate of the key of widget.release.pem') as string,
      });
    } finally {
      writeFileSync(given.keys('registry.json'), listed);
    }
  });

  it('a successor for a key that isn’t there is refused', async () => {
    const missing = given.configured({
      projects: [project('gizmo', [{ name: 'release', purpose: 'release', generation: 2, sameKeyAs: 1 }])],
    });
    await expect(runCeremony({ config: missing })).rejects.toMatchObject({ code: 'KEY_MISSING' });
  });
});
