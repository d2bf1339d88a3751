/** Directives of an element → our `verify` and `sign`; what has no equivalent goes into the report. */
import { Scalar } from 'yaml';
import type { YAMLMap } from 'yaml';
import type { Directive, Item } from './configuration.ts';
import type { Texts } from './convert-text.ts';
import type { ConfigurationAttribute } from './read-xml.ts';
import { attribute } from './read-configuration.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import { signMethods } from './vocabulary.ts';
import type { ElementType } from './vocabulary.ts';
import { mapOf, seqOf } from './write-yaml.ts';
import type { Line } from './write-yaml.ts';

const notSigned = 'No equivalent in this format.';

/** The only kind of signature that each type supports; files of any kind support several. */
const methodsOfType: Readonly<Record<ElementType, readonly string[]>> = {
  pe: ['authenticode'],
  msi: ['authenticode'],
  cab: ['authenticode'],
  appx: ['authenticode'],
  msix: ['authenticode'],
  catalog: ['authenticode'],
  powershell: ['authenticode'],
  'windows-script': ['authenticode'],
  opc: ['opc'],
  nuget: ['nuget'],
  jar: ['jar'],
  apk: ['apk'],
  rpm: ['rpm'],
  xml: ['xml', 'cms', 'openpgp', 'raw', 'dsse', 'smime'],
  deb: ['debsigs'],
  zip: ['jar'],
  'office-oxml': ['office-macro'],
  'office-binary': ['office-macro'],
  oci: ['notation', 'cosign'],
  directory: ['clickonce'],
  file: ['cms', 'openpgp', 'raw', 'dsse', 'smime'],
};

/** SHA-1 aside, the hash that a directive signs by. */
const hashOf = (directive: Directive): string =>
  attribute(directive, 'hash-algorithm')?.value.toLowerCase().replace('-', '') ?? 'sha256';

/** Whose file carries two signatures in the end, by two hashes: what one `sign` says here. */
function secondHash(item: Item, chosen: Directive): Directive | null {
  if (signMethods.get(chosen.name) !== 'authenticode' || item.kind.type === 'catalog') return null;
  const appended = item.directives.filter(
    (directive) =>
      directive !== chosen &&
      directive.name === chosen.name &&
      /^(?:true|1)$/.test(attribute(directive, 'append')?.value ?? '') &&
      modernHashes.includes(hashOf(directive)) &&
      hashOf(directive) !== hashOf(chosen),
  );
  return appended.length === 1 && modernHashes.includes(hashOf(chosen)) ? (appended[0] ?? null) : null;
}

const modernHashes = ['sha256', 'sha384', 'sha512'];

export class Signing {
  readonly #report: Report;
  readonly #texts: Texts;
  #reportedReplace = false;

  constructor(report: Report, texts: Texts) {
    this.#report = report;
    this.#texts = texts;
  }

  /** XML is a file like others where it isn't signed as XML, and nothing is asked of what it says. */
  typeOf(item: Item, restricted: boolean): ElementType {
    const { type } = item.kind;
    const chosen = this.#choose(item)?.name;
    return type === 'xml' && !restricted && chosen !== 'xml-sign' ? 'file' : type;
  }

  /** Lines `verify` and `sign` of an element. */
  lines(item: Item): Line[] {
    const lines: Line[] = [];
    const verify = item.directives.find(({ name }) => name === 'authenticode-verify');
    if (verify !== undefined) {
      lines.push({ key: 'verify', value: 'authenticode', comments: commentsOf(verify) });
    }
    const chosen = this.#choose(item);
    const second = chosen === null ? null : secondHash(item, chosen);
    const unused: string[] = [];
    for (const directive of item.directives) {
      if (directive === verify || directive === chosen || directive === second) continue;
      unused.push(...commentsOf(directive));
      this.#leaveOut(directive, item, chosen);
    }
    if (chosen !== null) {
      const value = this.#sign(chosen, verify !== undefined, second);
      lines.push({ key: 'sign', value, comments: [...unused, ...commentsOf(chosen)] });
    }
    return lines;
  }

  /** One signature per file: the first that isn't made with SHA-1. */
  #choose({ directives, kind }: Item): Directive | null {
    const methods = methodsOfType[kind.type];
    const able = directives.filter(({ name }) => methods.includes(signMethods.get(name) ?? ''));
    const modern = able.find(
      (directive) => attribute(directive, 'hash-algorithm')?.value.toLowerCase() !== 'sha1',
    );
    return modern ?? able[0] ?? null;
  }

  #leaveOut(directive: Directive, item: Item, chosen: Directive | null): void {
    const what = `<${directive.name}> of <${item.name}>`;
    if (directive.name.startsWith('create-provenance') || directive.name.startsWith('create-verification')) {
      const todo = 'Publish the attestation that the build makes.';
      this.#report.add('left-out', directive.offset, what, 'This signer makes no attestations.', todo);
    } else if (directive.name === 'include-in-provenance') {
      const todo = 'Publish the attestation that the build makes.';
      this.#report.add('left-out', directive.offset, what, 'This signer makes no provenance.', todo);
    } else if (chosen !== null && signMethods.has(directive.name)) {
      const todo = 'Keep the signature that matters most, or make the other one in the build.';
      this.#report.add('left-out', directive.offset, what, 'A file gets one signature here.', todo);
    } else {
      const todo = 'Sign these files another way; here they are only checked.';
      this.#report.add('left-out', directive.offset, what, notSigned, todo);
    }
  }

  #sign(directive: Directive, verified: boolean, second: Directive | null): YAMLMap {
    const method = signMethods.get(directive.name) ?? '';
    const lines: Line[] = [{ key: 'method', value: method }];
    if (second !== null)
      lines.push({
        key: 'hashAlgorithm',
        value: seqOf([hashOf(directive), hashOf(second)].map((hash) => new Scalar(hash))),
      });
    for (const setting of directive.attributes) {
      if (second !== null && setting.name === 'hash-algorithm') continue;
      const line = this.#attribute(directive, setting);
      if (line !== null) lines.push(line);
    }
    if (method === 'authenticode') lines.push(...this.#existing(directive, verified));
    if (method === 'xml' && attribute(directive, 'key-info-x509-data') === null) {
      lines.push({ key: 'keyInfo', value: 'leaf' });
    }
    return mapOf(lines);
  }

  #existing(directive: Directive, verified: boolean): Line[] {
    const append = attribute(directive, 'append');
    const key = 'existingSignature';
    if (append !== null && /^(?:true|1)$/.test(append.value)) return [{ key, value: 'append' }];
    if (append !== null || verified) return [{ key, value: 'replace' }];
    if (!this.#reportedReplace) {
      this.#report.add(
        'note',
        directive.offset,
        '<authenticode-sign> on files that are signed already',
        'SignPath replaces their signature; here such a file is refused, unless the configuration says otherwise.',
        'Submit these files unsigned, or add `existingSignature: replace` to their `sign`. Reported once for the whole file.',
      );
      this.#reportedReplace = true;
    }
    return [];
  }

  #attribute(directive: Directive, setting: ConfigurationAttribute): Line | null {
    const leave = (why: string, todo: string): null => {
      const what = `${setting.name}=${quoted(setting.value)} of <${directive.name}>`;
      this.#report.add('left-out', setting.offset, what, why, todo);
      return null;
    };
    switch (setting.name) {
      case 'append':
        return null;
      case 'hash-algorithm':
        return hashLine('hashAlgorithm', setting.value, directive.name, leave);
      case 'manifest-hash-algorithm':
        return hashLine('manifestHashAlgorithm', setting.value, directive.name, leave);
      case 'description':
        return this.#description(setting, leave);
      case 'description-url':
        return this.#descriptionUrl(setting, leave);
      case 'output-encoding':
        return encodingLine(signMethods.get(directive.name), setting, leave);
      case 'payload-type':
        return payloadTypeLine(this.#texts.text(setting), leave);
      case 'output-file-name':
        return this.#outputFile(setting, leave);
      case 'rsa-padding':
        // What every signature here has.
        return /^pkcs-?#?1(?:[-_.]?v?1[._]5)?$/i.test(setting.value) ? null : leave(...noSetting);
      case 'key-info-x509-data': {
        const value = keyInfo.get(setting.value);
        return value === undefined
          ? leave('SignPath has no such value.', 'Write none, leaf, chain or chain-without-root.')
          : { key: 'keyInfo', value };
      }
      default:
        return leave(...noSetting);
    }
  }

  #description(setting: ConfigurationAttribute, leave: Leave): Line | null {
    const value = this.#texts.text(setting);
    if (value === '') return null;
    if (value.length > 256) return leave('It is longer than 256 characters.', 'Write a shorter description.');
    return { key: 'description', value };
  }

  #descriptionUrl(setting: ConfigurationAttribute, leave: Leave): Line | null {
    const value = this.#texts.text(setting);
    if (value === '') return null;
    if (value.length > 300 || !/^https:\/\/[^\s/?#@]+(?:[/?#]\S*)?$/.test(value)) {
      return leave('Only https:// addresses of up to 300 characters are accepted.', 'Write such an address.');
    }
    return { key: 'descriptionUrl', value };
  }

  #outputFile(setting: ConfigurationAttribute, leave: Leave): Line | null {
    const value = this.#texts.text(setting, true).trim();
    if (value === '' || value.length > 256 || /[/\\]/.test(value)) {
      return leave(
        'It must be a file name without a folder.',
        'Write one; the file is placed next to the signed one.',
      );
    }
    return { key: 'outputFile', value };
  }
}

type Leave = (why: string, todo: string) => null;

const noSetting = ['This signer has no such setting.', 'Check that its default suits you.'] as const;

/** SignPath's words, by method → ours; null: the method has no encodings. */
const encodings: ReadonlyMap<string, ReadonlyMap<string, string>> = new Map([
  [
    'cms',
    new Map([
      ['der', 'der'],
      ['pem', 'pem'],
    ]),
  ],
  [
    'openpgp',
    new Map([
      ['ascii', 'armored'],
      ['binary', 'binary'],
    ]),
  ],
]);

function encodingLine(
  method: string | undefined,
  { value }: ConfigurationAttribute,
  leave: Leave,
): Line | null {
  const known = encodings.get(method ?? '');
  if (known === undefined) return leave(...noSetting);
  const encoding = known.get(value.toLowerCase());
  if (encoding !== undefined) return { key: 'encoding', value: encoding };
  return leave('SignPath has no such encoding.', `Write ${[...known.values()].join(' or ')}.`);
}

function payloadTypeLine(value: string, leave: Leave): Line | null {
  if (/^[A-Za-z0-9][\w.+!#$&^-]*\/[A-Za-z0-9][\w.+!#$&^-]*$/.test(value))
    return { key: 'payloadType', value };
  return leave('It must be a media type.', 'Write one, as application/vnd.in-toto+json.');
}

const keyInfo: ReadonlyMap<string, string> = new Map([
  ['none', 'none'],
  ['leaf', 'leaf'],
  ['whole-chain', 'chain'],
  ['exclude-root', 'chain-without-root'],
]);

function hashLine(key: string, written: string, directive: string, leave: Leave): Line | null {
  const value = written.toLowerCase().replace('-', '');
  if (['apk-sign', 'rpm-sign', 'debsigs-sign'].includes(directive)) {
    return leave('This signer has no such setting.', 'Check that its default suits you.');
  }
  if (value === 'sha1') return leave('SHA-1 is broken and not supported.', 'Nothing: SHA-256 is used.');
  if (!['sha256', 'sha384', 'sha512'].includes(value)) {
    return leave('SignPath has no such hash function.', 'Write sha256, sha384 or sha512.');
  }
  return value === 'sha256' ? null : { key, value };
}

export function commentsOf(node: { readonly before: readonly { readonly text: string }[] }): string[] {
  return node.before.map(({ text }) => text);
}
