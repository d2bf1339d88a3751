/** Lists that nothing follows: found by their names, or by the digest of a signed file in them, and told as what they could follow. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { findStaleIn, type StaleList } from './index.ts';
import { base64, figures, hex, program } from './world.fixture.ts';

const digest = hex('sha256', program);

async function stale(place: string, content: string | Uint8Array): Promise<readonly unknown[] | null> {
  const files = [
    { path: 'app.exe', changes: true, figures: figures(program) },
    { path: 'notes.txt', changes: false, figures: figures('notes') },
    { path: place, changes: false, figures: figures(content) },
  ];
  const found: StaleList | null = await findStaleIn(files)(place, Buffer.from(content));
  return found === null ? null : [found.format?.id ?? null, found.line, found.what, found.of];
}

const scoop = `{\n  "version": "1",\n  "url": "https://example.org/app.exe",\n  "hash": "${digest}"\n}`;
const winget = `InstallerUrl: https://example.org/app.exe\nInstallers:\n- InstallerUrl: https://example.org/app.exe\n  InstallerSha256: ${digest}\n`;
const updater = `path: app.exe\nsha512: ${base64('sha512', program)}\n`;
const bom = JSON.stringify({
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  components: [{ type: 'file', name: 'app.exe', hashes: [{ alg: 'SHA-256', content: digest }] }],
});

describe('a list that nothing follows', () => {
  it.each<[string, string, string, readonly unknown[]]>([
    [
      'by its name',
      'SHA512SUMS',
      `${hex('sha512', program)}  app.exe\n`,
      ['checksums', 1, 'SHA-512', 'app.exe'],
    ],
    ['beside its file', 'app.exe.sha256', digest, ['checksums', 1, 'SHA-256', 'app.exe']],
    ['of electron-updater', 'latest.yml', updater, ['electron-updater', 2, 'SHA-512', 'app.exe']],
    ['of winget', 'example.installer.yaml', winget, ['winget', 4, 'SHA-256', 'app.exe']],
    [
      'by its content alone',
      'digests.md',
      `# x\n${digest}  app.exe\n`,
      ['checksums', 2, 'SHA-256', 'app.exe'],
    ],
    ['of Scoop, which has no name of its own', 'app.json', scoop, ['scoop', 4, 'SHA-256', 'app.exe']],
    ['a bill of materials', 'app.cdx.json', bom, ['cyclonedx', 1, 'SHA-256', 'app.exe']],
    ['of no kind that can follow', 'a.html', `<p>${digest}</p>`, [null, 1, 'SHA-256', 'app.exe']],
  ])('is found %s', async (_title, place, content, expected) => {
    expect(await stale(place, content)).toEqual(expected);
  });

  it('is found by its name alone where it is a map of blocks', async () => {
    const map = gzipSync('{"version":"2","files":[]}');
    expect(await stale('app.exe.blockmap', map)).toEqual(['electron-blockmap', 1, 'block map', 'app.exe']);
    expect(await stale('notes.txt.blockmap', map)).toBeNull();
  });

  it('reads what gets signed for twenty values at most', async () => {
    const wrong = (count: number): string => `${hex('sha512', 'other')}  app.exe\n`.repeat(count);
    const right = `${hex('sha512', program)}  app.exe\n`;
    expect(await stale('SHA512SUMS', wrong(19) + right)).not.toBeNull();
    expect(await stale('SHA512SUMS', wrong(20) + right)).toBeNull();
  });

  it.each([
    ['of files that stay', 'SHA256SUMS', `${hex('sha256', 'notes')}  notes.txt\n`],
    ['that was wrong before', 'SHA256SUMS', `${hex('sha256', 'other')}  app.exe\n`],
    ['that can’t be read', 'SHA256SUMS', '\0'],
    ['with another digest under a name that says nothing', 'a.txt', `${hex('sha1', program)}  app.exe`],
  ])('is none %s', async (_title, place, content) => {
    expect(await stale(place, content)).toBeNull();
  });
});
