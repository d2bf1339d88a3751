/**
 * CycloneDX in JSON (1.2 and newer), and in XML (`xml.ts`): `hashes` of components, however deep, and of their external references.
 *
 *     { "type": "file", "name": "app.exe", "hashes": [{ "alg": "SHA-256", "content": "…" }] }
 *     "externalReferences": [{ "type": "distribution", "url": "https://…/app.exe", "hashes": […] }]
 *
 * A component’s name need not be that of a file, so one that is listed with other digests counts as wrong only where that file gets
 * signed. A signed document (`signature`, JSON Signature Format) is refused: its signature would become false.
 */
import { FollowError, type FileName, type FollowField, type FollowFormat } from '../follow.ts';
import { decodeText, inBytes, LineCounter } from '../text/decode.ts';
import { jsonDigest } from '../text/json-digest.ts';
import { cyclonedxAlgorithms as algorithms } from './algorithms.ts';
import { readCyclonedxXml } from './xml.ts';
import { itemsOf, member, readJson, textOf, type JsonNode } from '../text/json.ts';

const keys = { algorithm: 'alg', digits: 'content' };

export const cyclonedx: FollowFormat = {
  id: 'cyclonedx',
  one: 'a CycloneDX bill of materials',
  many: 'CycloneDX bills of materials',
  fileNames: /(?:^bom|.[.]cdx)[.](?:json|xml)$/i,
  sizeBytesMax: 16 * 1024 * 1024,
  read(bytes) {
    const text = decodeText(bytes);
    if (/^\ufeff?\s*</.test(text.slice(0, 1000))) return inBytes(text, readCyclonedxXml(text));
    const root = readJson(text);
    if (textOf(member(root, 'bomFormat')) !== 'CycloneDX')
      throw new FollowError(
        'it has no `bomFormat` of CycloneDX',
        1,
        'Submit CycloneDX 1.2 or newer in JSON or XML, or remove `follows`.',
      );
    const lines = new LineCounter(text);
    return inBytes(text, fieldsIn(root, '', lines));
  },
};

function fieldsIn(node: JsonNode, label: string, lines: LineCounter): readonly FollowField[] {
  if (node.kind === 'list') return node.items.flatMap((item, at) => fieldsIn(item, `${label}[${at}]`, lines));
  if (node.kind !== 'object') return [];
  const signature = node.members.get('signature');
  if (signature?.kind === 'object')
    throw new FollowError(
      'it is signed (JSON Signature Format), and that signature would become false',
      lines.at(signature.start),
      'Submit it unsigned, and sign the released one.',
    );
  const own = itemsOf(member(node, 'hashes')).map((hash, at) => {
    const place = `${label}.hashes[${at}]`.replace(/^\./, '');
    return jsonDigest(hash, { label: place, name: nameOf(node, place, lines), lines, keys, algorithms });
  });
  const inner = [...node.members].flatMap(([key, value]) =>
    key === 'hashes' ? [] : fieldsIn(value, `${label}.${key}`.replace(/^\./, ''), lines),
  );
  return [...own, ...inner];
}

function nameOf(node: JsonNode, place: string, lines: LineCounter): FileName {
  const url = textOf(member(node, 'url'));
  if (url !== null) return { text: url, as: 'url' };
  const name = textOf(member(node, 'name'));
  if (name !== null) return { text: name, as: textOf(member(node, 'type')) === 'file' ? 'path' : 'label' };
  throw new FollowError(
    `${place} is about nothing that has a name or a url`,
    lines.at(node.start),
    'Submit the document as its schema says.',
  );
}
