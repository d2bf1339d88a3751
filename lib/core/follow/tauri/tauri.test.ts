import { describe, expect, it } from 'vitest';
import { followOne } from '../world.fixture.ts';

const minisign = Buffer.from('untrusted comment: signature from tauri secret key\nRUQ=\n').toString('base64');
const manifest = (name: string): string =>
  JSON.stringify({
    version: '1.0.0',
    platforms: {
      'windows-x86_64': { signature: minisign, url: `https://example.org/${name}` },
      'linux-x86_64': { signature: minisign, url: 'https://example.org/app.AppImage' },
    },
  });

describe('what Tauri’s updater reads', () => {
  it('is refused for a file that gets signed, with what to do instead', async () => {
    const { refused, findings } = await followOne('tauri', 'latest.json', manifest('app.exe'));
    expect(refused).toEqual(['follow.cannot']);
    expect(findings[0]).toMatchObject({ found: 'line 1, platforms.windows-x86_64.signature' });
    expect(findings[0]?.fix).toContain('tauri signer sign');
    const dynamic = JSON.stringify({ version: '1', url: 'https://x/app.exe', signature: minisign });
    expect((await followOne('tauri', 'latest.json', dynamic)).refused).toEqual(['follow.cannot']);
  });

  it('stays as it is where its files aren’t signed', async () => {
    const { refused, written } = await followOne('tauri', 'latest.json', manifest('other.exe'));
    expect([refused, written]).toEqual([[], {}]);
  });

  it('is a signature file beside its installer, too', async () => {
    for (const content of [minisign, Buffer.from(minisign, 'base64').toString()])
      expect((await followOne('tauri', 'app.exe.sig', content)).refused).toEqual(['follow.cannot']);
    expect((await followOne('tauri', 'app.msi.sig', minisign)).refused).toEqual([]);
    expect((await followOne('tauri', 'app.exe.sig', 'gpg')).refused).toEqual(['follow.unreadable']);
  });

  it('without an address for a signature is refused', async () => {
    const { refused } = await followOne('tauri', 'latest.json', JSON.stringify({ signature: minisign }));
    expect(refused).toEqual(['follow.unreadable']);
  });
});
