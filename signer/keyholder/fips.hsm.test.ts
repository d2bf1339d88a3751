/** `fips: true` from the ceremony to signatures over files' own bytes, on a token: what is signed is hashed there. */
import { createHash, createPublicKey, createVerify, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, signatureTrailer, signatureTypes } from '#core/pki/openpgp/index.ts';
import { testTokens } from '../../dev/test/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../authorities/ceremony/index.ts';
import { grantDocument, type DocumentContent } from './grant/file.ts';
import { openKeyHolder, type KeyHolder } from './index.ts';
import { Pkcs11Token } from './token/index.ts';

let hsm: Awaited<ReturnType<typeof testTokens>>;
let keysDirectory: string;
let documents: string;
let keyHolder: KeyHolder;

/** Several chunks, the last of them short. */
const content = Buffer.alloc(3_000_001, 'what is released ');
const sha256 = createHash('sha256').update(content).digest();

beforeAll(async () => {
  hsm = await testTokens(['root', 'issuing', 'signing', 'timestamping', 'log']);
  keysDirectory = join(hsm.folder, 'keys');
  documents = join(hsm.folder, 'documents');
  mkdirSync(documents);
  writeFileSync(join(documents, 'file'), content);
  writeFileSync(join(documents, 'other'), 'other content');
  const token = (label: string) => ({ label, pin: { file: hsm.pinFiles[label] ?? '' } });
  await runCeremony({
    config: ceremonyConfigSchema.parse({
      version: 1,
      foundation: { name: 'Example' },
      keysDirectory,
      fips: true,
      rootModulusBits: 3072,
      module: hsm.module,
      softhsmConf: hsm.configFile,
      tokens: Object.fromEntries(
        ['root', 'issuing', 'signing', 'timestamping', 'log'].map((label) => [label, token(label)]),
      ),
      openPgp: { domain: 'example.org', revocations: join(hsm.folder, 'revocations') },
      projects: [
        {
          slug: 'widget',
          name: 'Widget',
          program: 'executables',
          certificates: [{ name: 'release', purpose: 'release' }],
          ownKeys: [
            { name: 'pgp', purpose: 'openpgp' },
            { name: 'plain', purpose: 'raw' },
          ],
        },
      ],
    }),
  });
  keyHolder = await openKeyHolder({
    module: hsm.module,
    softhsmConf: hsm.configFile,
    tokenLabel: 'signing',
    fips: true,
    pin: { file: hsm.pinFiles['signing'] ?? '' },
    registryFile: join(keysDirectory, 'registry.json'),
    journalFile: join(hsm.folder, 'holder', 'journal.jsonl'),
    documents,
  });
});
afterAll(async () => {
  await keyHolder.close();
  await hsm.release();
});

function sign(
  change: Pick<DocumentContent, 'purpose' | 'keyLabel' | 'toBeSigned'> & { hash?: 'sha512' },
  file = 'file',
) {
  const grant = grantDocument(
    {
      requestId: randomUUID(),
      project: 'widget',
      program: 'executables',
      artifactSha256: 'a'.repeat(64),
      leafPath: ['widget.tar'],
      unsignedSha256: sha256.toString('hex'),
      policyCommit: 'c'.repeat(40),
      serves: 'release',
      ...change,
    },
    new Date(Date.now() + 60_000),
  );
  return keyHolder.sign(grant, { file: join(documents, file), sizeBytes: content.length });
}

describe('under FIPS, a key of a project’s own', () => {
  const raw = { purpose: 'raw', keyLabel: 'widget.plain', toBeSigned: sha256 } as const;
  const plain = () => createPublicKey(readFileSync(join(keysDirectory, 'widget.plain.pub.pem')));

  it.each(['sha256', 'sha512'] as const)('makes a raw signature by %s', async (hash) => {
    const { signature } = await sign({ ...raw, ...(hash === 'sha512' ? { hash } : {}) });
    expect(createVerify(hash).update(content).verify(plain(), signature)).toBe(true);
  });

  it('makes an OpenPGP signature', async () => {
    const record = new X509Certificate(readFileSync(join(keysDirectory, 'widget.pgp.pem')));
    const fingerprint = fingerprintOf({ publicKey: record.publicKey, created: record.validFromDate });
    const trailer = signatureTrailer({
      type: signatureTypes.binary,
      hash: 'sha256',
      time: new Date(),
      fingerprint,
    });
    const { signature } = await sign({
      purpose: 'openpgp',
      keyLabel: 'widget.pgp',
      toBeSigned: Buffer.concat([trailer, sha256]),
    });
    const verifier = createVerify('sha256').update(content).update(trailer);
    expect(verifier.verify(record.publicKey, signature)).toBe(true);
  });

  it('signs no other file than the granted one', async () => {
    await expect(sign(raw, 'other')).rejects.toMatchObject({ code: 'GRANT_MISMATCH' });
  });
});

describe('bytes that come one after another', () => {
  it('get no signature where they end with an error, and the session goes on with the next operation', async () => {
    process.env['SOFTHSM2_CONF'] = hsm.configFile;
    const pin = readFileSync(hsm.pinFiles['signing'] ?? '', 'utf8').trim();
    const token = Pkcs11Token.open({ module: hsm.module, tokenLabel: 'signing', pin, sessions: 1 });
    try {
      const broken = async function* () {
        yield await Promise.resolve(content);
        throw new Error('another file');
      };
      for (let attempt = 0; attempt < 3; attempt += 1)
        await expect(token.signChunks('widget.plain', broken, 'sha256')).rejects.toThrow('failed');
      const whole = async function* () {
        yield await Promise.resolve(content.subarray(0, 10));
        yield await Promise.resolve(content.subarray(10));
      };
      expect(await token.signChunks('widget.plain', whole, 'sha256')).toEqual(
        await token.sign('widget.plain', content, 'sha256'),
      );
    } finally {
      await token.close();
    }
  });
});
