import { guards, type Area } from '../mutant.ts';

const recognised = 'lib/core/formats/recognise/recognise.test.ts';
const streams = 'lib/core/formats/inside/streams.oracle.test.ts';

/** What is read of files, addresses, forms and signed words that anybody may have written. */
export const reading: Area = {
  name: 'reading',
  mutants: [
    ...guards('lib/core/formats/gzip/deflate-stream.ts', 'signer/inspector/child/cut-off.test.ts', [
      ['start === null ? null : start + decoder.bytesWritten', 'null', 'tar.gz'],
    ]),
    ...guards('lib/core/approval/token-command.ts', 'lib/core/approval/token-command.test.ts', [
      ['if (command.audience !== input.audience) {', 'if (false) {', 'is worth nothing for another portal'],
      [
        'if (Math.abs(age) > tokenCommandMilliseconds) {',
        'if (age < 0) {',
        'is worth nothing five minutes and a moment old',
      ],
    ]),
    ...guards('lib/platform/http-edge/guard-requests.ts', 'lib/platform/http-edge/http-edge.test.ts', [
      [
        "      'x-forwarded-host': host,\n",
        '',
        'has its own id, known to the answer and to all code that handles it, and can’t influence the portal’s address',
      ],
      ["if ((request.url ?? '/').includes('%00')) {", 'if (false) {', 'is refused before anything runs'],
      ["if (!isText(request.url ?? '/')) {", 'if (false) {', 'is refused before anything runs'],
    ]),
    ...guards('lib/platform/http-edge/foreign-origin.ts', 'lib/platform/http-edge/http-edge.test.ts', [
      [
        'return headers.origin !== origin;',
        'return false;',
        'is refused before anything runs, and only then: from another site',
      ],
    ]),
    ...guards('lib/core/text/typed/index.ts', 'lib/core/text/typed/typed-text.test.ts', [
      ['if (count > charactersMax) {', 'if (false) {', 'is refused with both numbers where it is too long'],
    ]),
    ...guards('lib/policy-changes/proposal.ts', 'lib/policy-changes/proposal.test.ts', [
      ['if (bytes > fileSizeBytesMax) {', 'if (false) {', 'is refused with size and limit, at the field'],
    ]),
    ...guards('lib/policy-changes/authorise.ts', 'lib/policy-changes/authorise.test.ts', [
      ['(isNew && person.roles.projects.size > 0)', 'isNew', 'nobody without a team can add a person'],
    ]),
    ...guards('lib/notifications/once.ts', 'lib/notifications/once.db.test.ts', [
      [
        'if (before !== null) return;',
        '',
        'a notice is sent once per subject and key, whoever notices the event',
      ],
    ]),
    ...guards('signer/daemon/checks/kinds.ts', 'signer/daemon/checks/kinds.test.ts', [
      ['maySign(program, effectiveKind.kind)\n', 'true\n', 'components refuses what users start'],
      [
        'const effectiveKind = kindUnderName(kind, name);',
        'const told = kind;\n    void kindUnderName;',
        'components refuses a library with a program’s name',
      ],
    ]),
    ...guards(
      'signer/rulings/due-certificates/due-certificates.ts',
      'signer/rulings/due-certificates/due-certificates.test.ts',
      [['entry.program === due.program &&', 'true &&', 'are new ones for a project that moved']],
    ),
    ...guards('lib/core/formats/tar/pax-keywords.ts', 'lib/core/formats/tar/read-tar.test.ts', [
      ['if (shape === undefined) {', 'if (keyword === "") {', 'refuses the pax keyword '],
    ]),
    ...guards('lib/core/formats/tar/tar-header.ts', 'lib/core/formats/tar/read-tar.test.ts', [
      [
        'if (block[156] !== sparseType && !isZero(block.subarray(345)))',
        'if (block[156] === sparseType && !isZero(block.subarray(345)))',
        'refuses the real size of a sparse file in a GNU header',
      ],
    ]),
    ...guards('lib/core/formats/tar/read-tar.ts', 'lib/core/formats/tar/read-tar.test.ts', [
      [
        "if (header.typeflag === '0' && (name.isDirectoryName || header.name.at(-1) === slash)) {",
        "if (header.typeflag === '0' && name.isDirectoryName) {",
        'refuses a file whose header alone names a folder',
      ],
    ]),
    ...guards('lib/core/formats/zip/local-header.ts', 'lib/core/formats/zip/read-zip.test.ts', [
      [
        'if (descriptor !== null && (descriptor.numberBytes === 8) !== header.hasZip64)',
        'if (descriptor !== null && descriptor.numberBytes === 0)',
        'refuses a wide descriptor without zip64',
      ],
    ]),
    ...guards('lib/core/formats/gzip/gzip-header.ts', 'lib/core/formats/gzip/gzip.test.ts', [
      ['if (isPlain) return;', 'if (isPlain || name !== "") return;', 'refuses the name of a program'],
    ]),
    ...guards('lib/core/pki/ocsp/delegation.ts', 'lib/core/pki/ocsp/status-answer.oracle.test.ts', [
      [
        'keyUsage: readonly string[] | undefined }).keyUsage ?? [];',
        'keyUsage: readonly string[] }).keyUsage;',
        'are accepted from no other issuer',
      ],
    ]),
    ...guards('lib/core/formats/xz/read-xz.ts', streams, [
      [
        'if (!Buffer.from(await cursor.read(digest.length)).equals(digest))',
        'if ((await cursor.read(digest.length)).length !== digest.length)',
        'that was changed is refused, or yields what the program yields',
      ],
      [
        "if (!header.subarray(0, 6).equals(magic)) throw damagedXz('bytes follow that are not an xz stream', start);",
        'if (!header.subarray(0, 6).equals(magic)) return;',
        'with as much text as a header has',
      ],
    ]),
    ...guards('lib/core/formats/xz/integrity.ts', streams, [
      [
        '    default:\n      return null;',
        '    default:\n      return { update: () => undefined, digest: () => new Uint8Array(0) };',
        'without a checksum is refused',
      ],
    ]),
    ...guards('lib/core/formats/xz/block-header.ts', streams, [
      ['if (dictionaryBytes > dictionaryBytesMax)', 'if (false)', 'with a dictionary beyond 64 MiB'],
    ]),
    ...guards('lib/core/formats/bzip2/read-bzip2.ts', streams, [
      [
        'if (runs.sum !== stated) throw wrongSum(offset);',
        '',
        'that was changed is refused, or yields what the program yields',
      ],
      ['!isPart && !bits.atEnd', 'isPart', 'of several streams is read whole'],
    ]),
    ...guards('lib/core/formats/inside/read-stream.ts', streams, [
      [
        'return guardRatio(readXz(source, { isPart, onPart }), source.size, limits);',
        'return readXz(source, { isPart, onPart });',
        'that is a bomb is refused after megabytes',
      ],
    ]),
    ...guards('lib/core/formats/zip/zip-fields.ts', 'lib/core/formats/zip/read-zip.test.ts', [
      [
        'else if (!harmlessIds.has(id)) throw unknownField(id, offset + at);',
        'void unknownField;',
        'refuses attributes in a field of libarchive',
      ],
    ]),
    ...guards('lib/core/formats/zip/read-zip.ts', 'lib/core/formats/zip/read-zip.test.ts', [
      [
        'const other = await otherFormat(source);',
        'const other = null; void otherFormat;',
        'refuses a tar archive around it',
      ],
    ]),
    ...guards('lib/core/formats/pe/sections.ts', 'lib/core/formats/pe/layout.test.ts', [
      ['if (section.end > table.imageEnd)', 'if (section.end < 0)', 'refuses a section after the end'],
      ['if (start < before.end)', 'if (start < 0)', 'refuses two sections with the same bytes for firmware'],
      ['if (isWalked) before', 'before', 'accepts sections that share bytes in a program for Windows'],
      [
        'checkApart(ranges, table.tableOffset + table.count * sectionBytes, table);',
        'checkApart(ranges, 0, table);',
        'refuses a section in the headers',
      ],
      ['if (rawSize > 0) ranges', 'ranges', 'accepts a section without bytes in the file'],
    ]),
    ...guards('lib/core/formats/pe/certificate-table.ts', 'lib/core/formats/pe/layout.test.ts', [
      ['entries.length >= entriesMax', 'entries.length < 0', 'refuses a certificate table with 17 entries'],
    ]),
    ...guards('lib/core/pki/cms/find-signatures.ts', 'lib/core/pki/cms/find-signatures.test.ts', [
      [' || nesting > nestingMax', '', 'reads four levels of nesting'],
      ['seen > signaturesMax || ', '', 'stops at 16 signatures'],
    ]),
    ...guards('lib/core/licence/osi-approval.ts', 'lib/core/licence/licence.test.ts', [
      [
        'return isOsiApproved(expression.left) && isOsiApproved(expression.right);',
        'return isOsiApproved(expression.left) || isOsiApproved(expression.right);',
        'MIT AND BUSL-1.1 is refused as a whole',
      ],
    ]),
    ...guards('lib/core/policy/check-project.ts', 'lib/core/policy/publisher.test.ts', [
      [
        "snapshot.foundation.value.projectCertificates === 'allowed'",
        'true',
        'a project’s own certificate is refused unless the foundation allows it',
      ],
    ]),
    ...guards('lib/core/policy/fields/artifact-floors.ts', 'lib/core/policy/check-floors.test.ts', [
      ["floor.opaque === 'refused' &&", 'false &&', 'refuse opaque files'],
    ]),
    ...guards('lib/requests/journal-rows.ts', 'lib/requests/read-step.db.test.ts', [
      [
        "kind = 'request.released' AND",
        "kind = 'never' AND",
        'can still be read if the release entry exceeds every bound because of many signed files',
      ],
    ]),
    ...guards('lib/core/formats/recognise/recognise.ts', recognised, [
      ['if (stray !== undefined)', 'if (false)', 'a zip without its directory'],
    ]),
    ...guards('lib/core/formats/recognise/embedded.ts', recognised, [
      ['this.#work.isSpent ||', 'false ||', 'a file of nothing but headers that might be archives'],
      ['return from >= 0 && ', 'return from < -1 && ', 'of a file full of marks, headers are read where'],
    ]),
    ...guards('signer/inspector/child/findings.ts', 'signer/inspector/inspect.test.ts', [
      [', sha256: undefined }', ' }', 'says once what a broken container and its format find alike'],
    ]),
    ...guards('lib/core/formats/inside/read-stream.ts', 'lib/core/formats/inside/small-windows.test.ts', [
      ['at < source.size;) {\n    onPart();', 'at < source.size;) {', 'has as many frames of Zstandard'],
      ['onStream: onPart', 'onStream: () => undefined', 'has as many streams of bzip2'],
      ['{ isPart, onPart }', '{ isPart }', 'has as many streams of xz'],
    ]),
    ...guards('lib/core/formats/xz/read-xz.ts', 'lib/core/formats/inside/small-windows.test.ts', [
      ['if (blocks > 0) onPart();', '', 'so it is with the blocks'],
    ]),
    ...guards('lib/core/formats/xz/window.ts', 'lib/core/formats/inside/small-windows.test.ts', [
      ['this.#last?.bytes', 'undefined', 'of small streams of xz needs memory for one'],
    ]),
    ...guards('lib/core/formats/bzip2/read-bzip2.ts', 'lib/core/formats/inside/small-windows.test.ts', [
      ['if (this.#links.length < size) ', '', 'of small streams of bzip2 needs memory for one'],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', 'signer/inspector/child/open-nested.test.ts', [
      [
        'if (isTry(recognised) && context.tries.isSpent) {',
        'if (false) {',
        'are no longer tried once unpacking what is none has cost enough',
      ],
    ]),
    ...guards('lib/core/formats/recognise/zips.ts', recognised, [
      ['return located || isRecord', 'return isRecord', 'a zip64 whose records lead nowhere'],
      ['return located || isRecord', 'return located', 'a zip whose end record has another size'],
    ]),
    ...guards('lib/core/formats/archive/entry-name.ts', 'lib/core/formats/tar/read-tar.test.ts', [
      ["if (path !== path.normalize('NFC')) {", 'if (false) {', 'reports a name with accents apart'],
    ]),
  ],
};
