/**
 * SPDX 3.0 in JSON-LD, in the form that its specification serializes to: one `@context`, SPDX’s own, and elements in `@graph`.
 *
 *     { "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
 *       "@graph": [ { "type": "software_File", "spdxId": "…", "name": "./app.exe",
 *                     "verifiedUsing": [ { "type": "Hash", "algorithm": "sha256", "hashValue": "…" } ] } ] }
 *
 * JSON-LD could say the same in other words: with another context, with addresses for keys, with digests as nodes of their own that others
 * refer to. Who has a whole JSON-LD processor reads all of these; here they are refused, so that no digest is overlooked.
 */
import { FollowError, type FileName, type FollowField } from '../follow.ts';
import { LineCounter } from '../text/decode.ts';
import { jsonDigest } from '../text/json-digest.ts';
import { itemsOf, member, textOf, type JsonNode } from '../text/json.ts';
import { spdx3Algorithms as algorithms } from './algorithms.ts';

const context = /^https:\/\/spdx\.org\/rdf\/3\.[0-9]\.[0-9]\/spdx-context\.jsonld$/;
const keys = { algorithm: 'algorithm', digits: 'hashValue' };
const asSpecified =
  'Submit SPDX 3.0 as its specification serializes it to JSON-LD, SPDX 2.3, or remove `follows`.';

export const isJsonLd = (root: JsonNode): boolean => member(root, '@context') !== null;

export function readSpdxJsonLd(root: JsonNode, text: string): readonly FollowField[] {
  const lines = new LineCounter(text);
  if (root.kind !== 'object' || !context.test(textOf(member(root, '@context')) ?? ''))
    throw new FollowError('its `@context` is not that of SPDX 3.0 alone', 1, asSpecified);
  const graph = member(root, '@graph');
  const elements = graph === null ? [] : itemsOf(graph);
  const others = [...root.members].filter(([key]) => key !== '@context' && key !== '@graph');
  if (graph?.kind !== 'list' || others.length > 0)
    throw new FollowError('its elements are not all in `@graph`', lines.at(root.start), asSpecified);
  return elements.flatMap((element, at) => fieldsIn(element, `@graph[${at}]`, lines));
}

function fieldsIn(node: JsonNode, label: string, lines: LineCounter): readonly FollowField[] {
  if (node.kind === 'list') return node.items.flatMap((item, at) => fieldsIn(item, `${label}[${at}]`, lines));
  if (node.kind !== 'object') return [];
  const fields: FollowField[] = [];
  for (const [key, value] of node.members) {
    if (key.includes(':') || (key.startsWith('@') && key !== '@id' && key !== '@type'))
      throw new FollowError(
        `it has the key ${JSON.stringify(key.slice(0, 80))}`,
        lines.at(value.start),
        asSpecified,
      );
    const place = `${label}.${key}`;
    if (key === 'verifiedUsing') fields.push(...digestsOf(node, value, place, lines));
    else if (identifies.has(key)) fields.push(...identifiersOf(node, value, place, lines));
    else fields.push(...fieldsIn(value, place, lines));
  }
  const type = textOf(member(node, 'type')) ?? textOf(member(node, '@type'));
  if (type === 'Hash' || type === 'PackageVerificationCode' || member(node, 'hashValue') !== null)
    throw new FollowError(
      `${label} is a digest elsewhere than in \`verifiedUsing\``,
      lines.at(node.start),
      asSpecified,
    );
  return fields;
}

function digestsOf(
  element: JsonNode,
  used: JsonNode,
  label: string,
  lines: LineCounter,
): readonly FollowField[] {
  const methods = used.kind === 'list' ? used.items : [used];
  return methods.map((method, at) => {
    const place = `${label}[${at}]`;
    const type = textOf(member(method, 'type'));
    if (type !== 'Hash')
      throw new FollowError(
        `${place} is ${type === null ? 'no object with a type' : `of type ${JSON.stringify(type.slice(0, 80))}`}; only Hash can follow`,
        lines.at(method.start),
        'List hashes of files; leave out the verification codes of packages.',
      );
    return jsonDigest(method, { label: place, name: nameOf(element, place, lines), lines, keys, algorithms });
  });
}

/** What names an artifact by its content: a digest in other words, which nobody here can write anew. */
const identifies: ReadonlySet<string> = new Set(['software_contentIdentifier', 'externalIdentifier']);
const byContent: ReadonlySet<string> = new Set(['gitoid', 'swhid']);

function identifiersOf(
  element: JsonNode,
  value: JsonNode,
  label: string,
  lines: LineCounter,
): readonly FollowField[] {
  return (value.kind === 'list' ? value.items : [value]).flatMap((one, at): FollowField[] => {
    const place = `${label}[${at}]`;
    const type =
      textOf(member(one, 'software_contentIdentifierType')) ?? textOf(member(one, 'externalIdentifierType'));
    if (type === null) throw new FollowError(`${place} is of no type`, lines.at(one.start), asSpecified);
    if (!byContent.has(type)) return [];
    const { start, end } = one;
    const name = nameOf(element, place, lines);
    const what = `a ${type}, which names its content`;
    const fix = 'Leave that identifier out, or add it to the released document.';
    return [{ kind: 'fixed', start, end, line: lines.at(start), label: place, name, what, fix }];
  });
}

/** A file’s name is its path; a package is named by where it is downloaded, or what it is called; a document elsewhere by its address. */
function nameOf(element: JsonNode, label: string, lines: LineCounter): FileName {
  const location =
    textOf(member(element, 'software_downloadLocation')) ?? textOf(member(element, 'locationHint'));
  if (location !== null) return { text: location, as: 'url' };
  const name = textOf(member(element, 'name'));
  if (name !== null)
    return { text: name, as: textOf(member(element, 'type')) === 'software_File' ? 'path' : 'label' };
  const external = textOf(member(element, 'externalSpdxId'));
  if (external !== null) return { text: external, as: 'label' };
  throw new FollowError(`${label} is about nothing that has a name`, lines.at(element.start), asSpecified);
}
