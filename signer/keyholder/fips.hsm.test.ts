/** `fips: true` from the ceremony to signatures over files' own bytes, on a token: what is signed is hashed there. */
import { createHash, createPublicKey, createVerify, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fingerprintOf, signatureTrailer, signatureTypes } from '#core/pki/openpgp/index.ts';
import { testTokens } from '../../dev/test/index.ts';
import { ceremonyConfigSchema, runCeremony } from '../authorities/ceremony/index.ts';
import { grantDocument, type DocumentContent } from './grant/file.ts';
import { startChild } from './client/child-process.ts';
import { openKeyHolder, readKeyHolderJournal, type KeyHolder, type KeyHolderOptions } from './index.ts';
import {
  childOptionsSchema,
  signingGrantId,
  type ChildOptions,
  type UnnumberedGrant,
} from './protocol/index.ts';
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
  keyHolder = await openKeyHolder(options());
});
afterAll(async () => {
  await keyHolder.close();
  await hsm.release();
});

const options = (): KeyHolderOptions => ({
  module: hsm.module,
  softhsmConf: hsm.configFile,
  tokenLabel: 'signing',
  fips: true,
  pin: { file: hsm.pinFiles['signing'] ?? '' },
  registryFile: join(keysDirectory, 'registry.json'),
  journalFile: join(hsm.folder, 'holder', 'journal.jsonl'),
  documents,
});

type Asked = Pick<DocumentContent, 'purpose' | 'keyLabel' | 'toBeSigned'> & { readonly hash?: 'sha512' };

const contentOf = (asked: Asked): DocumentContent => ({
  requestId: randomUUID(),
  project: 'widget',
  program: 'executables',
  artifactSha256: 'a'.repeat(64),
  leafPath: ['widget.tar'],
  unsignedSha256: sha256.toString('hex'),
  policyCommit: 'c'.repeat(40),
  serves: 'release',
  ...asked,
});
const until = (): Date => new Date(Date.now() + 60_000);
const grantFor = (asked: Asked) => grantDocument(contentOf(asked), until());

function sign(asked: Asked, file = 'file') {
  const grant = grantFor(asked);
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

/** A trailer as `signatureTrailer` writes it, with another octet of its first four: version, type, algorithm, hash. */
function changedTrailer(change: Partial<Record<'version' | 'type' | 'algorithm' | 'hash', number>>): Buffer {
  const record = new X509Certificate(readFileSync(join(keysDirectory, 'widget.pgp.pem')));
  const fingerprint = fingerprintOf({ publicKey: record.publicKey, created: record.validFromDate });
  const facts = { type: signatureTypes.binary, hash: 'sha256', time: new Date(), fingerprint } as const;
  const trailer = Buffer.from(signatureTrailer(facts));
  for (const [at, name] of (['version', 'type', 'algorithm', 'hash'] as const).entries())
    trailer[at] = change[name] ?? trailer[at] ?? 0;
  return trailer;
}

/** For a process that the client doesn't speak for, with a journal of its own each time. */
function childOptions(journalFolder: string): ChildOptions {
  const { module, tokenLabel, pin, registryFile } = options();
  return childOptionsSchema.parse({
    module,
    tokens: [{ label: tokenLabel, pin, pinRefused: null }],
    registryFile,
    journalFile: join(journalFolder, 'journal.jsonl'),
    segmentRecords: 50_000,
    sessions: 1,
    signaturesPerMinuteMax: 600,
    purposes: null,
    documents,
    fips: true,
  });
}

describe('under FIPS, a running keyholder refuses without asking the token', () => {
  // Numbers of RFC 9580 §9.1, §9.5, §5.2.1.
  it.each([
    ['an OpenPGP signature by SHA-1', { hash: 2 }],
    ['an OpenPGP signature by MD5', { hash: 1 }],
    ['an OpenPGP signature by RIPEMD-160', { hash: 3 }],
    ['an OpenPGP signature by SHA-224', { hash: 11 }],
    ['an OpenPGP signature by DSA', { algorithm: 17 }],
    ['an OpenPGP signature by Ed25519', { algorithm: 27 }],
    ['an OpenPGP signature of version 3', { version: 3 }],
    ['the certification of an OpenPGP key', { type: signatureTypes.certification }],
    ['the revocation of an OpenPGP key', { type: signatureTypes.keyRevocation }],
  ])('%s', async (_name, change) => {
    const before = await keyHolder.health();
    await expect(
      sign({
        purpose: 'openpgp',
        keyLabel: 'widget.pgp',
        toBeSigned: Buffer.concat([changedTrailer(change), sha256]),
      }),
    ).rejects.toMatchObject({ code: 'GRANT_INVALID', retryable: false });
    // Neither an intent nor a failure of the token.
    expect((await keyHolder.health()).journal).toEqual(before.journal);
  });

  it('a raw signature of a digest by SHA-1', async () => {
    const before = await keyHolder.health();
    const digest = createHash('sha1').update(content).digest();
    await expect(
      sign({ purpose: 'raw', keyLabel: 'widget.plain', toBeSigned: digest }),
    ).rejects.toMatchObject({ code: 'GRANT_INVALID', retryable: false });
    expect((await keyHolder.health()).journal).toEqual(before.journal);
  });

  it.each(['sha1', 'md5', 'sha224', 'SHA-1', ''])('a grant that names the hash “%s”', async (hash) => {
    const asked = { purpose: 'raw', keyLabel: 'widget.plain', toBeSigned: sha256 } as const;
    await expect(
      Promise.resolve().then(() => sign({ ...asked, hash: hash as 'sha512' })),
    ).rejects.toMatchObject({ code: 'GRANT_INVALID' });
    // And one that comes past the client, from a daemon that somebody else wrote.
    const journalFolder = join(hsm.folder, `past-the-client-${randomUUID()}`);
    mkdirSync(journalFolder);
    const opened = childOptions(journalFolder);
    const child = startChild(opened, { SOFTHSM2_CONF: hsm.configFile });
    const ask = (message: object): Promise<unknown> =>
      new Promise((resolve, reject) => {
        child.once('message', resolve);
        child.once('exit', () => {
          reject(new Error('the keyholder ended'));
        });
        child.send(message);
      });
    try {
      expect(await ask({ kind: 'open', id: 1, options: opened })).toMatchObject({ kind: 'opened' });
      const { toBeSigned, ...members } = contentOf(asked);
      const bytes = Buffer.from(toBeSigned).toString('base64');
      const wire = { version: 1, ...members, hash, toBeSigned: bytes, expiresAt: until().toISOString() };
      const grant = { ...wire, grantId: signingGrantId(wire as unknown as UnnumberedGrant) };
      expect(await ask({ kind: 'sign', id: 2, grant, document: 'file' })).toMatchObject({
        kind: 'error',
        id: 2,
        code: 'PROTOCOL',
        message: expect.stringContaining('hash') as string,
      });
      // It goes on, and what it refused left nothing behind.
      expect(await ask({ kind: 'health', id: 3 })).toMatchObject({
        kind: 'health',
        health: { ok: true, journal: { sequence: 0 } },
      });
    } finally {
      child.kill();
    }
  });
});

describe('under FIPS, a token that can’t hash by SHA-512', () => {
  it('signs by SHA-256, and is refused as not approved for the other', async () => {
    const configFile = join(hsm.folder, 'without-sha512.conf');
    writeFileSync(
      configFile,
      `${readFileSync(hsm.configFile, 'utf8')}slots.mechanisms = CKM_RSA_PKCS,CKM_SHA256_RSA_PKCS\n`,
    );
    const journalFile = join(hsm.folder, 'without-sha512', 'journal.jsonl');
    const limited = await openKeyHolder({ ...options(), softhsmConf: configFile, journalFile });
    const signed = (hash: 'sha256' | 'sha512') => {
      const asked = { purpose: 'raw', keyLabel: 'widget.plain', toBeSigned: sha256 } as const;
      const grant = grantFor(hash === 'sha256' ? asked : { ...asked, hash });
      return limited.sign(grant, { file: join(documents, 'file'), sizeBytes: content.length });
    };
    try {
      await expect(signed('sha512')).rejects.toMatchObject({
        code: 'NOT_APPROVED',
        retryable: false,
        message: expect.stringContaining('CKM_SHA512_RSA_PKCS') as string,
      });
      const { signature } = await signed('sha256');
      const publicKey = createPublicKey(readFileSync(join(keysDirectory, 'widget.plain.pub.pem')));
      expect(createVerify('sha256').update(content).verify(publicKey, signature)).toBe(true);
      const kinds: string[] = [];
      await readKeyHolderJournal(journalFile, ({ entry }) => kinds.push(entry.kind));
      expect(kinds).toEqual(['intent', 'failed', 'intent', 'signed']);
    } finally {
      await limited.close();
    }
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
