import { guards, type Area } from '../mutant.ts';

const lists = 'lib/core/follow/follow.test.ts';
const child = 'signer/inspector/following.test.ts';
const lineage = 'signer/daemon/file-version/followed.test.ts';
const judged = 'signer/daemon/signing/follow-list.test.ts';
const offered = 'signer/daemon/checks/follows.test.ts';

/** Lists that are written anew after the files that they list are signed. */
export const follow: Area = {
  name: 'follow',
  mutants: [
    ...guards('lib/core/follow/cyclonedx/xml.ts', 'lib/core/follow/cyclonedx/cyclonedx.test.ts', [
      ['if (/(?:^|:)Signature$/.test(name))', 'if (name === null)', 'that is signed'],
      ["if (attributes.has('xmlns'))", "if (attributes.has('-'))", 'with digests in another namespace'],
      ["hash.name !== 'hash' || algorithm === undefined", 'algorithm === undefined', 'with prefixes'],
    ]),
    ...guards('lib/core/xml/read-xml.ts', 'lib/core/follow/cyclonedx/cyclonedx.test.ts', [
      ['parent.pieces === 1 ? span : null', 'span', 'with a comment among the digits'],
    ]),
    ...guards('lib/core/follow/spdx/json-ld.ts', 'lib/core/follow/spdx/spdx.test.ts', [
      ["key.includes(':') || ", '', 'with addresses for keys'],
      [
        "if (type === 'Hash' || type === 'PackageVerificationCode' || member(node, 'hashValue') !== null)",
        "if (type === '')",
        'with a digest by itself',
      ],
      [
        'if (!byContent.has(type)) return [];',
        'if (type !== null) return [];',
        'with an identifier made of its content',
      ],
    ]),
    ...guards('lib/core/formats/xml/format.ts', 'lib/core/formats/xml/xml.test.ts', [
      ['said !== null && matchesText(pattern, said)', 'said !== null', 'of another root'],
    ]),
    ...guards('lib/core/follow/stale.ts', 'lib/core/follow/stale.test.ts', [
      ['!(await field.value.holds(written, file.figures))', 'false', 'is none that was wrong before'],
    ]),
    ...guards('signer/inspector/child/stale-lists.ts', child, [
      [
        'if (this.#left.findings === 0 || ',
        'if (',
        'costs no more than two hundred files of a hostile artifact, and fifty warnings',
      ],
      [
        'left.named === 0 || ',
        '',
        'costs no more than two hundred files of a hostile artifact, and fifty warnings',
      ],
      [
        'one.element.follows !== null || ',
        '',
        'isn’t where it follows, or where nothing that it lists gets signed',
      ],
    ]),
    ...guards('lib/core/follow/judge.ts', lists, [
      [
        'if (!(await field.value.holds(written, file.figures))) {',
        'if (false) {',
        'with a value that is wrong before is refused',
      ],
      ["if (unclear?.kind === 'several')", 'if (false)', 'whose name fits several files is refused'],
      [
        'if (stray !== null) findings.stray(list, stray);',
        '',
        'with the digest of a signed file under another name',
      ],
      ["if (state.get(one) === 'open') {", 'if (false) {', 'that lists itself, or another one that lists it'],
    ]),
    ...guards('lib/core/follow/rewrite.ts', lists, [
      [
        'if (!(await field.value.holds(old, before)))',
        'if (false)',
        'is refused for a value that was another one before',
      ],
      [
        'if (Buffer.compare(one, other) !== 0)',
        'if (false)',
        'is refused where the format changes more than its fields',
      ],
    ]),
    ...guards('lib/core/follow/judge.ts', 'lib/core/follow/tauri/tauri.test.ts', [
      ["if (field.kind === 'fixed') {", 'if (false) {', 'is refused for a file that gets signed'],
    ]),
    ...guards('lib/core/follow/judge.ts', child, [
      ['if (stray !== null) findings.elsewhere(list, stray);', '', 'is about its own container alone'],
    ]),
    ...guards('signer/inspector/child/follow.ts', child, [
      [
        "requireDigest('a file that the list is about', sha256, found);",
        '',
        'is refused for other files than the daemon named',
      ],
    ]),
    ...guards('signer/daemon/checks/follows.ts', offered, [
      [
        'if (format === null || path.length === 0 || strange !== undefined)',
        'if (format === null || path.length === 0)',
        'about a file that nothing changes are not believed',
      ],
    ]),
    ...guards('signer/daemon/signing/follow-list.ts', judged, [
      [
        'if (expected >= 0 && spellings(file)[expected] !== to)',
        'if (false)',
        'with the digest of another file is withheld',
      ],
      ['if (!isIt)', 'if (false)', 'in another field is withheld'],
    ]),
    ...guards('signer/daemon/signing/verify-signed.ts', judged, [
      [
        'if (last === undefined || last.version === file) return true;',
        'return true;',
        'is verified before release',
      ],
    ]),
    ...guards('signer/daemon/file-version/index.ts', lineage, [
      [
        "if (file.cause === 'inspected' || file.cause === 'detached')",
        'if (false)',
        'for a file that nobody changed',
      ],
      [
        'const followed = missingList(version, inspected) ?? otherValues(replaced);',
        'const followed = otherValues(replaced);',
        'is refused in a container as it was',
      ],
      [
        'const followed = missingList(version, inspected) ?? otherValues(replaced);',
        'const followed = missingList(version, inspected);',
        'is refused in a container for another version of the program',
      ],
    ]),
    ...guards('lib/core/follow/endings.ts', 'lib/core/follow/names.test.ts', [
      ['if (!backwards.startsWith(wanted)) return;', '', 'none where a part of a name fits'],
      [
        'let [low, high] = [0, this.#paths.length];',
        'let [low, high] = [0, 0];',
        'every file that fits, on both sides',
      ],
    ]),
  ],
};
