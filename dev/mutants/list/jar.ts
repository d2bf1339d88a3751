import { guards, type Area } from '../mutant.ts';

const test = 'lib/core/formats/jar/jar.test.ts';
const manifestTest = 'lib/core/formats/jar/manifest.test.ts';

/** What of a Java archive may be signed, and what proves that nothing else of it changed. */
export const jar: Area = {
  name: 'jar',
  mutants: [
    ...guards('lib/core/formats/jar/manifest.ts', manifestTest, [
      ['if (names.has(section.name)) throw', 'if (false) throw', 'with a section twice'],
      ['if (seen.has(key))', 'if (false)', 'with an attribute twice'],
      ['if (at === bytes.length) {', 'if (false) {', 'whose last line has no end'],
      ['if (at - start > lineBytesMax) {', 'if (false) {', 'with a line that Java 10'],
      ['if (!seen.has(version.toLowerCase())) {', 'if (false) {', 'without Manifest-Version'],
      ['if (named !== 0) throw', 'if (false) throw', 'with a section that has no name'],
      ['else if (sections.length === 0) throw', 'else if (false) throw', 'that begins with a blank line'],
      [
        'if (bytes.length > manifestBytesMax) throw',
        'if (false) throw',
        'is refused over the size that Java reads',
      ],
    ]),
    ...guards('lib/core/formats/jar/compose.ts', manifestTest, [
      [
        '.filter((attribute) => !statesDigest(attribute))',
        '.filter(() => true)',
        'replaces digests that no signature covers',
      ],
    ]),
    ...guards('lib/core/formats/jar/read-jar.ts', test, [
      ['if (names.has(entry.path)) {', 'if (false) {', 'refuses an archive with an entry twice'],
      ['if (issue !== undefined) throw', 'if (false) throw', 'refuses an archive with an encrypted entry'],
      ['manifestEntry.path !== manifestPath', 'false', 'refuses an archive with a manifest in small letters'],
      ['manifests.length > 1 ||', 'false ||', 'refuses an archive with two manifests'],
      [
        "if (name !== (entry.type === 'directory' ? `${entry.path}/` : entry.path)) {",
        'if (false) {',
        'refuses an archive with a name that is another to Java',
      ],
      ['|SIG-[^/]*)$/i', ')$/i', 'refuses an archive with a file that begins with SIG-'],
    ]),
    ...guards('lib/core/formats/jar/sign.ts', test, [
      [
        "if (signature !== undefined && existingSignature(sign) === 'refuse') {",
        'if (false) {',
        'refuses an archive signed already',
      ],
      ['if (jar.covered.length === 0) {', 'if (false) {', 'refuses an archive without files'],
      ['if (difference !== null) throw', 'if (false) throw', 'is refused with an entry less'],
      [
        'if (!equal(again.signatureFile, signatureFile))',
        'if (false)',
        'is refused with another META-INF/COUNTERS.SF under the same signature',
      ],
      [
        'if (!equal(again.manifest, manifest)) throw',
        'if (false) throw',
        'is refused with another META-INF/MANIFEST.MF under the same signature',
      ],
      [
        'if (block === undefined || !equal(signature, block))',
        'if (block === undefined)',
        'is refused with another signature in it than the one embedded',
      ],
    ]),
    ...guards('lib/core/formats/jar/added-names.ts', test, [
      [
        "const ownType = steps.length > depth ? 'directory' : type;",
        "const ownType = 'directory' as const;",
        'refuses an archive with a file where the folder of the manifest will be',
      ],
      [
        'for (const depth of [1, 2]) {',
        'for (const depth of [1]) {',
        'refuses an archive with a folder where the block will be',
      ],
    ]),
    ...guards('lib/core/formats/jar/compare.ts', test, [
      [
        'if (Buffer.compare(chunk, found) !== 0) return false;',
        '',
        'is refused with any byte changed, and at any length',
      ],
      ['|| !isSameRecord(entry, other)', '', 'is refused with any byte changed, and at any length'],
      ['Buffer.compare(end, after.jar.end.bytes) === 0', 'true', 'is refused with another comment'],
    ]),
    ...guards('lib/core/formats/jar/inspect.ts', test, [
      [
        'if (sign !== null || check?.changes === true) {',
        'if (sign !== null) {',
        'leaves a signed archive as it is where nobody asks',
      ],
    ]),
    ...guards('lib/core/pki/cms/verify-written.ts', test, [
      [
        "if (!certificateEqual) problems.push('the signature names another certificate');",
        '',
        'is not verified for another certificate',
      ],
      [
        'hash === null || signerInfo.digestAlgorithm === oids[hash],',
        'true,',
        'is not verified for another hash',
      ],
    ]),
  ],
};
