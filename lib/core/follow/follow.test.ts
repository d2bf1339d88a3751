/** What is the same for all lists: which file a field is about, what is refused, and that nothing else changes. */
import { describe, expect, it } from 'vitest';
import { FollowError } from './follow.ts';
import { followFormats } from './registry.ts';
import { rewriteList } from './rewrite.ts';
import { figures, follow, followOne, hex, program, signedProgram } from './world.fixture.ts';

const sha256 = (content: string): string => hex('sha256', content);
const sums = (...lines: readonly (readonly [content: string, name: string])[]): string =>
  lines.map(([content, name]) => `${sha256(content)}  ${name}\n`).join('');

describe('a list', () => {
  it('gets the values of signed files, and keeps all else', async () => {
    const list = `# sums\r\n${sha256(program).toUpperCase()} *app.exe\r\n${sha256('x')}  notes.txt\n\n`;
    const { written, refused, changes } = await followOne('checksums', 'SHA256SUMS', list, {
      'notes.txt': 'x',
    });
    expect(refused).toEqual([]);
    expect(written['SHA256SUMS']).toBe(
      list.replace(sha256(program).toUpperCase(), sha256(signedProgram).toUpperCase()),
    );
    expect(changes).toEqual([
      {
        line: 2,
        label: 'SHA-256',
        of: ['app.exe'],
        from: sha256(program).toUpperCase(),
        to: sha256(signedProgram).toUpperCase(),
      },
    ]);
  });

  it('says before anybody approves what will be written anew', async () => {
    const { findings } = await followOne('checksums', 'SHA256SUMS', sums([program, 'app.exe']));
    expect(findings).toMatchObject([
      { rule: 'follow.fields', outcome: 'info', found: `line 1, SHA-256 of app.exe, now ${sha256(program)}` },
    ]);
  });

  it('names MD5 and SHA-1, which are written anew as they are', async () => {
    const list = `${hex('md5', program)}  app.exe\n${hex('sha1', program)}  app.exe\n`;
    const { findings, written } = await followOne('checksums', 'SUMS', list);
    expect(findings[0]?.message).toContain('2 of them are MD5 or SHA-1');
    expect(written['SUMS']).toBe(
      `${hex('md5', signedProgram)}  app.exe\n${hex('sha1', signedProgram)}  app.exe\n`,
    );
  });

  it('with a value that is wrong before is refused, with the line and both values', async () => {
    const { findings, refused } = await followOne(
      'checksums',
      'SHA256SUMS',
      sums(['x', 'notes.txt'], ['y', 'app.exe']),
      {
        'notes.txt': 'x',
      },
    );
    expect(refused).toEqual(['follow.mismatch']);
    expect(findings[0]).toMatchObject({ expected: sha256(program), found: `line 2: ${sha256('y')}` });
  });

  it('with a wrong value of a file that stays is refused too', async () => {
    const list = sums([program, 'app.exe'], ['y', 'notes.txt']);
    const { refused } = await followOne('checksums', 'SHA256SUMS', list, { 'notes.txt': 'x' });
    expect(refused).toEqual(['follow.mismatch']);
  });

  it('that names files which aren’t there, or in other folders, keeps those lines', async () => {
    const list = sums(
      [program, 'app.exe'],
      ['gone', 'gone.exe'],
      ['z', 'vendor/notes.txt'],
      ['w', '../w.exe'],
    );
    const { written, refused } = await followOne('checksums', 'SHA256SUMS', list, { 'doc/notes.txt': 'x' });
    expect(refused).toEqual([]);
    expect(written['SHA256SUMS']).toBe(list.replace(sha256(program), sha256(signedProgram)));
  });

  it('finds a file by the end of its path, from its own folder and from the top', async () => {
    for (const [place, name] of [
      ['SHA256SUMS', 'dist/app.exe'],
      ['SHA256SUMS', '/home/ci/build/app.exe'],
      ['sums/SHA256SUMS', '../app.exe'],
      ['sums/SHA256SUMS', './app.exe'],
      ['SHA256SUMS', '.\\app.exe'],
    ] as const) {
      const { written } = await followOne('checksums', place, sums([program, name]));
      expect(written[place]).toBe(sums([signedProgram, name]));
    }
  });

  it('whose name fits several files is refused where one of them gets signed', async () => {
    const files = { 'x86/app.exe': program, 'x64/app.exe': 'other' };
    const list = sums([program, 'app.exe']);
    const world = { files: { ...files, SUMS: list }, lists: { SUMS: 'checksums' } } as const;
    const { refused, findings } = await follow({ ...world, signed: { 'x86/app.exe': signedProgram } });
    expect(refused).toContain('follow.ambiguous');
    expect(findings[0]?.found).toBe('line 1: x64/app.exe, x86/app.exe');
    expect((await follow({ ...world, signed: { SUMS: 'x' } })).refused).toEqual([]);
  });

  it('with the digest of a signed file under another name is refused', async () => {
    for (const line of [`${sha256(program)}  App Setup.exe\n`, `# was ${sha256(program)}\n`]) {
      const { refused, findings } = await followOne('checksums', 'SHA256SUMS', line);
      expect(refused).toEqual(['follow.stray-digest']);
      expect(findings[0]?.message).toContain('the digest of app.exe in line 1');
    }
  });

  it('that says nothing of signed files is released as it is', async () => {
    const { findings, written } = await followOne('checksums', 'SHA256SUMS', sums(['x', 'notes.txt']), {
      'notes.txt': 'x',
    });
    expect(findings.map(({ rule }) => rule)).toEqual(['follow.unaffected']);
    expect(written).toEqual({});
  });

  it('of lists has their new values, in whichever order they are', async () => {
    const inner = sums([program, 'app.exe']);
    const outer = sums([inner, 'SHA256SUMS'], [program, 'app.exe']);
    const { written, refused } = await follow({
      files: { ALL: outer, 'app.exe': program, SHA256SUMS: inner },
      signed: { 'app.exe': signedProgram },
      lists: { ALL: 'checksums', SHA256SUMS: 'checksums' },
    });
    expect(refused).toEqual([]);
    const innerAfter = sums([signedProgram, 'app.exe']);
    expect(written).toEqual({
      SHA256SUMS: innerAfter,
      ALL: sums([innerAfter, 'SHA256SUMS'], [signedProgram, 'app.exe']),
    });
  });

  it('that lists itself, or another one that lists it, is refused', async () => {
    const files = {
      'app.exe': program,
      A: `${sha256('?')}  B\n${sha256(program)}  app.exe\n`,
      B: `${sha256('?')}  A\n`,
    };
    const signed = { 'app.exe': signedProgram };
    const { refused } = await follow({ files, signed, lists: { A: 'checksums', B: 'checksums' } });
    expect(refused).toContain('follow.cycle');
    const itself = { 'app.exe': program, A: `${sha256('?')}  A\n` };
    expect((await follow({ files: itself, signed, lists: { A: 'checksums' } })).refused).toContain(
      'follow.cycle',
    );
  });

  it('is refused where it is too large, or no text', async () => {
    for (const content of [
      Buffer.alloc(16 * 1024 * 1024 + 1, 10),
      Buffer.from('\ufeffx', 'utf16le'),
      Buffer.of(0xc0),
    ])
      expect((await followOne('checksums', 'SUMS', content)).refused).toEqual(['follow.unreadable']);
  });
});

describe('writing anew', () => {
  const list = sums([program, 'app.exe'], ['x', 'x']);
  const field = { start: 0, end: 64, line: 1, label: 'SHA-256', of: ['app.exe'] };
  const rewrite = (expected: typeof field, before = program) =>
    rewriteList({
      format: followFormats.checksums,
      name: 'SUMS',
      bytes: Buffer.from(list),
      expected: [expected],
      files: new Map([['app.exe', { before: figures(before), after: figures(signedProgram) }]]),
    });

  it('changes the field that was inspected', async () => {
    expect(Buffer.from((await rewrite(field)).bytes).toString()).toBe(
      sums([signedProgram, 'app.exe'], ['x', 'x']),
    );
  });

  it.each([
    ['that lies elsewhere', { ...field, start: 1 }],
    ['of another line', { ...field, line: 2 }],
    ['that ends elsewhere', { ...field, end: 63 }],
    ['with another label', { ...field, label: 'SHA-512' }],
    ['about a file that didn’t change', { ...field, of: ['x'] }],
    ['about several files', { ...field, of: ['app.exe', 'x'] }],
  ])('is refused for a field %s', async (_, expected) => {
    await expect(rewrite(expected)).rejects.toBeInstanceOf(FollowError);
  });

  it('is refused for a value that was another one before', async () => {
    await expect(rewrite(field, 'another program')).rejects.toThrow('held another value before');
  });

  it('is refused where the format changes more than its fields', async () => {
    const format = { ...followFormats.checksums };
    let reads = 0;
    const shifting: typeof format = {
      ...format,
      read(bytes, name) {
        const fields = format.read(bytes, name);
        // As a reader would that takes other bytes for the field in the new list.
        return (reads += 1) === 1
          ? fields
          : fields.map((one) => ({ ...one, start: one.start + 1, end: one.end + 1 }));
      },
    };
    const input = { name: 'SUMS', bytes: Buffer.from(list), expected: [field] };
    const files = new Map([['app.exe', { before: figures(program), after: figures(signedProgram) }]]);
    await expect(rewriteList({ ...input, format: shifting, files })).rejects.toThrow(
      'something else than its fields',
    );
  });
});
