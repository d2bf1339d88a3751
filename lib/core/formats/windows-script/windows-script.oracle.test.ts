/**
 * No program here can judge these signatures as Windows does: osslsigncode signs js in another way, and knows neither vbs nor wsf. What
 * is written is held to the rules, computed here once more from the bytes, and the PKCS#7 to openssl.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, test } from 'vitest';
import { lacksTools } from '../../../../dev/test/lacks.ts';
import { createJudge } from '../script-text/judge.fixture.ts';
import { describeExisting } from '../script-text/existing-signatures.ts';
import { ascii, crlf, utf16, utf8 } from '../script-text/text.fixture.ts';
import { windowsScript } from './kinds.ts';

const run = promisify(execFile);
const dir = mkdtempSync(join(tmpdir(), 'countersign-windows-script-'));
const judge = createJudge(dir);
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const js = crlf('WScript.Echo("hello");\n');
const vbs = crlf('WScript.Echo "Grüße"');
const wsfHead = crlf('<package>\n<job id="a">\n<script language="VBScript">\nWScript.Echo "ä"\n</script>\n');
const wsf = `${wsfHead}</job>\r\n</package>\r\n`;

interface Case {
  readonly name: string;
  readonly file: Uint8Array;
  readonly text: string;
  /** Characters before the block. */
  readonly place: number;
  /** How the block looks, in the file's encoding. */
  readonly block: RegExp;
  readonly decode: (file: Uint8Array) => string;
  /** GUID of the part of Windows, as it is stored. */
  readonly provider: string | undefined;
}

const latin = (file: Uint8Array): string => Buffer.from(file).toString('latin1');
const wide = (file: Uint8Array): string => Buffer.from(file).toString('utf16le').slice(1);
const marked = (file: Uint8Array): string => Buffer.from(file).toString('utf8').slice(1);

const jsBlock =
  /\r\n\/\/ SIG \/\/ Begin signature block\r\n(?:\/\/ SIG \/\/ [A-Za-z0-9+/=]{1,64}\r\n)+\/\/ SIG \/\/ End signature block\r\n$/;
const vbsBlock =
  /\r\n'' SIG '' Begin signature block\r\n(?:'' SIG '' [A-Za-z0-9+/=]{1,64}\r\n)+'' SIG '' End signature block\r\n$/;
const wsfBlock =
  /\r\n<signature>\r\n(?:\*\* SIG \*\* [A-Za-z0-9+/=]{1,64}\r\n)+<\/signature>\r\n(?=<\/job>\r\n<\/package>\r\n$)/;

const [jsId, vbsId, wsfId] = [
  '10e0c906ce38d411a2a300104bd35090',
  '4ef029169927b54d8fe5ace10f17ebab',
  '7005611ace38d411a2a300104bd35090',
];

const cases: readonly (readonly [string, Case])[] = [
  [
    'js in ASCII',
    {
      name: 'a.js',
      file: ascii(js),
      text: js,
      place: js.length,
      block: jsBlock,
      decode: latin,
      provider: jsId,
    },
  ],
  [
    'js in UTF-16',
    {
      name: 'a.JS',
      file: utf16(js),
      text: js,
      place: js.length,
      block: jsBlock,
      decode: wide,
      provider: jsId,
    },
  ],
  [
    'vbs in UTF-16',
    {
      name: 'x/a.vbs',
      file: utf16(vbs),
      text: vbs,
      place: vbs.length,
      block: vbsBlock,
      decode: wide,
      provider: vbsId,
    },
  ],
  [
    'wsf in UTF-8',
    {
      name: 'a.wsf',
      file: utf8(wsf),
      text: wsf,
      place: wsfHead.length,
      block: wsfBlock,
      decode: marked,
      provider: wsfId,
    },
  ],
  [
    'wsf in UTF-16',
    {
      name: 'a.wsf',
      file: utf16(wsf),
      text: wsf,
      place: wsfHead.length,
      block: wsfBlock,
      decode: wide,
      provider: wsfId,
    },
  ],
];

describe.skipIf(lacksTools('openssl'))('a script of Windows Script Host', () => {
  test.each(cases)('has text and place digested, and the block in its place: %s', async (_, one) => {
    const { file, text, place, block, decode, provider } = one;
    const name = one.name.split('/').at(-1) ?? '';
    const signed = await judge.sign(windowsScript, name, file, { description: 'A script' }, true);
    const all = decode(signed);
    const match = block.exec(all);
    expect(match?.index).toBe(place);
    expect(all.replace(block, '')).toBe(text);
    const lines = match?.[0]
      .split('\r\n')
      .filter((line) => line.includes(' SIG ') && !line.includes(' signature block'));
    const base64 = lines?.map((line) => line.replace(/^.{2} SIG .{2} /, '')).join('') ?? '';
    writeFileSync(join(dir, 'block.der'), Buffer.from(base64, 'base64'));
    const { stdout } = await run('openssl', ['asn1parse', '-inform', 'DER', '-in', join(dir, 'block.der')]);
    const length = Buffer.alloc(4);
    length.writeUInt32LE(place);
    const digest = createHash('sha256').update(Buffer.from(text, 'utf16le')).update(length).digest('hex');
    const statement = stdout.slice(stdout.indexOf('1.3.6.1.4.1.311.2.1.30'));
    const dumps = [...statement.matchAll(/OCTET STRING\s+\[HEX DUMP\]:([0-9A-F]+)/g)].map(([, hex]) =>
      hex?.toLowerCase(),
    );
    expect(dumps.slice(0, 2)).toEqual([provider, digest]);
    expect(/INTEGER\s+:([0-9A-F]+)/.exec(statement)?.[1]).toBe('01');
    const printed = await run('openssl', [
      'pkcs7',
      '-inform',
      'DER',
      '-in',
      join(dir, 'block.der'),
      '-print',
      '-noout',
    ]);
    expect(printed.stdout).toContain('1.3.6.1.4.1.311.2.1.4');
  });

  test.each(cases)(
    'is signed a second time in the first signature, and anew in its place: %s',
    async (_, one) => {
      const name = one.name.split('/').at(-1) ?? '';
      const both = await judge.sign(windowsScript, name, one.file, { hashAlgorithm: ['sha256', 'sha384'] });
      const read = await judge.read(windowsScript, name, both);
      expect(describeExisting(read)).toMatchObject({
        problems: [],
        described: [{ fits: true }, { fits: true }],
      });
      const replaced = await judge.sign(windowsScript, name, both, { existingSignature: 'replace' });
      expect(replaced).toEqual(await judge.sign(windowsScript, name, one.file));
    },
  );
});
