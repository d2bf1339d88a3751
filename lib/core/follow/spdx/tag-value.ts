/**
 * SPDX 2.2 and 2.3 as tags and values:
 *
 *     PackageName: app
 *     PackageFileName: ./app.msi
 *     PackageChecksum: SHA256: <digits>
 *     PackageVerificationCode: <40 digits> (excludes: ./package.spdx)
 *     FileName: ./app.exe
 *     FileChecksum: SHA1: <digits>
 *
 * A package’s files are those behind it, up to the next package, and those that a relationship puts into it. `<text>` goes on
 * over lines up to `</text>`.
 */
import { FollowError, type FileName, type FollowField } from '../follow.ts';
import { hexDigest } from '../values.ts';
import { spdxAlgorithms } from './algorithms.ts';
import { requireFewCodes, verificationCode, type SpdxFile } from './verification-code.ts';

interface Tag {
  readonly tag: string;
  readonly value: string;
  readonly line: number;
  /** Of the value, in the text. */
  readonly start: number;
}

/** What the tags from one PackageName or FileName to the next are about. */
interface Section {
  readonly kind: 'package' | 'file';
  readonly name: string;
  id: string;
  fileName: FileName | null;
  readonly sums: Tag[];
  code: Tag | null;
  /** Of a file: the package before it. */
  readonly within: Section | null;
}

export function readSpdxTags(text: string): readonly FollowField[] {
  const tags = tagsOf(text);
  const version = tags.find(({ tag }) => tag === 'SPDXVersion')?.value ?? '';
  if (!/^SPDX-2\.[0-9]$/.test(version))
    throw new FollowError(
      'it has no `SPDXVersion` of SPDX 2',
      1,
      'Submit SPDX 2.2 or 2.3 as tags and values, or in JSON.',
    );
  const sections = sectionsOf(tags);
  const fields: FollowField[] = [];
  const files: (SpdxFile & { readonly within: Section | null })[] = [];
  for (const section of sections) {
    const name = section.fileName ?? { text: section.name, as: 'label' };
    const first = fields.length;
    fields.push(...section.sums.map((sum) => checksum(sum, name)));
    if (section.kind === 'package') continue;
    const sha1 = section.sums.findIndex(({ value }) => value.startsWith('SHA1:'));
    files.push({ id: section.id, name, sha1: sha1 < 0 ? null : first + sha1, within: section.within });
  }
  const relations = tags.filter(({ tag }) => tag === 'Relationship').map(({ value }) => value.split(/\s+/));
  requireFewCodes(sections.filter(({ code }) => code !== null).length, files.length + relations.length);
  for (const section of sections) {
    if (section.code === null) continue;
    const related = new Set(
      relations.flatMap(([one, type, other]) => {
        if (type === 'CONTAINS' && one === section.id) return other ?? [];
        return type === 'CONTAINED_BY' && other === section.id ? (one ?? []) : [];
      }),
    );
    const own = files.filter(({ within, id }) => within === section || related.has(id));
    fields.push(codeOf(section.code, own.length > 0 ? own : files));
  }
  return fields;
}

/** Lines `Tag: value`; what is in `<text>` is left out, and so are comments. */
function tagsOf(text: string): readonly Tag[] {
  const tags: Tag[] = [];
  let [start, number, inText] = [0, 0, false];
  for (const whole of text.split('\n')) {
    number += 1;
    const line = whole.replace(/\r$/, '');
    const begin = start;
    start += whole.length + 1;
    if (inText) {
      inText = !line.includes('</text>');
      continue;
    }
    const [, space = '', tag, between = '', rest = ''] =
      /^(\s*)([A-Za-z][A-Za-z0-9]*)(:\s*)(.*)$/s.exec(line) ?? [];
    if (tag === undefined) {
      if (line.trim() === '' || line.trim().startsWith('#')) continue;
      throw unreadable(number, 'is no tag with a value');
    }
    const value = rest.trimEnd();
    inText = value.includes('<text>') && !value.includes('</text>');
    tags.push({ tag, value, line: number, start: begin + space.length + tag.length + between.length });
  }
  if (inText) throw unreadable(number, 'ends within a <text>');
  return tags;
}

function sectionsOf(tags: readonly Tag[]): readonly Section[] {
  const sections: Section[] = [];
  let current: Section | null = null;
  let within: Section | null = null;
  for (const one of tags) {
    const { tag, value } = one;
    if (tag === 'PackageName' || tag === 'FileName') {
      const kind = tag === 'FileName' ? 'file' : 'package';
      const fileName: FileName | null = kind === 'file' ? { text: value, as: 'path' } : null;
      current = {
        kind,
        name: value,
        id: '',
        fileName,
        sums: [],
        code: null,
        within: kind === 'file' ? within : null,
      };
      if (kind === 'package') within = current;
      sections.push(current);
    } else if (tag === 'SnippetSPDXID' || tag === 'LicenseID') current = null;
    else if (tag === 'SPDXID' && current !== null) current.id = value;
    else if (tag === 'PackageFileName' && current !== null) current.fileName = { text: value, as: 'path' };
    else if (tag === 'PackageDownloadLocation' && current !== null && /^https?:\/\//.test(value))
      current.fileName ??= { text: value, as: 'url' };
    else if (tag === 'PackageChecksum' || tag === 'FileChecksum') {
      if (current?.kind !== (tag === 'FileChecksum' ? 'file' : 'package'))
        throw unreadable(one.line, 'has a checksum of nothing');
      current.sums.push(one);
    } else if (tag === 'PackageVerificationCode') {
      if (current?.kind !== 'package' || current.code !== null)
        throw unreadable(one.line, 'has a verification code of no package, or the second one of it');
      current.code = one;
    }
  }
  return sections;
}

function checksum({ tag, value, line, start }: Tag, name: FileName): FollowField {
  const [, algorithm, between, digits] = /^([A-Za-z0-9-]+)(:\s*)([0-9a-fA-F]+)$/.exec(value) ?? [];
  if (algorithm === undefined || between === undefined || digits === undefined)
    throw unreadable(line, 'has no checksum with its algorithm');
  const from = start + algorithm.length + between.length;
  const field = { start: from, end: from + digits.length, line, label: `${tag} (${algorithm})`, name };
  const known = spdxAlgorithms.get(algorithm);
  if (known !== undefined) return { kind: 'plain', ...field, value: hexDigest(known) };
  const what = `a digest by ${algorithm}, which the signer doesn’t compute`;
  return { kind: 'fixed', ...field, what, fix: 'Leave that digest out, or list SHA256 or SHA512 instead.' };
}

function codeOf({ tag, value, line, start }: Tag, files: readonly SpdxFile[]): FollowField {
  const [, digits, excludes = ''] = /^([0-9a-f]{40})\s*(?:\((?:excludes:)?(.*)\))?$/s.exec(value) ?? [];
  if (digits === undefined) throw unreadable(line, 'has no verification code of 40 digits in lower case');
  const excluded = excludes
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return verificationCode({ start, end: start + 40, line, label: tag, excluded, files });
}

const unreadable = (line: number, what: string): FollowError =>
  new FollowError(`line ${line} ${what}`, line, 'Submit the document as SPDX 2.3 says, or in JSON.');
