/**
 * What electron-updater reads: latest.yml, latest-mac.yml, latest-linux.yml (and those of other channels).
 *
 *     version: 1.2.3
 *     files:
 *       - url: App-Setup-1.2.3.exe
 *         sha512: <Base64; before electron-builder 20: hexadecimal>
 *         size: 1234
 *         blockMapSize: 55
 *     path: App-Setup-1.2.3.exe       # the same, for clients before files[]
 *     sha512: …
 *     sha2: <SHA-256, hexadecimal>    # before electron-builder 19
 *     packages: { x64: { path, sha512, size, headerSize, blockMapSize } }   # of web installers
 *
 * `blockMapSize` is that of a map appended to the file itself: behind it signing puts a signature, so that no client finds the map any
 * more. A map in a file of its own (`.blockmap`) has no size here.
 */
import {
  FollowError,
  type FileName,
  type FixedField,
  type FollowField,
  type FollowFormat,
  type StatedValue,
} from '../follow.ts';
import { decodeText, inBytes } from '../text/decode.ts';
import { readYaml, yamlItems, yamlMember, yamlText, type YamlNode } from '../text/yaml.ts';
import { base64Digest, hexDigest, size } from '../values.ts';

const entriesMax = 500;

export const electronUpdater: FollowFormat = {
  id: 'electron-updater',
  one: 'a manifest of electron-updater',
  many: 'Manifests of electron-updater',
  fileNames: /^(?:latest|beta|alpha)(?:-(?:mac|linux)(?:-[a-z0-9]+)?)?[.]yml$/,
  sizeBytesMax: 256 * 1024,
  read(bytes) {
    const text = decodeText(bytes);
    const root = readYaml(text);
    const packages = yamlMember(root, 'packages');
    const entries: readonly (readonly [string, YamlNode, string])[] = [
      ...yamlItems(yamlMember(root, 'files')).map((entry, at) => [`files[${at}].`, entry, 'url'] as const),
      ['', root, 'path'],
      ...(packages?.kind === 'map' ? [...packages.members] : []).map(
        ([name, entry]) => [`packages.${name}.`, entry, 'path'] as const,
      ),
    ];
    if (entries.length > entriesMax)
      throw new FollowError(`it has more than ${entriesMax} files`, null, 'Split it.');
    return inBytes(
      text,
      entries.flatMap(([label, entry, key]) => fieldsOf(label, entry, key)),
    );
  },
};

function fieldsOf(label: string, entry: YamlNode, key: string): readonly FollowField[] {
  const keys = ['sha512', 'sha2', 'size', 'blockMapSize', 'headerSize'];
  const present = keys.filter((one) => yamlMember(entry, one) !== null);
  if (present.length === 0) return [];
  const named = yamlText(yamlMember(entry, key)) ?? yamlText(yamlMember(entry, 'file'));
  if (named === null)
    throw new FollowError(
      `${label}${present[0]} is about no file: there is no ${key} beside it`,
      lineOf(yamlMember(entry, present[0] ?? '')),
      'Submit the manifest as electron-builder writes it.',
    );
  const name: FileName = { text: named, as: 'url' };
  return present.map((one) => fieldOf(`${label}${one}`, one, yamlMember(entry, one), name));
}

function fieldOf(label: string, key: string, node: YamlNode | null, name: FileName): FollowField {
  const text = yamlText(node);
  if (node?.kind !== 'scalar' || text === null || text === '')
    throw new FollowError(
      `${label} is no plain value on one line`,
      lineOf(node),
      'Submit the manifest as electron-builder writes it.',
    );
  const { start, end, line } = node;
  const place = { start, end, line, label, name };
  if (key === 'blockMapSize' || key === 'headerSize') return { kind: 'fixed', ...place, ...fixed[key] };
  return { kind: 'plain', ...place, value: valueOf(key, text) };
}

function valueOf(key: string, text: string): StatedValue {
  if (key === 'size') return size;
  if (key === 'sha2') return hexDigest('sha256');
  return /^[0-9a-fA-F]{128}$/.test(text) ? hexDigest('sha512') : base64Digest('sha512');
}

const fixed: Record<'blockMapSize' | 'headerSize', Pick<FixedField, 'what' | 'fix'>> = {
  blockMapSize: {
    what: 'the size of a block map at the file’s end, where a signature would be',
    fix: 'Let electron-builder write the block map into a file of its own (`nsis`, not `nsis-web`), or turn `differentialPackage` off.',
  },
  headerSize: {
    what: 'the size of the header of a package of 7-Zip',
    fix: 'Sign the programs before electron-builder makes the package.',
  },
};

const lineOf = (node: YamlNode | null): number | null => (node?.kind === 'scalar' ? node.line : null);
