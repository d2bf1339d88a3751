import { guards, type Area } from '../mutant.ts';

const inspected = 'signer/inspector/signed-files.test.ts';
const shapes = 'signer/keyholder/holder/sign-grant.test.ts';
const lineage = 'signer/daemon/file-version/file-version.test.ts';

/** Signatures in files beside the signed ones, and what must not be signed so. */
export const detached: Area = {
  name: 'detached',
  mutants: [
    ...guards('signer/inspector/child/plain-file.ts', inspected, [
      [
        'if (!(await content.matches(source))) continue;',
        'continue;',
        'is refused: a code directory of macOS',
      ],
      [
        'declaredOtherwise(typed.facts.type, context)',
        'null',
        'that is a program or a catalog is refused, with the type to declare',
      ],
    ]),
    ...guards('signer/inspector/child/plain-file.ts', 'signer/inspector/detached.test.ts', [
      [
        "use === 'certificate' ? signedElsewhere(source, context) : null",
        'null',
        'by cms of a file that another',
      ],
    ]),
    ...guards('signer/inspector/child/inspect-itself.ts', 'signer/inspector/detached.test.ts', [
      [
        'const isFinal = sign === null && !changes;',
        'const isFinal = true;',
        'is a target of its own, after the one in the file',
      ],
      ['?? kindBy(facts) ??', '??', 'needs no signature in the file'],
    ]),
    ...guards('lib/core/formats/signs-inside.ts', 'lib/core/artifact/detached.test.ts', [
      ["'detached' in body || ", '', 'one beside a file that is inside changes the containers around it'],
    ]),
    ...guards('lib/policy-tools/lint/lint-artifact.ts', 'lib/policy-tools/lint/lint-snapshot.test.ts', [
      [
        '!isSigned(element) || !hasWildcard(path)',
        'element.sign === null || !hasWildcard(path)',
        'finds programs of others that are signed in a file beside them',
      ],
    ]),
    ...guards('lib/core/artifact/check-places.ts', 'lib/core/artifact/detached.test.ts', [
      ['if (!isBeside) return null;', 'return null;', 'there is no place for it beside the artifact'],
    ]),
    ...guards('lib/core/formats/file/openpgp.ts', 'lib/core/formats/file/file.test.ts', [
      ['if (source.size > textBytesMax)', 'if (false)', 'refuses a payload or a text over 16 MiB'],
    ]),
    ...guards('signer/inspector/child/held-files.ts', inspected, [
      ['bytes <= heldBytesMax ||', 'true ||', 'in an envelope is refused where envelopes hold more together'],
    ]),
    ...guards('signer/daemon/signing/held-contents.ts', 'signer/daemon/signing/held-contents.test.ts', [
      [
        'if (bytes <= heldBytesMax) return;',
        'return;',
        'what is to be signed of all files of a pass is bounded',
      ],
    ]),
    ...guards('signer/inspector/child/output-names.ts', inspected, [
      ["return names.add(output, 'file');", 'return null;', 'is refused where it is a folder’s'],
      [
        'takesName?.(output) !== true',
        'takesName?.(output) !== null',
        'is refused where the signature of the archive has it',
      ],
    ]),
    ...guards('signer/keyholder/holder/check-shape.ts', shapes, [
      [
        'bytes.length - whole.length === Number(length)',
        'true',
        'is refused over an envelope’s payload with more behind it',
      ],
      [
        'type?.length === Number(typeLength)',
        'true',
        'is refused over an envelope’s payload of a type with another length',
      ],
      [
        'bytes.length <= attributesBytesMax &&',
        '',
        'is refused over signed attributes as large as only a payload is',
      ],
      [
        "crl: [der('TBSCertList', 0x30, 0x02)],",
        "crl: [der('TBSCertList', 0x30, 0x02), envelope],",
        'for a revocation list or an answer allows no envelope',
      ],
    ]),
    ...guards('signer/daemon/file-version/index.ts', lineage, [
      ['if (isOfSignature) return', 'if (false) return', 'never have a signature beside another version'],
      ['about.every(isReleased)', 'true', 'never have a signature beside another version'],
      [
        "!replaced.some((inner) => inner.cause !== 'detached' && samePath(inner.path, one.path))",
        'true',
        'never have a signature beside another version',
      ],
      [
        "if (before.cause === 'detached') return",
        'if (false) return',
        'are refused for a file that replaces a signature',
      ],
    ]),
    ...guards('signer/inspector/child/rebuild.ts', 'signer/inspector/embed-rebuild.test.ts', [
      [
        'if (!used.has(path)) throw',
        'if (false) throw',
        'refuses a new file behind one that is missing, twice the same, one with other bytes, and any in what takes none',
      ],
    ]),
  ],
};
