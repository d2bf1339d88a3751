/** What SignPath's artifact configurations consist of: elements, their attributes, and our names for them. */

export type ElementType =
  | 'pe'
  | 'powershell'
  | 'windows-script'
  | 'catalog'
  | 'msi'
  | 'cab'
  | 'appx'
  | 'msix'
  | 'opc'
  | 'nuget'
  | 'jar'
  | 'zip'
  | 'apk'
  | 'rpm'
  | 'deb'
  | 'office-oxml'
  | 'office-binary'
  | 'xml'
  | 'oci'
  | 'file'
  | 'directory';

export interface FileKind {
  readonly type: ElementType;
  /** Whether files can be named inside it. */
  readonly composite: boolean;
  /** Attribute → line of our `metadata`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly directives: readonly string[];
}

const authenticode = ['authenticode-verify', 'authenticode-sign'] as const;

const peMetadata = {
  'product-name': 'productName',
  'product-version': 'productVersion',
  'file-version': 'fileVersion',
  'company-name': 'companyName',
  copyright: 'copyright',
  'original-filename': 'originalFilename',
} as const;

const detached = [
  'dsse-sign',
  'smime-sign',
  'create-cms-signature',
  'create-gpg-signature',
  'create-raw-signature',
  'create-custom-signature',
] as const;

function kind(
  type: ElementType,
  composite: boolean,
  directives: readonly string[],
  metadata: Readonly<Record<string, string>> = {},
): FileKind {
  return { type, composite, metadata, directives: [...directives, ...anywhere] };
}

/** Directives that every file element may have. */
const anywhere = ['custom-sign', 'include-in-provenance'] as const;

export const fileKinds: ReadonlyMap<string, FileKind> = new Map([
  ['pe-file', kind('pe', false, authenticode, peMetadata)],
  ['powershell-file', kind('powershell', false, authenticode)],
  ['windows-script-file', kind('windows-script', false, authenticode)],
  ['catalog-file', kind('catalog', false, authenticode)],
  ['msi-file', kind('msi', true, authenticode, { subject: 'subject', author: 'author' })],
  ['cab-file', kind('cab', true, authenticode)],
  ['appx-file', kind('appx', true, authenticode)],
  ['msix-file', kind('msix', true, authenticode)],
  ['opc-file', kind('opc', true, ['opc-sign'])],
  ['nupkg-file', kind('nuget', true, ['nuget-sign'])],
  ['jar-file', kind('jar', true, ['jar-sign'])],
  ['zip-file', kind('zip', true, ['jar-sign', 'create-provenance-file', 'create-verification-summary-file'])],
  ['apk-file', kind('apk', true, ['apk-sign', 'jar-sign'])],
  ['rpm-file', kind('rpm', true, ['rpm-sign'])],
  ['deb-file', kind('deb', true, ['debsigs-sign'])],
  ['office-oxml-file', kind('office-oxml', false, ['office-macro-sign'])],
  ['office-binary-file', kind('office-binary', false, ['office-macro-sign'])],
  [
    'xml-file',
    kind('xml', false, ['xml-sign', ...detached], {
      'root-element-name': 'rootElement',
      'root-element-namespace': 'rootNamespace',
    }),
  ],
  ['json-file', kind('file', false, ['jsf-sign', ...detached])],
  ['oci-image-layout-archive-file', kind('oci', false, ['notation-sign', 'cosign-sign'])],
  ['directory', kind('directory', true, ['clickonce-sign'])],
  ['file', kind('file', false, detached)],
]);

/** The `-set` form of every kind. */
export const setKinds: ReadonlyMap<string, string> = new Map(
  [...fileKinds.keys()].map((name) => [`${name}-set`, name]),
);

const hash = 'hash-algorithm';
const output = 'output-file-name';

/** Directive → its attributes. null: any, because the method that it names defines them. */
export const directiveAttributes: ReadonlyMap<string, readonly string[] | null> = new Map<
  string,
  readonly string[] | null
>([
  ['authenticode-sign', [hash, 'description', 'description-url', 'append']],
  ['authenticode-verify', []],
  ['opc-sign', [hash]],
  ['nuget-sign', [hash]],
  ['jar-sign', [hash, 'manifest-hash-algorithm']],
  ['apk-sign', ['min-sdk-version', 'max-sdk-version']],
  ['rpm-sign', [hash]],
  ['debsigs-sign', ['signature-type']],
  ['office-macro-sign', [hash]],
  ['xml-sign', ['key-info-x509-data']],
  ['jsf-sign', [hash, 'rsa-padding']],
  ['notation-sign', ['tag']],
  ['cosign-sign', ['tag']],
  ['clickonce-sign', [hash]],
  ['dsse-sign', [output, hash, 'payload-type', 'rsa-padding']],
  ['smime-sign', [output, hash, 'normalization', 'rsa-padding']],
  ['create-cms-signature', [output, hash, 'output-encoding', 'rsa-padding']],
  ['create-gpg-signature', [output, hash, 'output-encoding', 'version']],
  ['create-raw-signature', [output, hash, 'rsa-padding']],
  ['create-custom-signature', null],
  ['custom-sign', null],
  ['include-in-provenance', null],
  ['create-provenance-file', null],
  ['create-verification-summary-file', null],
]);

/** Directive → our `sign.method`; those not listed have no equivalent. */
export const signMethods: ReadonlyMap<string, string> = new Map([
  ['authenticode-sign', 'authenticode'],
  ['opc-sign', 'opc'],
  ['nuget-sign', 'nuget'],
  ['jar-sign', 'jar'],
  ['apk-sign', 'apk'],
  ['rpm-sign', 'rpm'],
  ['debsigs-sign', 'debsigs'],
  ['office-macro-sign', 'office-macro'],
  ['xml-sign', 'xml'],
  ['notation-sign', 'notation'],
  ['cosign-sign', 'cosign'],
  ['clickonce-sign', 'clickonce'],
  ['dsse-sign', 'dsse'],
  ['smime-sign', 'smime'],
  ['create-cms-signature', 'cms'],
  ['create-gpg-signature', 'openpgp'],
  ['create-raw-signature', 'raw'],
]);

/** Closest of the known names, for a message about an unknown one; null where none is close. */
export function closest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let least = Math.min(3, Math.floor(name.length / 3)) + 1;
  if (name.length > 64) return null;
  for (const candidate of known) {
    const distance = editDistance(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
