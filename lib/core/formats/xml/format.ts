/** XML documents, as an artifact configuration names them: held to their root element, released as they are. */
import type { XmlMetadata } from '../../generated/index.ts';
import { fail, pass, type Finding } from '../../wire/finding/index.ts';
import { readXml, XmlError, type XmlElement } from '#core/xml/index.ts';
import {
  defineFormat,
  factTextMax,
  unsupported,
  type FileContext,
  type FileReport,
  type Options,
} from '../format.ts';
import { matchesText, nearText } from '../match-text.ts';
import { readExactly, type RandomAccessSource } from '../random-access.ts';

export interface XmlCheck {
  readonly metadata?: XmlMetadata;
}

const sizeBytesMax = 16 * 1024 * 1024;
const elementsMax = 300_000;
const keys = { rootElement: 'root element', rootNamespace: 'namespace of the root element' } as const;
const factOf = { rootElement: 'RootElement', rootNamespace: 'RootNamespace' } as const;
const metadataKeys = Object.keys(keys) as readonly (keyof XmlMetadata)[];

const cannotSign = unsupported(
  ['type'],
  'sign XML documents (xml)',
  'Use `type: file` with `sign: {method: cms}` for a signature beside the document, or leave `sign` out.',
);

export const xmlFormat = defineFormat<'xml', Options, XmlCheck>({
  type: 'xml',
  words: { one: 'an XML document', many: 'XML documents' },
  compile(body, overrides) {
    const metadata: XmlMetadata = { ...body.metadata, ...overrides };
    return {
      sign: null,
      check: Object.keys(metadata).length === 0 ? null : { metadata },
      problems: body.sign === undefined ? [] : [cannotSign],
    };
  },
  metadataKeys,
  facts: [
    { name: factOf.rootElement, words: 'Root element' },
    { name: factOf.rootNamespace, words: 'Namespace of the root element' },
  ],
  outside: [],
  describe({ check }) {
    const asked = metadataKeys.flatMap((key) => {
      const value = check?.metadata?.[key];
      return value === undefined ? [] : [`${keys[key]} “${value}”`];
    });
    return { sign: '', check: asked.length === 0 ? '' : `it must have the ${asked.join(' and the ')}` };
  },
  vouches: false,
  signs: [],
  identity: () => ({ texts: [], open: [] }),
  inspect: inspectXml,
  inspectUndeclared: () => Promise.resolve(null),
  rejudge(facts, { check, policy, path, sha256 }) {
    if (check?.metadata === undefined) return { findings: [], missing: null };
    const { texts } = facts?.type === 'xml' ? facts : { texts: null };
    const name = path.at(-1) ?? 'the document';
    if (texts === null) return { findings: [], missing: `The root element of ${name} was not recorded.` };
    const about = { path, policy, ...(sha256 === null ? {} : { sha256 }) };
    return { findings: compared(check.metadata, texts, about), missing: null };
  },
  signing: null,
  container: null,
});

async function inspectXml(
  source: RandomAccessSource,
  { check, policy, path, sha256, sizeBytes }: FileContext<Options, XmlCheck>,
): Promise<FileReport> {
  const about = { path, sha256, policy };
  const refused = (what: string, fix: string): FileReport => ({
    findings: [
      fail({
        rule: 'xml.unreadable',
        message: `The file is no XML document that can be read: ${what}.`,
        fix,
        ...about,
      }),
    ],
    facts: null,
    target: null,
  });
  if (sizeBytes > sizeBytesMax)
    return refused(`it has more than ${sizeBytesMax} bytes`, 'Declare it as a file.');
  let root: XmlElement;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(await readExactly(source, 0, sizeBytes));
    root = readXml(text, elementsMax);
  } catch (error) {
    const fix =
      'Write it as plain XML in UTF-8, without document type and processing instructions, or declare it as a file.';
    if (error instanceof XmlError) return refused(error.message, fix);
    if (error instanceof TypeError) return refused('it is not valid UTF-8', fix);
    throw error;
  }
  const texts = textsOf(root);
  const structure = pass({ rule: 'xml.structure', message: 'An XML document, well formed.', ...about });
  const found = check?.metadata === undefined ? [] : compared(check.metadata, texts, about);
  const cut = Object.fromEntries(
    Object.entries(texts).map(([name, text]) => [name, text.slice(0, factTextMax)]),
  );
  return {
    findings: [structure, ...found],
    facts: { type: 'xml', signed: false, kind: 'other', texts: cut },
    target: null,
  };
}

/** A prefix is declared by the root itself, or stands for nothing. */
function textsOf({ name, attributes }: XmlElement): Readonly<Record<string, string>> {
  const colon = name.indexOf(':');
  const declared = attributes.get(colon < 0 ? 'xmlns' : `xmlns:${name.slice(0, colon)}`);
  return {
    [factOf.rootElement]: name.slice(colon + 1),
    ...(declared === undefined ? {} : { [factOf.rootNamespace]: declared }),
  };
}

const shownMax = 120;
const show = (text: string): string =>
  JSON.stringify(text.length > shownMax ? `${text.slice(0, shownMax)}…` : text);

function compared(
  metadata: XmlMetadata,
  texts: Readonly<Record<string, string>>,
  about: Pick<Finding, 'path' | 'policy'> & Partial<Pick<Finding, 'sha256'>>,
): readonly Finding[] {
  return metadataKeys.flatMap((key): readonly Finding[] => {
    const pattern = metadata[key];
    if (pattern === undefined) return [];
    const said = texts[factOf[key]] ?? null;
    const words = keys[key];
    const shared = {
      ...about,
      rule: 'xml.metadata',
      expected: `${words} ${show(pattern)}`,
      found: said === null ? 'nothing' : show(said),
    };
    if (said !== null && matchesText(pattern, said))
      return [pass({ ...shared, message: `The ${words} matches the configuration.` })];
    const message = `The ${words} is ${said === null ? 'missing' : show(said)}; ${show(pattern)} is required.${nearText(pattern, said)}`;
    return [fail({ ...shared, message, fix: `Submit the right document, or change \`metadata.${key}\`.` })];
  });
}
