/** Programs that are signed already, by others and by us: what is added and replaced, other programs accept. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import type { AuthenticodeSign } from '../../generated/index.ts';
import { findSignatures, parseSpcIndirectData } from '../../pki/cms/index.ts';
import { createTestSigner, toPem } from '../../pki/cms/signer.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { memorySource } from '../random-access.ts';
import { extractPeSignatures, parsePe, peChecksum } from './index.ts';
import { createJudge, judges } from './judge.fixture.ts';
import { buildProgram } from './program.fixture.ts';
import { peSigning } from './sign.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-existing-'));
const { signer, tsa, rootPem } = createJudge(dir);
const upstream = createTestSigner('Upstream');
const at = (name: string): string => join(dir, name);
const [certificates, key, roots] = [at('upstream.pem'), at('upstream.key'), at('roots.pem')];

beforeAll(() => {
  writeFileSync(certificates, toPem([upstream.certificate, upstream.root]));
  writeFileSync(key, upstream.key.export({ type: 'pkcs8', format: 'pem' }));
  writeFileSync(roots, toPem([upstream.root, signer.root]));
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const windows = buildProgram({ overlay: Uint8Array.of(1, 2, 3) });
const firmware = buildProgram({ subsystem: 10, overlay: Uint8Array.of(1, 2, 3) });

/** As upstream signed it: osslsigncode for Windows, sbsign for firmware. */
async function signedUpstream(program: Uint8Array, hash = 'sha256'): Promise<Uint8Array> {
  writeFileSync(at('plain'), program);
  const output = ['-in', at('plain'), '-out', at('theirs')];
  await rm('theirs');
  if (program === firmware) {
    await run('sbsign', ['--key', key, '--cert', certificates, '--output', at('theirs'), at('plain')]);
  } else {
    await run('osslsigncode', ['sign', '-certs', certificates, '-key', key, '-h', hash, ...output]);
  }
  return Uint8Array.from(readFileSync(at('theirs')));
}

const rm = async (name: string): Promise<void> => {
  await run('rm', ['-f', at(name)]);
};

const signed = (file: Uint8Array, options: Omit<AuthenticodeSign, 'method'>, timestamped = false) =>
  signRounds({
    signing: peSigning,
    signer,
    file,
    sign: { method: 'authenticode', ...options },
    ...(timestamped ? { stamp: (signature: Uint8Array) => tsa.stamp(signature) } : {}),
  });

async function signaturesOf(program: Uint8Array) {
  const source = memorySource(program);
  const layout = await parsePe(source);
  expect(await peChecksum(source, layout)).toBe(layout.checksumStated);
  return findSignatures(await extractPeSignatures(source, layout)).signatures;
}

/** What osslsigncode says of all signatures. */
async function osslsigncode(program: Uint8Array): Promise<string> {
  writeFileSync(at('judged'), program);
  const { stdout } = await run('osslsigncode', [
    ...['verify', '-CAfile', roots, '-TSA-CAfile', tsa.rootPem, '-in', at('judged')],
  ]);
  expect(stdout).not.toMatch(/invalid|failed|mismatch|error|warning/i);
  return stdout;
}

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;
const verified = /^\s*Signature verification: ok/gm;

describe.skipIf(lacksTools(...judges))('osslsigncode and sbverify', () => {
  test.each(['sha256', 'sha384', 'sha512'] as const)('accept %s, and digest alike', async (hashAlgorithm) => {
    const ours = await signed(windows, { hashAlgorithm, description: 'A program' }, true);
    const said = await osslsigncode(ours);
    expect(said).toContain(`Message digest algorithm  : ${hashAlgorithm.toUpperCase()}`);
    expect(count(said, verified)).toBe(1);
    const theirs = await signedUpstream(windows, hashAlgorithm);
    const digest = async (program: Uint8Array) => {
      const [one] = await signaturesOf(program);
      return parseSpcIndirectData(one?.signedData.encapContentDer ?? new Uint8Array()).digest;
    };
    expect(await digest(ours)).toEqual(await digest(theirs));
  });

  test('accept two signatures by two hashes, each with its timestamp', async () => {
    const both = await signed(windows, { hashAlgorithm: ['sha256', 'sha512'] }, true);
    const said = await osslsigncode(both);
    expect(count(said, verified)).toBe(2);
    expect(count(said, /Timestamp Server Signature verification: ok/g)).toBe(2);
    expect((await signaturesOf(both)).map(({ nesting }) => nesting)).toEqual([0, 1]);
    await expect(run('sbverify', ['--cert', rootPem, at('judged')])).resolves.toBeTruthy();
  });

  test('accept what is nested in the signature of upstream, which stays', async () => {
    const theirs = await signedUpstream(windows);
    const [before] = await signaturesOf(theirs);
    const once = await signed(theirs, { existingSignature: 'append' }, true);
    const twice = await signed(once, { existingSignature: 'append', hashAlgorithm: ['sha384', 'sha512'] });
    expect(count(await osslsigncode(twice), verified)).toBe(4);
    const all = await signaturesOf(twice);
    expect(all.map(({ nesting }) => nesting)).toEqual([0, 1, 1, 1]);
    expect(all[0]?.signedData.signerInfo.signature).toEqual(before?.signedData.signerInfo.signature);
    // What osslsigncode nests itself has the same shape.
    await rm('nested');
    const files = ['-certs', certificates, '-key', key, '-in', at('theirs'), '-out', at('nested')];
    await run('osslsigncode', ['sign', '-nest', '-h', 'sha384', ...files]);
    const nested = await signed(Uint8Array.from(readFileSync(at('nested'))), { existingSignature: 'append' });
    expect(count(await osslsigncode(nested), verified)).toBe(3);
  });

  test('accept what is added to the signature of a program for firmware, in an entry of its own', async () => {
    const theirs = await signedUpstream(firmware);
    const [before] = await signaturesOf(theirs);
    const both = await signed(theirs, { existingSignature: 'append' });
    const all = await signaturesOf(both);
    expect(all.map(({ nesting }) => nesting)).toEqual([0, 0]);
    expect(all[0]?.der).toEqual(before?.der);
    writeFileSync(at('judged'), both);
    writeFileSync(at('ours.pem'), toPem([signer.root]));
    writeFileSync(at('theirs.pem'), toPem([upstream.certificate]));
    for (const certificate of ['ours.pem', 'theirs.pem'])
      await expect(run('sbverify', ['--cert', at(certificate), at('judged')])).resolves.toBeTruthy();
    const { stdout } = await run('sbverify', ['--list', at('judged')]);
    expect(count(stdout, /^signature \d/gm)).toBe(2);
  });

  test.each(['windows', 'firmware'])('accept what replaces the signature of upstream: %s', async (name) => {
    const program = name === 'windows' ? windows : firmware;
    const replaced = await signed(await signedUpstream(program), { existingSignature: 'replace' });
    expect(await signaturesOf(replaced)).toHaveLength(1);
    expect(replaced).toEqual(await signed(program, {}));
    expect(count(await osslsigncode(replaced), verified)).toBe(1);
  });
});
