import { guards, type Area } from '../mutant.ts';

const folder = 'lib/core/formats/upstream';
const programs = 'signer/inspector/upstream.oracle.test.ts';
const jar = 'lib/core/formats/jar';
const jarTest = `${jar}/upstream.test.ts`;
const nuget = 'lib/core/formats/nuget';
const nugetTest = `${nuget}/upstream.test.ts`;

/** What upstream signed, whatever the format. */
export const upstream: Area = {
  name: 'upstream',
  mutants: [
    ...guards('signer/inspector/child/upstream-openpgp.ts', 'signer/inspector/upstream-openpgp.test.ts', [
      [
        'return all.length === 0 ? [unsigned(',
        'return false ? [unsigned(',
        'without one is refused as unsigned',
      ],
      [
        'if (broken !== undefined) return refused(',
        'if (false) return refused(',
        'of which one by a pinned key',
      ],
      ['if (holds === undefined)', 'if (false)', 'of a stranger is refused as untrusted'],
    ]),
    ...guards('lib/core/artifact/upstream-openpgp.ts', 'lib/core/artifact/upstream-openpgp.test.ts', [
      ['if (found !== fingerprint) return', 'if (false) return', 'a key of another fingerprint, twice'],
      ['if (keys === undefined) {', 'if (false) {', 'without a key, or with signers'],
    ]),
    ...guards(
      'lib/core/pki/openpgp-verify/certificate.ts',
      'lib/core/pki/openpgp-verify/verify.oracle.test.ts',
      [
        [
          'refused: back ? null : {',
          'refused: true ? null : {',
          'is not, by a subkey without the signature back',
        ],
        [
          'refused: revoked ? revokedKey : ((',
          'refused: false ? revokedKey : ((',
          'is refused of a key that is revoked',
        ],
        ['return taken ? null : found;', 'return found;', 'is refused of a key that is revoked'],
      ],
    ),
    ...guards(
      'lib/core/pki/openpgp-verify/document.ts',
      'lib/core/pki/openpgp-verify/verify.oracle.test.ts',
      [
        ["if (hash === null || hash === 'sha1')", 'if (hash === null)', 'is refused by SHA-1'],
        ['if (ended !== undefined)', 'if (false)', 'is refused of a key that ended'],
      ],
    ),
    ...guards('signer/inspector/child/upstream-openpgp.ts', 'signer/inspector/upstream-openpgp.test.ts', [
      [
        'const broken = judged.find((one) => one.ok === false);',
        'const broken = judged.slice(0, 1).find((one) => one.ok === false);',
        'of version 6 beside one by a pinned key that doesn’t hold',
      ],
    ]),
    ...guards('lib/core/pki/openpgp-verify/document.ts', 'signer/inspector/upstream-openpgp.test.ts', [
      ['if (type !== types[form])', 'if (false)', 'of a text is refused as unsupported'],
      [
        'return version === readVersion ? readSignature(body) : { version };',
        'return readSignature(body);',
        'that holds beside one of version 6 is upstream’s',
      ],
      ['if (check.end()) return', 'if (true) return', 'of another file is refused as invalid'],
      ["if (!line.startsWith('- '))", 'if (false)', 'with a line that isn’t escaped'],
    ]),
    ...guards(`${folder}/findings.ts`, jarTest, [
      ['if (trust === null) {', 'if (false) {', 'is refused unsigned, of a stranger'],
      ['if (judged.length === 0) {', 'if (false) {', 'is refused unsigned, of a stranger'],
      ["holds && one.rule === 'weak'", 'holds', 'is refused with any signature that doesn’t hold'],
      ["holds && one.rule === 'weak'", "one.rule === 'weak'", 'may carry SHA-1 next to SHA-256'],
    ]),
    ...guards(`${folder}/findings.ts`, jarTest, [
      ['return holds && !named ?', 'return false ?', 'is refused where the configuration names'],
    ]),
    ...guards(`${folder}/pinned-signer.ts`, jarTest, [
      ['given.length > 0 && given.every(', 'given.every(', 'is refused where the configuration names'],
      ['given.every(', 'given.some(', 'is refused where the configuration names'],
    ]),
    ...guards('lib/core/pki/certificate-path/subject.ts', 'lib/core/pki/certificate-path/subject.test.ts', [
      ['others.length > 0 ? null : value', 'value', 'a name that comes twice'],
    ]),
    ...guards('lib/core/artifact/upstream.ts', 'lib/core/artifact/upstream.test.ts', [
      ['if (digests.includes(sha256))', 'if (true)', 'are those whose digests'],
      ["if (signers === undefined || 'verify' in body) return [];", 'return [];', 'have named signers only'],
    ]),
    ...guards('lib/core/policy/fields/artifact.ts', 'lib/core/policy/fields/artifact-upstream.test.ts', [
      [
        "if (nature === 'item' && list)\n    return before === undefined",
        "if (nature === 'item' && list)\n    return false",
        'a further ',
      ],
    ]),
    ...guards('signer/inspector/child/inspect-itself.ts', programs, [
      [
        'signers: element.upstream?.signers ?? null',
        'signers: null',
        'is one of those that the configuration names',
      ],
      [
        ', ...pinnedFindings(element, { path, policy, ...written })',
        '',
        'is one of those that the configuration names',
      ],
    ]),
    ...guards(`${folder}/judge-signature.ts`, jarTest, [
      ['if (!judgement.ok) {', 'if (false) {', 'is refused unsigned, of a stranger'],
    ]),
    ...guards(`${folder}/judge-signature.ts`, nugetTest, [
      ["if (stamp !== null && 'problem' in stamp) {", 'if (false) {', 'is refused where no root is known'],
    ]),
    ...guards(`${folder}/judge-signature.ts`, programs, [
      [
        'signer.ok && signer.lifetimeSigning && stamp !== null',
        'false',
        'is refused where the certificate says',
      ],
      ['if (strongHashes.includes(hash)) return null;', 'return null;', 'may carry SHA-1'],
    ]),
    ...guards(`${jar}/upstream.ts`, jarTest, [
      ['if (misfit !== null) return changed(misfit);', '', 'is refused with '],
      [
        "return 'problem' in verified ? broken(verified.problem) :",
        'return',
        'may be signed here, or without',
      ],
      [' ?? uncovered(jar, manifest, stated)', '', 'is refused with '],
      ['refused ?? judge(signature, trusted)', 'judge(signature, trusted)', 'is refused with '],
    ]),
    ...guards(`${jar}/covered.ts`, jarTest, [
      ["if (stated.length === 0) return 'missing';", '', 'may carry SHA-1 next to SHA-256'],
      ['if (main !== null) {', 'if (false) {', 'holds by sections'],
      [
        'if (own === undefined)\n      return { problem: `it says',
        'if (own === undefined) continue;\n    if (false)\n      return { problem: `it says',
        'is refused with ',
      ],
      [
        'if (own === undefined) return `',
        'if (own === undefined) continue; else if (false) return `',
        'is refused with ',
      ],
      ['if (own !== digest) return', 'if (false) return', 'is refused with '],
      ['if (section === undefined || !named.has(path))', 'if (section === undefined)', 'is refused with '],
    ]),
    ...guards(`${jar}/signatures.ts`, jarTest, [
      ['if (alone !== undefined) throw', 'if (false) throw', 'is refused with '],
      [
        'if (text === undefined) throw',
        'if (text === undefined) continue; else if (false) throw',
        'is refused with ',
      ],
      ['else if (texts.has(name)) throw', 'else if (false) throw', 'is refused with '],
    ]),
    ...guards(`${jar}/existing.ts`, `${jar}/jar.test.ts`, [
      ['if (refused !== null) throw invalid', 'if (false) throw invalid', 'gets none added that is about'],
      [
        "if ('rule' in found) throw invalid",
        "if ('rule' in found) return new Uint8Array(0); if (false) throw invalid",
        'gets none added that is about',
      ],
    ]),
    ...guards(`${jar}/inspect.ts`, `${jar}/jar.test.ts`, [
      [
        "(fate === 'append' && check?.changes !== true)",
        "fate === 'append'",
        'is refused where what is signed inside',
      ],
    ]),
    ...guards(`${jar}/sign.ts`, `${jar}/jar.test.ts`, [
      [
        "existingSignature(sign) === 'append' ? signatureFiles.map(nameOf) : []",
        '[]',
        'keeps its signatures and its manifest',
      ],
    ]),
    ...guards('lib/core/pki/cms/verify-text.ts', 'lib/core/pki/cms/verify-foreign.test.ts', [
      ['if (content[0] === setTag)', 'if (false)', 'what another signature is over'],
      ["if (encapContentForm !== 'detached')", 'if (false)', 'has no content of its own'],
    ]),
    ...guards('lib/core/pki/cms/verify-countersignature.ts', nugetTest, [
      ['if (signerInfo.signedAttributes.has(oids.contentType))', 'if (false)', 'is refused '],
      ['if (!checkMessageDigest(signerInfo, digest))', 'if (false)', 'is refused '],
    ]),
    ...guards(`${nuget}/upstream.ts`, nugetTest, [
      [
        'if (Buffer.compare(encapContent, signatureContent(own, hash)) === 0) return null;',
        'return null;',
        'is refused ',
      ],
      ['if (!namesSigner(signerInfo, certificate))', 'if (false)', 'is refused '],
      ["if (!('text' in primary)) return [primary];", '', 'is refused '],
      ['if (!commitments.includes(', 'if (false && !commitments.includes(', 'is refused '],
      ['(countersignatures.length === 1 && !author)', 'false', 'is refused '],
      ['if (certificate === null || problems.length > 0)', 'if (certificate === null)', 'is refused '],
    ]),
    ...guards('lib/core/pki/openpgp-verify/signature.ts', 'lib/core/pki/openpgp-verify/versions.test.ts', [
      [
        'if (isHashed && (first & 0x80) !== 0 && !understood.has(type))',
        'if (false)',
        'is refused where it says that it has to be understood',
      ],
    ]),
    ...guards('lib/core/pki/openpgp-verify/key.ts', 'lib/core/pki/openpgp-verify/versions.test.ts', [
      ['if (version !== 4) throw', 'if (false) throw', 'a key of version 6 is refused by its version'],
    ]),
  ],
};
