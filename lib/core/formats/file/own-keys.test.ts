/** `method: openpgp` and `raw`: over the file's own bytes; what is read back, what is refused, and what the packet says. */
import { createHash, createVerify, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import type { FileSign } from '../../generated/index.ts';
import { issueCertificate } from '../../pki/x509/index.ts';
import { fingerprintOf, readArmor, readDocumentSignature, signedText } from '../../pki/openpgp/index.ts';
import { collect } from '../pe/program.fixture.ts';
import { memorySource } from '../random-access.ts';
import { began, optionsOf, signing } from './file.fixture.ts';
import { plainFile } from './format.ts';

const pairs = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 3072 }),
  other: generateKeyPairSync('rsa', { modulusLength: 3072 }),
  ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
};
type Pair = keyof typeof pairs;
const records = {} as Record<Pair, Uint8Array>;
const notBefore = new Date('2026-11-01T00:00:00Z');
beforeAll(async () => {
  for (const [name, pair] of Object.entries(pairs) as [Pair, (typeof pairs)[Pair]][])
    records[name] = await issueCertificate(
      {
        kind: 'raw',
        subject: { organization: 'Example', commonName: 'Key' },
        publicKey: pair.publicKey,
        issuer: null,
        serial: Uint8Array.from([0x11, 2, 3, 4, 5, 6, 7, 8]),
        notBefore,
        notAfter: new Date('2029-10-01T00:00:00Z'),
      },
      (tbs, _, hash) => Promise.resolve(signBytes(hash, tbs, pair.privateKey)),
    );
});

const text = Buffer.from('one  \r\n- two\nthree');
const bytes = Buffer.from([0, 255, 13, 10, 1]);
const hashOf = ({ hashAlgorithm = 'sha256' }: FileSign) => hashAlgorithm;

/** As the signer does it: `toBeSigned` is what is hashed behind the file, and the file's SHA-256. */
async function signed(file: Uint8Array, sign: FileSign, by: Pair = 'rsa', as: Pair = by) {
  const options = optionsOf(sign);
  const source = memorySource(file);
  const subject = await signing.subject(source, options);
  const signer = { certificate: records[as], chain: [], time: began };
  const toBeSigned = signing.toBeSigned(subject, options, signer);
  const appended = toBeSigned.subarray(0, toBeSigned.length - 32);
  const content =
    sign.encoding === 'clear-signed'
      ? await collect(
          signedText(
            (async function* () {
              yield await Promise.resolve(file);
            })(),
          ),
        )
      : file;
  const whole = Buffer.concat([content, appended]);
  const signature = Uint8Array.from(signBytes(hashOf(sign), whole, pairs[by].privateKey));
  const assembled = signing.assemble(
    { subject, toBeSigned, signature, signer, timestampToken: null },
    options,
  );
  const beside = await collect(signing.embed(source, assembled, options));
  return { options, subject, toBeSigned, appended, signature, assembled, beside, content };
}

const methods: readonly (readonly [string, FileSign, Uint8Array])[] = [
  ['openpgp', { method: 'openpgp' }, bytes],
  ['openpgp, binary, SHA-512', { method: 'openpgp', encoding: 'binary', hashAlgorithm: 'sha512' }, bytes],
  ['openpgp, clear-signed', { method: 'openpgp', encoding: 'clear-signed', hashAlgorithm: 'sha384' }, text],
  ['raw', { method: 'raw' }, bytes],
];

describe.each(methods)('a signature by %s', (_, sign, file) => {
  test('is read back, and verifies over the file with what is behind it', async () => {
    const { options, assembled, beside, content } = await signed(file, sign);
    const read = await signing.readBack(memorySource(file), memorySource(beside), assembled, options);
    const { problems, signature, document, timestampToken } = signing.verify(read, records.rsa, options);
    expect([problems, timestampToken]).toEqual([[], null]);
    expect(document?.form).toBe(sign.encoding === 'clear-signed' ? 'text' : 'binary');
    const verifier = createVerify(hashOf(sign))
      .update(content)
      .update(document?.appended ?? '');
    expect(verifier.verify(pairs.rsa.publicKey, signature)).toBe(true);
  });

  test('grants name the file by SHA-256 of all its bytes, whatever the key hashes it by', async () => {
    const { toBeSigned, subject } = await signed(file, sign);
    const digest = createHash('sha256').update(file).digest();
    expect(Buffer.from(toBeSigned.subarray(-32)).equals(digest)).toBe(true);
    expect(subject.digest).toBe(digest.toString('hex'));
  });

  test('is not read back from anything else than was written', async () => {
    const { options, assembled, beside } = await signed(file, sign);
    const read = (after: Uint8Array, before = file) =>
      signing.readBack(memorySource(before), memorySource(after), assembled, options);
    const refused = { code: 'DIFFERS' };
    const changed = Uint8Array.from(beside);
    changed[0] = (changed[0] ?? 0) ^ 1;
    for (const after of [
      changed,
      beside.subarray(0, -1),
      Buffer.concat([beside, Buffer.of(10)]),
      Buffer.of(),
    ])
      await expect(read(after)).rejects.toMatchObject(refused);
    if (sign.encoding === 'clear-signed')
      await expect(read(beside, Buffer.from('other\n'))).rejects.toMatchObject(refused);
  });

  test('uses a key of the project’s own, and takes no timestamp', () => {
    const options = optionsOf(sign);
    expect(signing.keyUse(options)).toBe(sign.method);
    expect(signing.keyTypes(options)).toEqual(sign.method === 'openpgp' ? ['rsa'] : ['rsa', 'ec']);
  });
});

describe('an OpenPGP signature', () => {
  test('names time and fingerprint of the key as it was made', async () => {
    const { assembled } = await signed(bytes, { method: 'openpgp' });
    const packet = readDocumentSignature(
      readArmor('PGP SIGNATURE', Buffer.from(assembled).toString('latin1')),
    );
    const fingerprint = fingerprintOf({ publicKey: pairs.rsa.publicKey, created: notBefore });
    expect(packet).toMatchObject({ form: 'binary', hash: 'sha256', time: began });
    expect(packet.fingerprint.equals(fingerprint)).toBe(true);
    expect(
      packet.left.equals(createHash('sha256').update(bytes).update(packet.trailer).digest().subarray(0, 2)),
    ).toBe(true);
  });

  test.each<readonly [string, FileSign, FileSign, Pair, RegExp]>([
    ['another key’s', { method: 'openpgp' }, { method: 'openpgp' }, 'other', /names another key/],
    [
      'by another hash',
      { method: 'openpgp', hashAlgorithm: 'sha512' },
      { method: 'openpgp' },
      'rsa',
      /made with another hash/,
    ],
    [
      'of another type',
      { method: 'openpgp', encoding: 'clear-signed' },
      { method: 'openpgp' },
      'rsa',
      /of another type/,
    ],
  ])('that is %s is none', async (_, made, asked, certificate, problem) => {
    const { assembled, subject } = await signed(text, made);
    const { problems } = signing.verify(
      { signature: assembled, subject },
      records[certificate],
      optionsOf(asked),
    );
    expect(problems.join()).toMatch(problem);
  });

  test('in another armor, or cut off anywhere, is none', async () => {
    const { assembled, subject, options } = await signed(bytes, { method: 'openpgp' });
    const armored = Buffer.from(assembled).toString('latin1');
    const verify = (signature: string) => () =>
      signing.verify({ signature: Buffer.from(signature, 'latin1'), subject }, records.rsa, options);
    expect(verify(armored)().problems).toEqual([]);
    for (const changed of [
      `x\n${armored}`,
      `${armored}\n`,
      armored.replace('\n\n', '\nVersion: 1\n\n'),
      armored.replaceAll('\n', '\r\n'),
      armored.replace(/\n=.{4}\n/, '\n=AAAA\n'),
    ])
      expect(verify(changed)).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
    for (let end = 0; end < armored.length; end += 1)
      expect(verify(armored.slice(0, end))).toThrow(expect.objectContaining({ code: 'MALFORMED' }) as Error);
  });
});

describe('a text', () => {
  const clear = optionsOf({ method: 'openpgp', encoding: 'clear-signed' });
  test.each<readonly [string, Uint8Array]>([
    ['with a NUL', Buffer.from('a\0b\n')],
    ['with a carriage return within a line', Buffer.from('a\rb\n')],
    ['with a line that GnuPG reads no more', Buffer.alloc(16 * 1024 + 1, 0x61)],
    ['in Latin-1', Buffer.from('Prüfsumme\n', 'latin1')],
    ['that ends within a character', Buffer.from('✓').subarray(0, 2)],
    ['in UTF-16', Buffer.from('text\n', 'utf16le')],
  ])('%s is not clear-signed: programs read it differently', async (_, file) => {
    const about = { path: ['x'], sha256: 'a'.repeat(64), policy: null, sizeBytes: file.length, carries: [] };
    const context = { ...about, sign: clear, check: null, digestsWanted: false } as unknown as Parameters<
      typeof plainFile.inspect
    >[1];
    const { findings, target } = await plainFile.inspect(memorySource(file), context);
    expect([findings.map(({ rule }) => rule), target]).toEqual([['file.not-text'], null]);
    expect(findings[0]?.fix).toContain('armored');
    await expect(signing.subject(memorySource(file), clear)).rejects.toMatchObject({ code: 'NOT_TEXT' });
  });
});

describe('a raw signature', () => {
  test('may be by a curve, and is nothing but the signature', async () => {
    const { beside, signature, assembled, options } = await signed(bytes, { method: 'raw' }, 'ec');
    expect(Buffer.from(beside).equals(signature)).toBe(true);
    const read = await signing.readBack(memorySource(bytes), memorySource(beside), assembled, options);
    expect(signing.verify(read, records.ec, options).document).toMatchObject({ form: 'binary' });
  });

  test('of over a thousand bytes is none', async () => {
    const options = optionsOf({ method: 'raw' });
    const large = Buffer.alloc(1025);
    await expect(
      signing.readBack(memorySource(bytes), memorySource(large), large, options),
    ).rejects.toMatchObject({ code: 'DIFFERS' });
  });
});
