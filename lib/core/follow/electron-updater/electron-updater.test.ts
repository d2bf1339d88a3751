import { describe, expect, it } from 'vitest';
import { afterSigning, base64, followOne, hex, program } from '../world.fixture.ts';

const sha512 = base64('sha512', program);
const latest = `version: 1.2.3
files:
  - url: app.exe
    sha512: ${sha512}
    size: ${program.length}
  - url: https://example.org/other/app.zip
    sha512: ${base64('sha512', 'zip')}
    size: 3
    blockMapSize: 77
path: app.exe
sha512: ${sha512}
releaseDate: '2026-11-01T10:00:00.000Z'
releaseNotes: |-
  size: 10 is what it was
`;

describe('a manifest of electron-updater', () => {
  it('follows, in its files and at its top', async () => {
    const { written, refused } = await followOne('electron-updater', 'latest.yml', latest);
    expect(refused).toEqual([]);
    const [head, notes] = latest.split('releaseNotes');
    expect(written['latest.yml']).toBe(`${afterSigning(head ?? '')}releaseNotes${notes ?? ''}`);
  });

  it.each([
    ['with lines that end as on Windows', latest.replaceAll('\n', '\r\n')],
    ['with a folded digest', latest.replace(`\nsha512: ${sha512}`, `\nsha512: >-\n  ${sha512}`)],
    ['in quotation marks', latest.replaceAll(sha512, `"${sha512}"`).replaceAll(': app.exe', ": 'app.exe'")],
    ['with comments', latest.replaceAll(sha512, `${sha512} # of the installer`)],
    ['with a digest in hexadecimal', latest.replaceAll(sha512, hex('sha512', program))],
    ['with an old SHA-256', `${latest}sha2: ${hex('sha256', program)}\n`],
    ['with an address', latest.replaceAll('app.exe', 'https://example.org/v1/app.exe?raw=1')],
    ['with an encoded name', latest.replaceAll('app.exe', 'app%2Eexe')],
    ['with packages', `${latest}packages:\n  x64:\n    path: app.exe\n    sha512: ${sha512}\n    size: 10\n`],
  ])('%s follows', async (_, list) => {
    const { written, refused } = await followOne('electron-updater', 'latest.yml', list);
    expect(refused).toEqual([]);
    const [head = '', notes = ''] = list.split('size: 10 is');
    expect(written['latest.yml']).toBe(`${afterSigning(head)}size: 10 is${afterSigning(notes)}`);
  });

  it('with a block map inside the installer is refused', async () => {
    for (const key of ['blockMapSize', 'headerSize']) {
      const list = latest.replace('    size: 10\n', `    size: 10\n    ${key}: 55\n`);
      const { refused, findings } = await followOne('electron-updater', 'latest.yml', list);
      expect(refused).toEqual(['follow.cannot']);
      expect(findings[0]?.found).toBe(`line 6, files[0].${key}`);
    }
  });

  it('with a wrong size is refused', async () => {
    const { findings } = await followOne(
      'electron-updater',
      'latest.yml',
      latest.replace('size: 10', 'size: 11'),
    );
    expect(findings[0]).toMatchObject({ rule: 'follow.mismatch', expected: '10', found: 'line 5: 11' });
  });

  it.each([
    ['a digest without a file', `sha512: ${sha512}\n`],
    ['a digest with escapes', `path: app.exe\nsha512: "\\x41"\n`],
    ['a list instead of a digest', `path: app.exe\nsha512: []\n`],
    ['another document', `${latest}---\n${latest}`],
    ['no YAML in it', '{"version":1}'],
  ])('with %s is refused', async (_, list) => {
    expect((await followOne('electron-updater', 'latest.yml', list)).refused).toEqual(['follow.unreadable']);
  });
});
