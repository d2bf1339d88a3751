import { guards, type Area } from '../mutant.ts';

const path = 'lib/core/pki/certificate-path/verify-path.test.ts';
const lists = 'lib/core/pki/crl/revocation-list.oracle.test.ts';
const elliptic = 'lib/core/pki/cms/elliptic-signatures.test.ts';
const grafted = 'lib/core/pki/cms/grafted-attributes.test.ts';
const naming = 'lib/core/pki/cms/signing-certificate.oracle.test.ts';
const notes = 'lib/core/pki/note/note.oracle.test.ts';

/** Which certificates are believed, and whose signed notes and lists. */
export const certificates: Area = {
  name: 'certificates',
  mutants: [
    ...guards('lib/core/pki/certificate-path/verify-path.ts', path, [
      ['query.intermediates.length > intermediatesMax', 'false', 'is searched for among at most 32'],
      ['  if (path.length >= pathLengthMax) return null;\n', '', 'has at most five authorities between'],
      [
        ' || (constraints.pathLength ?? pathLengthMax) < below - 1',
        '',
        'does not lead through an authority with more below it than its path length allows',
      ],
      [
        '!constraints.ca || (constraints.pathLength',
        '(constraints.pathLength',
        'does not lead through one that is not an authority',
      ],
      [
        'if (!child.node.checkIssued(ca.node)) return false;',
        '',
        'does not lead through one that may not sign certificates',
      ],
      [
        'if (usages !== null && !usages.includes(usageOids[query.usage])) return false;',
        '',
        'does not lead through one that is there for another purpose',
      ],
      ['return child.node.verify(ca.node.publicKey);', 'return true;', 'is not accepted by names alone'],
      ['    checkCertificate(ca, query, place);\n', '', 'does not lead through one that has expired'],
      ['at < node.validFromDate || ', '', 'is not trusted a moment before it is valid'],
      [' || at > node.validToDate', '', 'is not trusted a moment before it is valid'],
      [
        'if (asWindows && type === oids.certificatePolicies) continue;',
        'if (type === oids.certificatePolicies) continue;',
        'is judged as Windows does only where',
      ],
      [
        'if (!critical || understood.has(type)) continue;',
        'continue;',
        'is not trusted with an unknown critical extension',
      ],
      [
        "if (place !== 'root' && !strong.has(signedWith)) {",
        'if (false) {',
        'is not trusted signed over SHA-1',
      ],
      ["place !== 'root' && ", '', 'does not begin at a root that has expired, and may'],
      [
        "if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) < 2048) {",
        'if (false) {',
        'is not trusted with an RSA key under 2048 bits',
      ],
      ['if (curve !== null) {', 'if (false) {', 'with a key on the curve secp224r1 is ALGORITHM_WEAK'],
      [
        'if (!usages.includes(usageOids[usage])) throw',
        'if (false) throw',
        'is not trusted without a purpose',
      ],
      [
        'usages.length !== 1 || ',
        '',
        'is not accepted as a timestamp authority’s if it has another purpose, too',
      ],
      [' || !critical', '', 'is not accepted as a timestamp authority’s if it has it as non-critical'],
      [
        'if (keyUsage !== null && (keyUsage & maySign) === 0)',
        'if (false)',
        'is not trusted whose key may not sign data',
      ],
    ]),
    ...guards('lib/core/pki/certificate-path/read-certificate.ts', path, [
      [
        'if (extensions.has(type)) throw',
        'if (false) throw',
        'is not trusted with an extension that comes twice',
      ],
    ]),
    ...guards('lib/core/pki/cms/verify-signer-info.ts', 'lib/core/pki/tsp/foreign-token.test.ts', [
      [
        ' &&\n      Buffer.compare(identity.issuer, signerIdentifier.issuer) === 0',
        '',
        'is attributed to its signer, even if another certificate has the same number',
      ],
    ]),
    ...guards('lib/core/pki/cms/algorithms.ts', elliptic, [
      ['if (curve !== null)', 'if (false)', 'by a key on the curve secp224r1 does not hold'],
      [
        'if (found.hash !== null && found.hash !== hash)',
        'if (false)',
        'by RSA does not hold by another hash than the digest algorithm names',
      ],
    ]),
    ...guards('lib/core/pki/cms/parse-signer-info.ts', grafted, [
      [
        "  rejectAny(onlySigned, unsignedAttributes, 'unsigned');\n",
        '',
        'with an unsigned messageDigest can’t be read',
      ],
      [
        "  rejectAny(onlyUnsigned, signedAttributes, 'signed');\n",
        '',
        'with a signed countersignature can’t be read',
      ],
    ]),
    ...guards('lib/core/pki/cms/signing-certificate.ts', naming, [
      [
        'if (!createHash(hash).update(certificate).digest().equals(digest)) return false;',
        '',
        'another certificate in version 1 does not hold',
      ],
      [
        'issuerSerial === null ||\n',
        'issuerSerial !== undefined ||\n',
        'itself with another issuer in version 2 does not hold',
      ],
      [
        'present.every(names)',
        'present.some(names)',
        'another in version 1 beside its own in 2 does not hold',
      ],
    ]),
    ...guards('lib/core/pki/cms/verify-signer-info.ts', naming, [
      ["if (naming === 'other')", 'if (false)', 'another certificate in version 2 does not hold'],
    ]),
    ...guards('lib/core/pki/cms/verify-countersignature.ts', naming, [
      ['    checkNaming(signerInfo, certificate, problems);\n', '', 'does not hold that names another'],
    ]),
    ...guards('lib/core/pki/cms/origin-attributes.ts', naming, [
      [
        'signedAttributes.has(oids.signingCertificateV2) &&',
        '',
        'by version 1 alone is no author’s of a package',
      ],
    ]),
    ...guards('lib/core/pki/cms/attributes.ts', grafted, [
      [
        'if (attributes.has(type)) throw',
        'if (false) throw',
        'with an unsigned attribute twice can’t be read',
      ],
    ]),
    ...guards('lib/core/pki/crl/read-revocation-list.ts', lists, [
      [
        "if (asInteger(version) !== 1n) throw malformed('version 2 expected');",
        '',
        'is read only in version 2',
      ],
      [', sizeMax: revocationListBytesMax };', ', sizeMax: Infinity };', 'is read to 64 MiB'],
      [
        'if (!verify(',
        'if (false && !verify(',
        'is read back by its own reader, which refuses other issuers',
      ],
    ]),
    ...guards('lib/core/pki/note/note.ts', notes, [
      ['note.length > noteCharactersMax', 'false', 'is read to four million characters, though it is signed'],
      ['lines.length > signaturesMax', 'false', 'is refused with NOTE_MALFORMED'],
      [' && text.isWellFormed()', '', 'is distinct from other text of the same bytes'],
      [' && !hasControls', '', 'is refused with NOTE_MALFORMED'],
      [
        ' && bytes.subarray(0, 4).equals(noteKey.id)',
        '',
        'opens with its key, which survives being written as a line',
      ],
      [
        'if (!verify(null, message, key.publicKey, signature)) {',
        'if (false) {',
        'isn’t made with another key',
      ],
      [
        'if (verify(null, Buffer.from(text), key.publicKey, signature)) {',
        'if (true) {',
        'is refused with a signature that lost or gained a byte',
      ],
    ]),
    ...guards('lib/core/audit/digest.ts', 'lib/core/audit/audit.test.ts', [
      [
        '  if (dates.some((date) => Number.isNaN(date.getTime()))) return null;\n',
        '',
        'isn’t one with no such month',
      ],
      [' && formatDigest(digest) === text', '', 'isn’t one with no such day'],
    ]),
    ...guards('lib/core/origin/sigstore/trust-root.ts', 'dev/build-system/timestamps.oracle.test.ts', [
      [
        'ctlogThreshold: Math.min(1, root.ctlogs.length)',
        'ctlogThreshold: 0',
        'is refused if the trust root has nothing but a log of certificates',
      ],
      [
        'tlogThreshold: Math.min(1, root.tlogs.length)',
        'tlogThreshold: 0',
        'is refused if the trust root has nothing but a log of signatures',
      ],
    ]),
  ],
};
