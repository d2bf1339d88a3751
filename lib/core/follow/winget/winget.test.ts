import { describe, expect, it } from 'vitest';
import { afterSigning, followOne, hex, program } from '../world.fixture.ts';

const sha256 = hex('sha256', program).toUpperCase();
const manifest = `# Created with wingetcreate
# yaml-language-server: $schema=https://aka.ms/winget-manifest.installer.1.9.0.schema.json

PackageIdentifier: Example.App
PackageVersion: 1.2.3
Platform:
- Windows.Desktop
InstallerSwitches:
  Custom: /norestart
Installers:
- Architecture: x64
  InstallerType: nullsoft
  InstallerUrl: https://example.org/v1.2.3/app.exe
  InstallerSha256: ${sha256} # of the installer
- Architecture: arm64
  InstallerUrl: https://example.org/v1.2.3/app-arm64.exe
  InstallerSha256: ${hex('sha256', 'other')}
ManifestType: installer
ManifestVersion: 1.9.0
`;

describe('a manifest of winget', () => {
  it('follows, in the case of its digits', async () => {
    for (const list of [
      manifest,
      manifest.replaceAll('\n', '\r\n'),
      manifest.replace(sha256, sha256.toLowerCase()),
    ]) {
      const { written, refused } = await followOne('winget', 'a.installer.yaml', list);
      expect(refused).toEqual([]);
      expect(written['a.installer.yaml']).toBe(afterSigning(list));
    }
  });

  it('of one file, and with icons, follows', async () => {
    const list = `InstallerUrl: https://x/app.exe\nInstallerSha256: ${sha256}\nIcons:\n- IconUrl: https://x/app.exe\n  IconSha256: ${sha256}\n`;
    const { written } = await followOne('winget', 'a.yaml', list);
    expect(written['a.yaml']).toBe(afterSigning(list));
  });

  it('with the digest of the signature in a package that gets signed is refused', async () => {
    const list = manifest.replace(' # of the installer', `\n  SignatureSha256: ${hex('sha256', 'p7x')}`);
    const { refused, findings } = await followOne('winget', 'a.yaml', list);
    expect(refused).toEqual(['follow.cannot']);
    expect(findings[0]?.found).toBe('line 15, Installers[0].SignatureSha256');
  });

  it.each([
    ['without an address', 'InstallerSha256: ' + sha256],
    ['that is too short', 'InstallerUrl: https://x/app.exe\nInstallerSha256: ABCD'],
    ['that is a list', 'InstallerUrl: https://x/app.exe\nInstallerSha256:\n- a'],
  ])('with a digest %s is refused', async (_, list) => {
    expect((await followOne('winget', 'a.yaml', list)).refused).toEqual(['follow.unreadable']);
  });
});
