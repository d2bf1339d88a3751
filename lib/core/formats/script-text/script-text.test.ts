/** What is refused of scripts, and why; of both families, which differ in their kinds alone. */
import { beforeAll, describe, expect, test } from 'vitest';
import { parseSha256Hex } from '../../ids/index.ts';
import { createTestSigner, type TestSigner } from '../../pki/cms/signer.fixture.ts';
import { signRounds } from '../authenticode/sign-rounds.fixture.ts';
import { powershell } from '../powershell/kinds.ts';
import { memorySource } from '../random-access.ts';
import type { UpstreamTrust } from '../upstream-trust.ts';
import { windowsScript } from '../windows-script/kinds.ts';
import { describeExisting } from './existing-signatures.ts';
import { scriptFormat } from './format.ts';
import { inspectScript, rejudgeScript } from './inspect.ts';
import type { ScriptFamily, ScriptSign } from './kinds.ts';
import { readScript } from './script.ts';
import { scriptSigning } from './sign.ts';
import { ascii, crlf, utf16, utf16be, utf8 } from './text.fixture.ts';

const sha256 = parseSha256Hex('00'.repeat(32));
const method = 'authenticode' as const;
const script = crlf('Write-Host "hello"\n');
const wsf = crlf('<job>\n<script language="JScript">\nvar a;\n</script>\n</job>\n');

let signer: TestSigner;
beforeAll(() => {
  signer = createTestSigner('Countersign release');
});

const sign = (
  family: ScriptFamily,
  name: string,
  file: Uint8Array,
  options: Omit<ScriptSign, 'method'> = {},
) => signRounds({ signing: scriptSigning(family), signer, file, name, sign: { method, ...options } });

async function inspect(
  family: ScriptFamily,
  name: string | null,
  file: Uint8Array,
  how: ScriptSign | null = { method },
) {
  const path = name === null ? [] : [`folder/${name}`];
  const rest = { check: null, policy: null, carries: [], digestsWanted: false };
  const context = { ...rest, sign: how, path, sha256, sizeBytes: file.length };
  const report = await inspectScript(family, memorySource(file), context);
  const failed = report.findings
    .filter(({ outcome }) => outcome === 'fail')
    .map(({ rule }) => rule.split('.')[1]);
  return { ...report, failed, said: report.findings.map(({ message }) => message).join('\n') };
}

const begin = '# SIG # Begin signature block';
const end = '# SIG # End signature block';
const block = `\r\n${begin}\r\n# MAA=\r\n${end}\r\n`;

describe('is refused', () => {
  const cases: readonly (readonly [string, string, string, Uint8Array])[] = [
    ['a script of 3 bytes', 'too-short', 'a.ps1', ascii('dir')],
    ['more than 16 MiB', 'too-large', 'a.ps1', new Uint8Array(16 * 1024 * 1024 + 1).fill(0x20)],
    ['NUL', 'not-text', 'a.ps1', ascii('dir\0\r\n')],
    ['the end-of-file mark of DOS', 'not-text', 'a.ps1', ascii('dir\x1a\r\n')],
    ['half of a surrogate pair', 'not-text', 'a.ps1', utf16('dir \ud834\r\n')],
    ['the other half', 'not-text', 'a.ps1', utf16('dir \udd1e\ud834\r\n')],
    ['an odd number of bytes in UTF-16', 'not-text', 'a.ps1', Buffer.concat([utf16('dir'), Buffer.of(0x20)])],
    ['no valid UTF-8 behind its mark', 'not-text', 'a.ps1', Buffer.concat([utf8('dir '), Buffer.of(0xe4)])],
    ['two byte order marks', 'not-text', 'a.ps1', utf8('\ufeffdir')],
    ['UTF-8 without a mark', 'encoding', 'a.ps1', Buffer.from('echo ä\r\n', 'utf8')],
    ['a code page', 'encoding', 'a.ps1', ascii('echo \xe4\r\n')],
    ['UTF-16BE', 'encoding', 'a.ps1', utf16be(script)],
    ['LF', 'line-ends', 'a.ps1', ascii('dir\n')],
    ['mixed line ends', 'line-ends', 'a.ps1', ascii('dir\r\ndir\n')],
    ['CR', 'line-ends', 'a.ps1', ascii('dir\rdir')],
    ['a script that is named XML', 'not-script', 'a.ps1xml', ascii(script)],
    ['XML that is named a script', 'not-script', 'a.ps1', ascii('<Types>\r\n</Types>')],
    ['XML with text at its end', 'not-script', 'a.ps1xml', ascii('<Types>\r\n</Types> x')],
    ['a name of no script', 'not-script', 'a.txt', ascii(script)],
    ['a name without an ending', 'not-script', 'ps1', ascii(script)],
    ['a signature', 'already-signed', 'a.ps1', ascii(script + block)],
    ['a second block', 'several-blocks', 'a.ps1', ascii(script + block + block)],
    ['text behind the block', 'text-after-block', 'a.ps1', ascii(`${script}${block}dir\r\n`)],
    ['an empty line behind the block', 'text-after-block', 'a.ps1', ascii(`${script}${block}\r\n`)],
    ['a block with LF', 'block-damaged', 'a.ps1', ascii((script + block).replaceAll('\r', ''))],
    ['a block without an end', 'block-damaged', 'a.ps1', ascii(`${script}\r\n${begin}\r\n# MAA=\r\n`)],
    ['a block without the last line end', 'block-damaged', 'a.ps1', ascii((script + block).slice(0, -2))],
    ['a block without lines', 'block-damaged', 'a.ps1', ascii(`${script}\r\n${begin}\r\n${end}\r\n`)],
    [
      'code before the last line of the block',
      'block-damaged',
      'a.ps1',
      ascii(`${script}\r\n${begin}\r\n# ${'A'.repeat(64)}\r\ndir ${end}\r\n`),
    ],
    ['code in the block', 'block-damaged', 'a.ps1', ascii(`${script}${block.replace('# MAA=', 'x MAA=')}`)],
    [
      'a short line in the block',
      'block-damaged',
      'a.ps1',
      ascii(script + block.replace('MAA=', 'MAA=\r\n# MAA=')),
    ],
    ['Base64 with bits to spare', 'block-damaged', 'a.ps1', ascii(script + block.replace('MAA=', 'MAB='))],
    ['the mark of a block in a text', 'block-damaged', 'a.ps1', ascii(`$a = '${begin}'\r\n`)],
    ['the mark in other letters', 'block-damaged', 'a.ps1', ascii(`dir\r\n${begin.toUpperCase()}\r\n`)],
    ['a mark before the block', 'several-blocks', 'a.ps1', ascii(`$a = '${begin}'${block}`)],
    ['the end before the beginning', 'block-damaged', 'a.ps1', ascii(`dir\r\n${end}\r\n${begin}\r\n`)],
  ];
  test.each(cases)('by PowerShell: %s', async (_, rule, name, file) => {
    const found = await inspect(powershell, name, file);
    expect(found.failed).toEqual([rule]);
    expect(found.target).toBeNull();
    await expect(
      scriptSigning(powershell).subject(memorySource(file), { method }, name),
    ).rejects.toMatchObject({ name: 'ScriptError' });
  });

  const hosted: readonly (readonly [string, string, string | null, Uint8Array])[] = [
    ['UTF-8 in js, with or without a mark', 'encoding', 'a.js', utf8('var ä;')],
    ['a code page', 'encoding', 'a.vbs', ascii("' \xe4\r\n")],
    ['LF', 'line-ends', 'a.js', ascii('var a;\n')],
    ['a script without a name', 'not-script', null, ascii('var a;')],
    ['encoded scripts', 'not-script', 'a.jse', ascii('#@~^')],
    ['XML that is named js', 'not-script', 'a.js', ascii(wsf)],
    ['a wsf without a job', 'no-place', 'a.wsf', ascii('<package>\r\n</package>')],
    ['a job in a comment at the end', 'no-place', 'a.wsf', ascii(`${wsf}<!-- </job> x -->`)],
    ['a comment behind the last job', 'no-place', 'a.wsf', ascii(`${wsf}<!-- x -->`)],
    [
      'an element signature of another form',
      'block-damaged',
      'a.wsf',
      ascii(wsf.replace('</job>', '<signature/></job>')),
    ],
    [
      'a signature that is not before the last job’s end',
      'text-after-block',
      'a.wsf',
      ascii(wsf.replace('</script>', '\r\n<signature>\r\n** SIG ** MAA=\r\n</signature>\r\n</script>')),
    ],
    [
      'the block of the other language',
      'block-damaged',
      'a.js',
      ascii("var a;\r\n'' SIG '' Begin signature block\r\n"),
    ],
  ];
  test.each(hosted)('by Windows Script Host: %s', async (_, rule, name, file) => {
    const found = await inspect(windowsScript, name, file);
    expect(found.failed).toEqual([rule]);
    expect(found.target).toBeNull();
  });

  test('an append to a signature that does not fit the script', async () => {
    const signed = Buffer.from(await sign(powershell, 'a.ps1', ascii(script)));
    const how = { method, existingSignature: 'append' } as const;
    expect((await inspect(powershell, 'a.ps1', signed, how)).failed).toEqual([]);
    signed.write('W', 1);
    expect((await inspect(powershell, 'a.ps1', signed, how)).failed).toEqual(['existing-signature']);
    expect((await inspect(powershell, 'a.ps1', ascii(script + block), how)).failed).toEqual([
      'existing-signature',
    ]);
    expect(
      (await inspect(powershell, 'a.ps1', signed, { method, existingSignature: 'replace' })).failed,
    ).toEqual([]);
  });

  test('each refusal says where, and how to mend the file', async () => {
    const lf = await inspect(powershell, 'a.ps1', ascii('dir\r\ndir\n'));
    expect(lf.said).toContain('line 2 does not end with CRLF');
    expect(lf.findings.at(-1)?.fix).toContain('eol=crlf');
    expect((await inspect(powershell, 'a.ps1', utf8('ä\0'))).said).toContain('U+0000 at byte 5');
    const invalid = Buffer.concat([utf8('ä'), Buffer.of(0xe4, 0x20)]);
    expect((await inspect(powershell, 'a.ps1', invalid)).said).toContain('byte 5');
    expect((await inspect(powershell, 'a.ps1', utf16(`dir${block}x`))).said).toContain('at byte 148');
  });
});

describe('without `sign`', () => {
  test('a script keeps its line ends, its encoding and its signature', async () => {
    for (const file of [ascii('dir\n'), ascii('echo \xe4'), ascii(script + block)]) {
      const found = await inspect(powershell, 'a.ps1', file, null);
      expect(found.failed).toEqual([]);
      expect(found.target).toBeNull();
    }
    const signed = await inspect(powershell, 'a.ps1', await sign(powershell, 'a.ps1', ascii(script)), null);
    expect(signed.said).toContain('of “Countersign release”, which fits the script');
    expect(signed.facts).toMatchObject({ type: 'powershell', signed: true, kind: 'program' });
  });

  test('a file declared as any is told by its signature block alone', async () => {
    const ask = (family: ScriptFamily, name: string, file: Uint8Array) =>
      scriptFormat(family).inspectUndeclared(memorySource(file), {
        path: [name],
        sha256,
        carries: [],
        digestsWanted: false,
      });
    expect(await ask(powershell, 'a.ps1', ascii(script))).toBeNull();
    expect(await ask(powershell, 'a.ps1', new Uint8Array(0))).toBeNull();
    expect(await ask(powershell, 'readme', ascii(script + block))).toBeNull();
    for (const file of [ascii(script), utf16(script)]) {
      const found = await ask(powershell, 'a.ps1', await sign(powershell, 'a.ps1', file));
      expect(found?.findings.map(({ rule }) => rule)).toEqual([
        'powershell.undeclared',
        'powershell.signatures',
      ]);
    }
    const hosted = await sign(windowsScript, 'a.wsf', ascii(wsf));
    expect(await ask(powershell, 'a.wsf', hosted)).toBeNull();
    expect((await ask(windowsScript, 'a.wsf', hosted))?.facts).toMatchObject({
      type: 'windows-script',
      signed: true,
    });
  });
});

describe('the kind', () => {
  test.each([
    ['a.ps1', script, 'program'],
    ['a.psd1', script, 'program'],
    ['a.psm1', '<# help #>\r\ndir', 'program'],
    ['a.ps1xml', '<?xml version="1.0"?>\r\n<!-- <PSConsoleFile> -->\r\n<Types>\r\n</Types>', 'library'],
    ['a.cdxml', '<PowerShellMetadata xmlns="x">\r\n</PowerShellMetadata>', 'library'],
    ['a.psc1', '<PSConsoleFile>\r\n</PSConsoleFile>', 'program'],
    ['a.ps1xml', '<PSConsoleFile><Types>\r\n</Types></PSConsoleFile>', 'program'],
    ['a.mof', '/* x */\r\n', 'program'],
  ])('of %s goes by its text, since no signature covers a name', async (name, text, kind) => {
    const found = await inspect(powershell, name, ascii(text));
    expect(found.failed).toEqual([]);
    expect(found.target?.kind.kind).toBe(kind);
    expect(found.facts?.kind).toBe(kind);
  });

  test('without a name is told by text, where text tells', async () => {
    for (const text of [script, '<Types>\r\n</Types>', '/* x */'])
      expect((await inspect(powershell, null, ascii(text))).failed).toEqual([]);
    expect((await inspect(windowsScript, null, ascii(wsf))).failed).toEqual([]);
  });
});

describe('from the journal', () => {
  const rejudge = async (name: string, file: Uint8Array, how: ScriptSign | null) => {
    const { facts } = await inspect(powershell, name, file, null);
    const context = { sign: how, check: null, policy: null, path: [name], sha256 };
    const { findings, missing } = rejudgeScript(powershell, facts, context);
    return { rules: findings.map(({ rule }) => rule), missing };
  };
  test('a script is judged as it was when it was inspected', async () => {
    const how = { method };
    const recorded = { missing: null };
    expect(await rejudge('a.ps1', ascii(script), how)).toEqual({ rules: [], ...recorded });
    expect(await rejudge('a.ps1', ascii('dir\n'), null)).toEqual({ rules: [], ...recorded });
    expect(await rejudge('a.ps1', ascii('dir\n'), how)).toEqual({
      rules: ['powershell.line-ends'],
      ...recorded,
    });
    expect(await rejudge('a.ps1', utf16be(script), how)).toEqual({
      rules: ['powershell.encoding'],
      ...recorded,
    });
    const signed = ascii(script + block);
    expect(await rejudge('a.ps1', signed, how)).toEqual({
      rules: ['powershell.already-signed'],
      ...recorded,
    });
    const replace = { method, existingSignature: 'replace' } as const;
    expect(await rejudge('a.ps1', signed, replace)).toEqual({ rules: [], ...recorded });
    const append = { method, existingSignature: 'append' } as const;
    expect((await rejudge('a.ps1', signed, append)).missing).toContain('a.ps1');
    expect((await rejudge('a.txt', ascii(script), how)).missing).toContain('not recorded');
  });

  test('a file that was read as another is none', () => {
    const context = { sign: null, check: null, policy: null, path: ['a.ps1'], sha256 };
    const facts = { type: 'pe', signed: false, kind: 'program', texts: {} } as const;
    const { findings } = scriptFormat(powershell).rejudge(facts, context);
    expect(findings.map(({ rule }) => rule)).toEqual(['powershell.not-script']);
  });
});

describe('`verify`', () => {
  /** Believes whom it is told to believe. */
  const trusting = (ok: boolean): UpstreamTrust => ({
    now: new Date(),
    signers: null,
    judgeSigner: () =>
      ok
        ? { ok, subject: 'Upstream', issuer: 'Upstream', lifetimeSigning: false }
        : { ok, why: 'untrusted', problem: 'nobody knows it' },
    judgeTimestamp: () => ({ problem: 'there is none' }),
  });
  const verified = async (
    file: Uint8Array,
    upstream: UpstreamTrust | null,
    [family, name]: readonly [ScriptFamily, string] = [powershell, 'a.ps1'],
  ) => {
    const rest = { policy: null, carries: [], digestsWanted: false, sizeBytes: file.length, sha256 };
    const context = { ...rest, sign: null, check: { verify: true }, path: [name], upstream };
    const { findings } = await scriptFormat(family).inspect(memorySource(file), context);
    return findings
      .filter(({ outcome }) => outcome === 'fail')
      .map(({ rule, message }) => `${rule} ${message}`);
  };
  const refusals = (rule: string, words: string) => [
    expect.stringMatching(new RegExp(`^${rule} .*${words}`)) as string,
  ];

  test('holds a signature of upstream to the script, and to whom the foundation believes', async () => {
    const signed = await sign(powershell, 'a.ps1', utf8(script));
    expect(await verified(signed, trusting(true))).toEqual([]);
    const untrusted = refusals('powershell.upstream-untrusted', '');
    expect(await verified(signed, trusting(false))).toEqual(untrusted);
    expect(await verified(signed, null)).toEqual(untrusted);
    expect(await verified(utf8(script), trusting(true))).toEqual(
      refusals('powershell.upstream-unsigned', ''),
    );
    const changed = Uint8Array.from(signed);
    changed[4] = 0x78;
    expect(await verified(changed, trusting(true))).toEqual(
      refusals('powershell.upstream-digest', 'the digest'),
    );
  });

  test('of a script of another language with the same digest is refused', async () => {
    const vbs = Buffer.from(await sign(windowsScript, 'a.vbs', ascii('a = 1'))).toString('latin1');
    expect(await verified(ascii(vbs), trusting(true), [windowsScript, 'a.vbs'])).toEqual([]);
    const js = ascii(vbs.replaceAll("'' SIG '' ", '// SIG // '));
    const other = refusals('windows-script.upstream-digest', 'another kind of file');
    expect(await verified(js, trusting(true), [windowsScript, 'a.js'])).toEqual(other);
  });

  test('of text that machines decode differently is refused', async () => {
    const wide = Buffer.from(await sign(windowsScript, 'a.js', utf16('var ä;'))).toString('utf16le');
    const unmarked = ascii(wide.slice(1));
    const other = refusals('windows-script.upstream-digest', 'no byte order mark');
    expect(await verified(unmarked, trusting(true), [windowsScript, 'a.js'])).toEqual(other);
  });

  test('is said to be unknown from the journal', () => {
    const facts = { type: 'powershell', signed: true, kind: 'program', texts: {} } as const;
    const context = { sign: null, check: { verify: true }, policy: null, path: ['a.ps1'], sha256 };
    expect(scriptFormat(powershell).rejudge(facts, context)).toMatchObject({
      findings: [],
      missing: expect.stringContaining('upstream') as string,
    });
  });
});

describe('what is read back', () => {
  const replace = { method, existingSignature: 'replace' } as const;
  const signing = scriptSigning(powershell);
  const signatureIn = async (file: Uint8Array): Promise<Uint8Array> => {
    const { block: found } = await readScript(memorySource(file), powershell, {
      name: 'a.ps1',
    });
    return found?.signature ?? new Uint8Array();
  };

  test('has to be the script that was there, with the signature that was embedded', async () => {
    const [before, other] = [ascii(script), ascii(script.replace('hello', 'world'))];
    const signed = await sign(powershell, 'a.ps1', before);
    const signature = await signatureIn(signed);
    const readBack = (was: Uint8Array, is: Uint8Array, embedded = signature) =>
      signing.readBack(memorySource(was), memorySource(is), embedded, replace);
    await expect(readBack(before, signed)).resolves.toMatchObject({ signature });
    await expect(readBack(other, signed)).rejects.toThrow('differs outside');
    await expect(readBack(before, before)).rejects.toThrow('holds no signature');
    const again = await sign(powershell, 'a.ps1', before, { description: 'another' });
    await expect(readBack(before, again)).rejects.toThrow('not the one embedded');
    await expect(readBack(utf8(script), signed)).rejects.toThrow('differs outside');
  });

  test('has to hold the signature that was there, where another was added', async () => {
    const theirs = await sign(powershell, 'a.ps1', ascii(script), { description: 'theirs' });
    const others = await sign(powershell, 'a.ps1', ascii(script), { description: 'of others' });
    const append = { method, existingSignature: 'append' } as const;
    const ours = await signatureIn(await sign(powershell, 'a.ps1', ascii(script)));
    const chunks: Uint8Array[] = [];
    for await (const chunk of signing.embed(memorySource(theirs), ours, append)) chunks.push(chunk);
    const both = Uint8Array.from(Buffer.concat(chunks));
    const readBack = (was: Uint8Array) =>
      signing.readBack(memorySource(was), memorySource(both), ours, append);
    await expect(readBack(theirs)).resolves.toMatchObject({ signature: ours });
    await expect(readBack(others)).rejects.toThrow('not the one embedded, next to');
  });
});

describe('a signed script', () => {
  const small: readonly (readonly [string, ScriptFamily, string, Uint8Array])[] = [
    ['ps1 in UTF-8', powershell, 'a.ps1', utf8('dir\r\n')],
    ['wsf in UTF-16', windowsScript, 'a.wsf', utf16('<job>\r\n</job>')],
  ];

  const look = async (family: ScriptFamily, name: string, file: Uint8Array) => {
    try {
      const read = await readScript(memorySource(file), family, { name });
      const fits = read.block !== null && describeExisting(read).described[0]?.fits === true;
      return { ...read, fits };
    } catch (error) {
      expect(error).toMatchObject({ name: 'ScriptError' });
      return null;
    }
  };

  test.each(small)('cut off anywhere is refused, or has no signature: %s', async (_, family, name, file) => {
    const signed = await sign(family, name, file);
    expect((await look(family, name, signed))?.fits).toBe(true);
    for (let length = 0; length < signed.length; length += 1) {
      const found = await look(family, name, signed.subarray(0, length));
      expect(found?.block ?? null).toBeNull();
    }
  });

  test.each(small)(
    'changed in any byte is refused, does not fit, or says the same: %s',
    async (_, family, name, file) => {
      const signed = await sign(family, name, file);
      const before = await look(family, name, signed);
      const step = 7;
      for (let at = 0; at < signed.length; at += at < 200 || at > signed.length - 200 ? 1 : step) {
        const changed = Uint8Array.from(signed);
        changed[at] = (changed[at] ?? 0) ^ (at % 2 === 0 ? 0x01 : 0x20);
        const found = await look(family, name, changed);
        if (found?.fits === true) expect([at, found.text]).toEqual([at, before?.text]);
      }
    },
  );
});
