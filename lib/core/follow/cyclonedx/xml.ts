/**
 * CycloneDX in XML (1.1 to 1.9), as .NET’s and Maven’s tools write it:
 *
 *     <bom xmlns="http://cyclonedx.org/schema/bom/1.6">
 *       <components><component type="file"><name>app.exe</name><hashes><hash alg="SHA-256">…</hash></hashes></component></components>
 *       … <reference type="distribution"><url>https://…/app.exe</url><hashes>…</hashes></reference>
 *
 * Only the digits between the tags of a `hash` change, and only where they stand there alone and as they are: comments inside, references
 * and CDATA are refused. So are prefixes for the vocabulary and other default namespaces inside, which readers would have to resolve alike,
 * and a signature (XML-DSig), which would become false.
 */
import { readXml, XmlError, type XmlElement } from '#core/xml/index.ts';
import { FollowError, type FileName, type FollowField } from '../follow.ts';
import { LineCounter } from '../text/decode.ts';
import { hexDigest } from '../values.ts';
import { cyclonedxAlgorithms } from './algorithms.ts';

const namespace = /^http:\/\/cyclonedx\.org\/schema\/bom\/1\.[1-9]$/;
const elementsMax = 300_000;
const asSchema = 'Submit the document as its schema says.';

export function readCyclonedxXml(marked: string): readonly FollowField[] {
  // A byte order mark is none of XML's characters, and counts where the places are told.
  const mark = marked.startsWith('\ufeff') ? 1 : 0;
  const text = marked.slice(mark);
  const root = rootOf(text);
  if (root.name !== 'bom' || !namespace.test(root.attributes.get('xmlns') ?? ''))
    throw new FollowError(
      'it is XML, and its root is no `bom` in the namespace of CycloneDX 1.1 or newer',
      1,
      'Submit CycloneDX in JSON or XML, with the namespace as the default one, or remove `follows`.',
    );
  const lines = new LineCounter(text);
  const fields = root.children.flatMap((child) => fieldsIn(child, child.name, lines));
  return fields.map((field) => ({ ...field, start: field.start + mark, end: field.end + mark }));
}

function rootOf(text: string): XmlElement {
  try {
    return readXml(text, elementsMax);
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    throw new FollowError(
      `it is XML with ${error.what}`,
      error.line,
      'Write it as plain XML in UTF-8, without document type and processing instructions, or in JSON.',
    );
  }
}

function fieldsIn(element: XmlElement, label: string, lines: LineCounter): readonly FollowField[] {
  const { name, attributes, children, start } = element;
  if (/(?:^|:)Signature$/.test(name))
    throw new FollowError(
      'it is signed (XML-DSig), and that signature would become false',
      lines.at(start),
      'Submit it unsigned, and sign the released one.',
    );
  if (attributes.has('xmlns'))
    throw new FollowError('it has another default namespace inside', lines.at(start), asSchema);
  if (/:(?:hash|hashes)$/.test(name))
    throw new FollowError('it has digests with a prefix', lines.at(start), asSchema);
  let named: FileName | null = null;
  const own = children
    .filter((child) => child.name === 'hashes')
    .flatMap(({ children: hashes }) => hashes)
    .map((hash, at) =>
      digestOf(hash, {
        label: `${label}.hashes[${at}]`,
        name: (named ??= nameOf(element, label, lines)),
        lines,
      }),
    );
  const inner = children.flatMap((child, at) =>
    child.name === 'hashes' ? [] : fieldsIn(child, `${label}.${child.name}[${at}]`, lines),
  );
  return [...own, ...inner];
}

interface Place {
  readonly label: string;
  readonly name: FileName;
  readonly lines: LineCounter;
}

function digestOf(hash: XmlElement, { label, name, lines }: Place): FollowField {
  const line = lines.at(hash.start);
  const algorithm = hash.attributes.get('alg');
  const span = hash.textSpan;
  if (hash.name !== 'hash' || algorithm === undefined || span === null || !/^[0-9a-fA-F]+$/.test(hash.text))
    throw new FollowError(
      `${label} is no \`hash\` with \`alg\` and digits alone`,
      line,
      'Write the digits between the tags, without spaces, comments or references.',
    );
  const field = { ...span, line, label: `${label} (${algorithm})`, name };
  const known = cyclonedxAlgorithms.get(algorithm);
  if (known !== undefined) return { kind: 'plain', ...field, value: hexDigest(known) };
  const what = `a digest by ${algorithm}, which the signer doesn’t compute`;
  return { kind: 'fixed', ...field, what, fix: 'Leave that digest out, or list SHA-256 or SHA-512 instead.' };
}

function nameOf({ attributes, children, start }: XmlElement, label: string, lines: LineCounter): FileName {
  const textIn = (name: string): string | null => {
    const found = children.filter((child) => child.name === name);
    return found.length === 1 ? (found[0]?.text.trim() ?? null) : null;
  };
  const url = textIn('url');
  if (url !== null) return { text: url, as: 'url' };
  const name = textIn('name');
  if (name !== null) return { text: name, as: attributes.get('type') === 'file' ? 'path' : 'label' };
  throw new FollowError(`${label} has digests, and not one name or url`, lines.at(start), asSchema);
}
