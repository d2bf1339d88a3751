import { guards, type Area } from '../mutant.ts';

const folder = 'lib/core/formats/nuget';
const readTest = `${folder}/read-package.test.ts`;
const signTest = `${folder}/sign.test.ts`;
const inspectTest = `${folder}/inspect.test.ts`;
const nuspecTest = `${folder}/nuspec.test.ts`;

/** What a NuGet package may be, and what its signature is over. */
export const nuget: Area = {
  name: 'nuget',
  mutants: [
    ...guards(`${folder}/package-names.ts`, readTest, [
      ['if (issue !== undefined) throw escaped', 'if (false) throw escaped', 'with a name that climbs out'],
      ['if (read.path !== name) throw', 'if (false) throw', 'with a name that becomes a folder'],
      ['if (collision !== null) throw', 'if (false) throw', 'with two names that NuGet reads as one'],
      ['foldName(first) === signatureName', 'false', 'with the signature’s name, encoded'],
      [
        'foldName(first) === signatureName',
        'foldName(name) === signatureName',
        'with a file in such a folder',
      ],
    ]),
    ...guards(`${folder}/read-package.ts`, readTest, [
      ['if (others.length > 0)', 'if (false)', 'with two .nuspec files'],
      ['if (issues[0] !== undefined) throw', 'if (false) throw', 'with an entry that zip refuses'],
      ['end.isZip64 ||', '', 'as a whole zip64 archive'],
      ['(signature === null ? 1 : 0)', '0', 'with so many entries'],
      ['if (nuspec.sizeBytes > nuspecBytesMax)', 'if (false)', 'with a .nuspec over the limit'],
    ]),
    ...guards(`${folder}/nuspec.ts`, nuspecTest, [
      ['if (others.length > 0) throw', 'if (false) throw', 'an id twice'],
      ["if (name.includes(':') || attributes.has('xmlns'))", 'if (false)', 'authors in another namespace'],
      ['if (element.children.length > 0) throw', 'if (false) throw', 'elements in an id'],
    ]),
    ...guards('lib/core/xml/read-xml.ts', nuspecTest, [
      ["throw this.#refuse('a document type or a declaration')", 'this.#at += 2', 'document type'],
      ['if (this.#open.length >= depthMax) throw', 'if (false) throw', '64 levels'],
    ]),
    ...guards(`${folder}/sign.ts`, signTest, [
      [
        "if (read.signature !== null && existingSignature(sign) === 'refuse')",
        'if (false)',
        'a signed package isn’t signed again',
      ],
      [
        "if (Buffer.compare(embedded, signature) !== 0) throw differs('its signature is another one')",
        '',
        'what is read back has to be',
      ],
      [
        'if (Buffer.compare(digest, await bareDigest(source, read, hash)) !== 0)',
        'if (false)',
        'what is read back has to be',
      ],
      ['if (!whole.digest().equals(', 'if (false && !whole.digest().equals(', 'a changed byte anywhere'],
      [
        'if (Buffer.compare(content, signatureContent(',
        'if (false && Buffer.compare(content, signatureContent(',
        'a signature by another key',
      ],
      ['requireNugetCertificate(certificate);', '', 'for timestamps'],
    ]),
    ...guards(`${folder}/unsigned-digest.ts`, signTest, [
      ['if (broken !== undefined) throw misplaced', 'if (false) throw misplaced', 'is refused where it'],
      ['if (entries.at(-1) !== signature)', 'if (false)', 'is the last one, there and'],
      ['if (signature.endOffset !== end.centralOffset)', 'if (false)', 'is the last one, there and'],
    ]),
    ...guards('lib/core/pki/cms/build-signed-data.ts', signTest, [
      [
        'encapContent !== null && Buffer.compare(encapContent, input.content) === 0',
        'true',
        'a signature by another key',
      ],
    ]),
    ...guards(`${folder}/inspect.ts`, inspectTest, [
      ['if (signer !== null) {', 'if (false) {', 'a package that is signed already is refused'],
    ]),
    ...guards(`${folder}/kind.ts`, inspectTest, [
      ['started.test(name)', 'false', 'of '],
      ['if (type !== undefined)', 'if (false)', 'of '],
    ]),
  ],
};
