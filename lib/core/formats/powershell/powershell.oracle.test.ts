/** osslsigncode, which shares no code with this room, accepts the scripts that it signs, and signs the same digests itself. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { findSignatures } from '../../pki/cms/index.ts';
import { memorySource } from '../random-access.ts';
import { describeExisting } from '../script-text/existing-signatures.ts';
import { createJudge } from '../script-text/judge.fixture.ts';
import { scriptSigning } from '../script-text/sign.ts';
import { ascii, crlf, utf16, utf8 } from '../script-text/text.fixture.ts';
import { powershell } from './kinds.ts';

const dir = mkdtempSync(join(tmpdir(), 'countersign-powershell-'));
const judge = createJudge(dir);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const script = crlf('param($Name)\nWrite-Host "Hello $Name"\n');
const umlauts = crlf('Write-Host "Grüße, 𝄞 – €"\n# no end of line');
const xml = crlf('<?xml version="1.0"?>\n<Types>\n</Types>\n');
const mof = crlf("/*\n@TargetNode='localhost'\n*/\ninstance of A\n{\n};\n");

const scripts: readonly (readonly [string, string, Uint8Array])[] = [
  ['ASCII', 'a.ps1', ascii(script)],
  ['a module in UTF-8', 'a.psm1', utf8(umlauts)],
  ['data in UTF-16', 'a.psd1', utf16(umlauts)],
  ['XML', 'a.ps1xml', ascii(xml)],
  ['a console in UTF-8', 'a.psc1', utf8(xml)],
  ['a module of cmdlets in UTF-16', 'a.CDXML', utf16(xml)],
  ['a configuration', 'a.mof', utf16(mof)],
];

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;
const verified = /^\s*Signature verification: ok/gm;

describe.skipIf(lacksTools('osslsigncode', 'openssl'))('osslsigncode', () => {
  test.each(scripts)('accepts what is signed, with its timestamp: %s', async (_, name, file) => {
    const signed = await judge.sign(powershell, name, file, { description: 'A script' }, true);
    const said = await judge.verify(name, signed);
    expect(count(said, verified)).toBe(1);
    expect(said).toContain('Timestamp Server Signature verification: ok');
    expect(said).not.toMatch(/invalid|failed|mismatch/i);
  });

  test.each(scripts)('signs the same statement itself, in the same place: %s', async (_, name, file) => {
    const theirs = await judge.osslsigncode(name, file);
    const read = await judge.read(powershell, name, theirs);
    expect(describeExisting(read)).toMatchObject({ problems: [], described: [{ fits: true }] });
    const [signature] = findSignatures([read.block?.signature ?? new Uint8Array()]).signatures;
    const sign = { method: 'authenticode' } as const;
    const { content } = await scriptSigning(powershell).subject(memorySource(file), sign, name);
    expect(Buffer.from(signature?.signedData.encapContentDer ?? []).toString('hex')).toBe(
      Buffer.from(content).toString('hex'),
    );
    // Their block around our signature is the file that is made here.
    const [before, after] = [read.block?.start, read.block?.end];
    const ours = await judge.read(powershell, name, await judge.sign(powershell, name, file));
    expect(ours.block?.start).toBe(before);
    expect(after).toBe(read.script.text.length);
  });

  test.each(['sha384', 'sha512'] as const)('accepts %s', async (hashAlgorithm) => {
    const said = await judge.verify(
      'a.ps1',
      await judge.sign(powershell, 'a.ps1', ascii(script), { hashAlgorithm }),
    );
    expect(said).toContain(`Message digest algorithm  : ${hashAlgorithm.toUpperCase()}`);
    expect(count(said, verified)).toBe(1);
  });

  test('accepts two hashes, and what is nested in the signature of upstream, and what replaces it', async () => {
    const name = 'b.ps1';
    const both = await judge.sign(
      powershell,
      name,
      utf8(umlauts),
      { hashAlgorithm: ['sha256', 'sha512'] },
      true,
    );
    const said = await judge.verify(name, both);
    expect(count(said, verified)).toBe(2);
    expect(count(said, /Timestamp Server Signature verification: ok/g)).toBe(2);
    const theirs = await judge.osslsigncode(name, utf8(umlauts));
    const nested = await judge.sign(powershell, name, theirs, { existingSignature: 'append' });
    expect(count(await judge.verify(name, nested), verified)).toBe(2);
    const replaced = await judge.sign(powershell, name, theirs, { existingSignature: 'replace' });
    expect(replaced).toEqual(await judge.sign(powershell, name, utf8(umlauts)));
  });

  test('refuses a script of which a character was changed', async () => {
    const signed = Buffer.from(await judge.sign(powershell, 'a.ps1', ascii(script)));
    signed[signed.indexOf('Hello')] = 0x4a;
    await expect(judge.verify('a.ps1', signed)).rejects.toThrow();
    const read = await judge.read(powershell, 'a.ps1', signed);
    expect(describeExisting(read)).toMatchObject({ described: [{ fits: false }] });
  });
});
