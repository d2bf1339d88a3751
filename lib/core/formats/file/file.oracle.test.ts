/** openssl and Python, which share no code with this folder, must accept what it signs, and refuse it for another file. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { X509Certificate } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import { createTestSigner, p256, p384, toPem } from '../../pki/cms/signer.fixture.ts';
import { createTimestampAuthority } from '../../pki/cms/timestamp.fixture.ts';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { signFile, type TestSigner } from './file.fixture.ts';
import { besideChecks } from './outside.ts';

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'countersign-file-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const at = (name: string, content: Uint8Array | string): string => {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
};

const rsa = createTestSigner('Countersign files');
const ec = createTestSigner('Countersign files, EC', { keys: p256() });
const ec384 = createTestSigner('Countersign files, EC 384', { keys: p384() });
const tsa = createTimestampAuthority(join(folder, 'tsa'));
const stamp = (signature: Uint8Array) => tsa.stamp(signature);
const content = Buffer.concat([
  Buffer.from('source archive\r\nwith any bytes \x1a\n'),
  Buffer.alloc(3000, 0xfe),
]);

async function opensslVerify(signer: TestSigner, beside: Uint8Array, form: string, file: Uint8Array) {
  const root = at('root.pem', toPem([signer.root]));
  const args = ['cms', '-verify', '-binary', '-inform', form, '-in', at('file.p7s', beside)];
  const input = ['-content', at('file', file), '-CAfile', root, '-purpose', 'any', '-cades'];
  return run('openssl', [...args, ...input, '-out', join(folder, 'out')]);
}

describe.skipIf(lacksTools('openssl'))('method cms', () => {
  test.each([
    ['RSA', rsa],
    ['EC', ec],
    ['EC of 384 bits', ec384],
  ] as const)('is accepted by openssl, of any hash and encoding, with a key of %s', async (_, signer) => {
    for (const hashAlgorithm of ['sha256', 'sha384', 'sha512'] as const)
      for (const encoding of ['der', 'pem'] as const) {
        const signed = await signFile(signer, content, { method: 'cms', hashAlgorithm, encoding }, stamp);
        expect(signed.verification.problems).toEqual([]);
        const { stderr } = await opensslVerify(signer, signed.beside, encoding.toUpperCase(), content);
        expect(stderr).toMatch(/CAdES Verification successful/);
        const changed = Uint8Array.from(content);
        changed[7] = 0;
        await expect(opensslVerify(signer, signed.beside, encoding.toUpperCase(), changed)).rejects.toThrow(
          /digest failure|verification failure/i,
        );
      }
  });

  test('is accepted for an empty file, and its timestamp is one over the signature', async () => {
    const { beside, verification, timestampToken, signature } = await signFile(
      rsa,
      new Uint8Array(0),
      { method: 'cms' },
      stamp,
    );
    await opensslVerify(rsa, beside, 'DER', new Uint8Array(0));
    expect(Buffer.from(verification.timestampToken ?? '').equals(timestampToken ?? Buffer.of())).toBe(true);
    expect(Buffer.from(verification.signature).equals(signature)).toBe(true);
    const token = at('token.der', verification.timestampToken ?? '');
    const input = ['-data', at('signature', verification.signature), '-in', token, '-token_in'];
    const verified = await run('openssl', ['ts', '-verify', ...input, '-CAfile', tsa.rootPem]);
    expect(verified.stdout).toContain('Verification: OK');
  });
});

/** DSSE as its specification says, in another language, with openssl for the signature. */
const dsseCheck = `
import base64, hashlib, json, subprocess, sys
envelope, key, hash = json.load(open(sys.argv[1])), sys.argv[2], sys.argv[3]
payload = base64.b64decode(envelope["payload"], validate=True)
kind = envelope["payloadType"].encode()
[signature] = envelope["signatures"]
pae = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
open(sys.argv[1] + ".pae", "wb").write(pae)
open(sys.argv[1] + ".sig", "wb").write(base64.b64decode(signature["sig"], validate=True))
subprocess.run(["openssl", "dgst", "-" + hash, "-verify", key, "-signature", sys.argv[1] + ".sig", sys.argv[1] + ".pae"], check=True, stdout=subprocess.DEVNULL)
spki = subprocess.run(["openssl", "pkey", "-pubin", "-in", key, "-outform", "DER"], check=True, capture_output=True).stdout
assert hashlib.sha256(spki).hexdigest() == signature["keyid"]
certificate = base64.b64decode(signature["certificate"], validate=True)
found = subprocess.run(["openssl", "x509", "-noout", "-pubkey"], input=certificate, check=True, capture_output=True).stdout
assert found == open(key, "rb").read()
print(envelope["payloadType"], hashlib.sha256(payload).hexdigest())
`;

describe.skipIf(lacksTools('openssl', 'python3'))('method dsse', () => {
  const statement = Buffer.from(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v1',
      subject: [],
      predicateType: 'x',
      predicate: {},
    }),
  );
  test.each([
    ['an in-toto statement', statement, 'sha256', 'application/vnd.in-toto+json', rsa],
    ['any other content', content, 'sha384', 'application/octet-stream', rsa],
    ['nothing', Buffer.of(), 'sha512', 'application/octet-stream', rsa],
    ['content of more than a piece', Buffer.alloc(2_400_001, 7), 'sha256', 'application/octet-stream', ec],
  ] as const)('is accepted by Python and openssl, of %s', async (_, file, hashAlgorithm, type, signer) => {
    const { beside, verification } = await signFile(signer, file, { method: 'dsse', hashAlgorithm }, stamp);
    expect(verification.problems).toEqual([]);
    expect(verification.timestampToken).not.toBeNull();
    const { publicKey } = new X509Certificate(signer.certificate);
    const key = at('key.pem', publicKey.export({ type: 'spki', format: 'pem' }));
    const script = at('check.py', dsseCheck);
    const { stdout } = await run('python3', [script, at('envelope.json', beside), key, hashAlgorithm]);
    expect(stdout.startsWith(`${type} `)).toBe(true);
    const text = Buffer.from(beside).toString('utf8');
    expect(Object.keys(JSON.parse(text) as object)).toEqual(['payloadType', 'payload', 'signatures']);
    const changed = at('envelope.json', text.replace('application/', 'application/x.'));
    await expect(run('python3', [script, changed, key, hashAlgorithm])).rejects.toThrow();
  });
});

describe.skipIf(lacksTools('openssl', 'jq'))('what a release’s page says of an envelope', () => {
  const [check] = besideChecks.filter(({ endings }) => endings.includes('.dsse.json'));
  const checked = (file: Uint8Array | string, envelope: Uint8Array | string, root: Uint8Array) => {
    at('a file', file);
    at('a file.dsse.json', envelope);
    at('root.pem', toPem([root]));
    const names = {
      file: "'a file'",
      signature: "'a file.dsse.json'",
      root: 'root.pem',
      timestampRoot: null,
    };
    return run('sh', ['-c', check?.command(names) ?? 'false'], { cwd: folder });
  };

  test.each([
    ['RSA', rsa],
    ['EC', ec],
  ] as const)('holds the file itself to the signature and the root, with a key of %s', async (_, signer) => {
    const { beside } = await signFile(signer, content, { method: 'dsse' }, stamp);
    const { stdout } = await checked(content, beside, signer.root);
    expect(stdout).toContain('Verified OK');
    const changed = Uint8Array.from(content);
    changed[7] = 0;
    await expect(checked(changed, beside, signer.root)).rejects.toThrow();
    await expect(checked(content, beside, ec384.root)).rejects.toThrow();
    const otherType = Buffer.from(beside).toString('utf8').replace('application/', 'application/x.');
    await expect(checked(content, otherType, signer.root)).rejects.toThrow();
    const stranger = await signFile(ec384, content, { method: 'dsse' }, stamp);
    await expect(checked(content, stranger.beside, signer.root)).rejects.toThrow();
  });

  test('holds an empty file, too', async () => {
    const { beside } = await signFile(rsa, Buffer.of(), { method: 'dsse' }, stamp);
    expect((await checked('', beside, rsa.root)).stdout).toContain('Verified OK');
  });
});
