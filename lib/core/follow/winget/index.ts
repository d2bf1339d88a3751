/**
 * Manifests of the Windows Package Manager: the installer manifest (`*.installer.yaml`) and singletons.
 *
 *     Installers:
 *     - Architecture: x64
 *       InstallerUrl: https://example.org/App-1.2.3.msi
 *       InstallerSha256: <64 digits, upper case>
 *       SignatureSha256: <of the AppxSignature.p7x in an MSIX>
 *
 * `SignatureSha256` is over a signature that this signer would replace: of a package that changes it is refused.
 */
import { FollowError, type FollowField, type FollowFormat } from '../follow.ts';
import { decodeText, inBytes } from '../text/decode.ts';
import { readYaml, yamlItems, yamlMember, yamlText, type YamlNode } from '../text/yaml.ts';
import { hexDigest } from '../values.ts';

export const winget: FollowFormat = {
  id: 'winget',
  one: 'a manifest of the Windows Package Manager',
  many: 'Manifests of the Windows Package Manager',
  fileNames: /.[.]installer[.]yaml$/i,
  sizeBytesMax: 256 * 1024,
  read(bytes) {
    const text = decodeText(bytes);
    const root = readYaml(text);
    const listed = (key: string): readonly (readonly [string, YamlNode])[] =>
      yamlItems(yamlMember(root, key)).map((entry, at) => [`${key}[${at}].`, entry] as const);
    const installers = [['', root] as const, ...listed('Installers')];
    const icons = [['', root] as const, ...listed('Icons')];
    return inBytes(text, [
      ...installers.flatMap(([label, entry]) => [
        ...digestField(label, entry, 'InstallerSha256', 'InstallerUrl'),
        ...digestField(label, entry, 'SignatureSha256', 'InstallerUrl'),
      ]),
      ...icons.flatMap(([label, entry]) => digestField(label, entry, 'IconSha256', 'IconUrl')),
    ]);
  },
};

function digestField(label: string, entry: YamlNode, key: string, urlKey: string): readonly FollowField[] {
  const node = yamlMember(entry, key);
  if (node === null) return [];
  const text = yamlText(node);
  const url = yamlText(yamlMember(entry, urlKey));
  if (node.kind !== 'scalar' || text === null || !/^[0-9A-Fa-f]{64}$/.test(text) || url === null)
    throw new FollowError(
      `${label}${key} is no SHA-256 in 64 digits with ${urlKey} beside it`,
      node.kind === 'scalar' ? node.line : null,
      'Submit the manifest as winget validates it.',
    );
  const { start, end, line } = node;
  const place = { start, end, line, label: `${label}${key}`, name: { text: url, as: 'url' } as const };
  if (key !== 'SignatureSha256') return [{ kind: 'plain', ...place, value: hexDigest('sha256') }];
  const what = 'the digest of the signature inside the package, which signing replaces';
  const fix = 'Remove SignatureSha256, and add that of the released package (`winget hash --msix`).';
  return [{ kind: 'fixed', ...place, what, fix }];
}
