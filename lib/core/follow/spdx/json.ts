/** SPDX 2.2 and 2.3 in JSON: `checksums` of packages and files, and the verification codes of packages. */
import { FollowError, type FileName, type FollowField } from '../follow.ts';
import { LineCounter } from '../text/decode.ts';
import { jsonDigest } from '../text/json-digest.ts';
import { itemsOf, member, readJson, textOf, type JsonNode } from '../text/json.ts';
import { spdxAlgorithms as algorithms } from './algorithms.ts';
import { isJsonLd, readSpdxJsonLd } from './json-ld.ts';
import { requireFewCodes, verificationCode, type SpdxFile } from './verification-code.ts';

const keys = { algorithm: 'algorithm', digits: 'checksumValue' };

export function readSpdxJson(text: string): readonly FollowField[] {
  const root = readJson(text);
  if (isJsonLd(root)) return readSpdxJsonLd(root, text);
  const version = textOf(member(root, 'spdxVersion'));
  if (version === null || !/^SPDX-2\.[0-9]$/.test(version))
    throw new FollowError(
      'it has no `spdxVersion` of SPDX 2',
      1,
      'Submit SPDX 2.2 or 2.3, or SPDX 3.0 in JSON-LD.',
    );
  const lines = new LineCounter(text);
  const fields: FollowField[] = [];
  const files = itemsOf(member(root, 'files')).map((file, at): SpdxFile => {
    const name: FileName = { text: required(file, 'fileName', `files[${at}]`, lines), as: 'path' };
    const first = fields.length;
    const sums = itemsOf(member(file, 'checksums'));
    fields.push(...digestsOf(sums, `files[${at}].checksums`, name, lines));
    const sha1 = sums.findIndex((sum) => textOf(member(sum, keys.algorithm)) === 'SHA1');
    return { id: textOf(member(file, 'SPDXID')) ?? '', name, sha1: sha1 < 0 ? null : first + sha1 };
  });
  const packages = itemsOf(member(root, 'packages'));
  const codes = packages.filter((one) => member(one, 'packageVerificationCode') !== null).length;
  requireFewCodes(codes, files.length + itemsOf(member(root, 'relationships')).length);
  for (const [at, one] of packages.entries()) {
    const label = `packages[${at}]`;
    const sums = itemsOf(member(one, 'checksums'));
    if (sums.length > 0) fields.push(...digestsOf(sums, `${label}.checksums`, packageName(one), lines));
    const code = member(one, 'packageVerificationCode');
    const value = member(code, 'packageVerificationCodeValue');
    if (value === null) continue;
    if (value.kind !== 'text' || !/^[0-9a-f]{40}$/.test(value.value) || value.end - value.start !== 40)
      throw new FollowError(
        `${label}.packageVerificationCode is no code of 40 digits in lower case`,
        lines.at(value.start),
        'Submit the document as its specification says.',
      );
    const excluded = itemsOf(member(code, 'packageVerificationCodeExcludedFiles'));
    fields.push(
      verificationCode({
        start: value.start,
        end: value.end,
        line: lines.at(value.start),
        label: `${label}.packageVerificationCode`,
        excluded: excluded.flatMap((name) => textOf(name) ?? []),
        files: filesOf(one, root, files),
      }),
    );
  }
  return fields;
}

function digestsOf(
  sums: readonly JsonNode[],
  label: string,
  name: FileName,
  lines: LineCounter,
): readonly FollowField[] {
  return sums.map((sum, at) => jsonDigest(sum, { label: `${label}[${at}]`, name, lines, keys, algorithms }));
}

/** Its file’s name; without one, the last part of where it is downloaded; otherwise what it is called. */
function packageName(one: JsonNode): FileName {
  const file = textOf(member(one, 'packageFileName'));
  if (file !== null) return { text: file, as: 'path' };
  const location = textOf(member(one, 'downloadLocation')) ?? '';
  if (/^https?:\/\//.test(location)) return { text: location, as: 'url' };
  return { text: textOf(member(one, 'name')) ?? '', as: 'label' };
}

/** Those that `hasFiles` or a relationship puts into the package; where neither names any, all. */
function filesOf(one: JsonNode, root: JsonNode, files: readonly SpdxFile[]): readonly SpdxFile[] {
  const id = textOf(member(one, 'SPDXID'));
  const ids = new Set(itemsOf(member(one, 'hasFiles')).flatMap((file) => textOf(file) ?? []));
  for (const relation of itemsOf(member(root, 'relationships'))) {
    const type = textOf(member(relation, 'relationshipType'));
    const element = textOf(member(relation, 'spdxElementId'));
    const related = textOf(member(relation, 'relatedSpdxElement'));
    if (type === 'CONTAINS' && element === id && related !== null) ids.add(related);
    if (type === 'CONTAINED_BY' && related === id && element !== null) ids.add(element);
  }
  const named = files.filter((file) => ids.has(file.id));
  return named.length > 0 ? named : files;
}

function required(node: JsonNode, key: string, label: string, lines: LineCounter): string {
  const text = textOf(member(node, key));
  if (text === null)
    throw new FollowError(
      `${label} has no ${key}`,
      lines.at(node.start),
      'Submit the document as its specification says.',
    );
  return text;
}
