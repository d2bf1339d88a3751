/**
 * Manifests of Scoop: `url` and `hash`, at the top and for each of `architecture.{64bit, 32bit, arm64}`; each a text, or lists of the
 * same length.
 *
 *     "url": "https://example.org/app.exe#/renamed.exe",
 *     "hash": "sha512:<digits>"            (md5:, sha1:, sha256:; SHA-256 without)
 *
 * What is behind `#` renames the file after its download; it has its own name here.
 */
import { FollowError, type DigestAlgorithm, type FollowField, type FollowFormat } from '../follow.ts';
import { decodeText, inBytes, LineCounter } from '../text/decode.ts';
import { itemsOf, member, readJson, textOf, type JsonNode } from '../text/json.ts';
import { byHexDigits, hexDigest } from '../values.ts';

const hashPattern = /^(?:(md5|sha1|sha256|sha512):)?([0-9a-fA-F]+)$/;

export const scoop: FollowFormat = {
  id: 'scoop',
  one: 'a manifest of Scoop',
  many: 'Manifests of Scoop',
  fileNames: null,
  sizeBytesMax: 1024 * 1024,
  read(bytes) {
    const text = decodeText(bytes);
    const root = readJson(text);
    const lines = new LineCounter(text);
    const architecture = member(root, 'architecture');
    const entries: readonly (readonly [string, JsonNode])[] = [
      ['', root],
      ...(architecture?.kind === 'object' ? [...architecture.members] : []).map(
        ([name, entry]) => [`architecture.${name}.`, entry] as const,
      ),
    ];
    return inBytes(
      text,
      entries.flatMap(([label, entry]) => fieldsOf(label, entry, lines)),
    );
  },
};

function fieldsOf(label: string, entry: JsonNode, lines: LineCounter): readonly FollowField[] {
  const hash = member(entry, 'hash');
  if (hash === null) return [];
  const url = member(entry, 'url');
  const isList = hash.kind === 'list';
  const hashes = isList ? itemsOf(hash) : [hash];
  const urls = url?.kind === 'list' ? itemsOf(url) : url === null ? [] : [url];
  if (hashes.length !== urls.length)
    throw new FollowError(
      `${label}hash has ${hashes.length} values, and url ${urls.length}`,
      lines.at(hash.start),
      'Write one hash for each url, in the same order.',
    );
  return hashes.map((node, at): FollowField => {
    const text = textOf(node);
    const name = textOf(urls[at] ?? null);
    const [, kind = 'sha256', digits] = hashPattern.exec(text ?? '') ?? [];
    const algorithm = kind as DigestAlgorithm;
    const line = lines.at(node.start);
    const isWhole = node.kind === 'text' && node.end - node.start === text?.length;
    if (digits === undefined || name === null || !isWhole || byHexDigits.get(digits.length) !== algorithm)
      throw new FollowError(
        `${label}hash${isList ? `[${at}]` : ''} is no digest that Scoop knows, written without escapes`,
        line,
        'Write 64 digits of SHA-256, or md5:, sha1: or sha512: in front of others.',
      );
    const value = hexDigest(algorithm);
    const { end } = node;
    return {
      kind: 'plain',
      start: end - digits.length,
      end,
      line,
      label: `${label}hash${isList ? `[${at}]` : ''}`,
      name: { text: name, as: 'url' },
      value,
    };
  });
}
