import { guards, type Area } from '../mutant.ts';

/** Signed words and the answers of authorities: commits, statements, SSH signatures, timestamps, status answers, the journal’s chain. */
export const words: Area = {
  name: 'words',
  mutants: [
    ...guards('lib/core/approval/git-commit.ts', 'lib/core/approval/git-commit.test.ts', [
      ['if (object.length > commitBytesMax) throw', 'if (false) throw', 'refuses too many bytes'],
      ['if (object.includes(0)) throw', 'if (false) throw', 'refuses a NUL byte'],
      ['if (parents.length > parentsMax) throw', 'if (false) throw', 'refuses too many parents'],
      [
        "if (others.some((other) => ['tree'",
        "if (others.length < 0 && others.some((other) => ['tree'",
        'refuses a second tree',
      ],
      ['if (second !== undefined || (', 'if ((', 'refuses a second signature'],
      [
        ' || (signature !== undefined && signature.name !== wanted)) {',
        ') {',
        'refuses a signature for another hash',
      ],
      ['|| headers.length >= headersMax) {', ') {', 'refuses too many headers'],
    ]),
    ...guards('lib/core/approval/policy-commit.ts', 'lib/core/approval/policy-commit.test.ts', [
      [
        'if (name !== input.commit) {',
        'if (false) {',
        'refuses an object under another name, and says how to fix it',
      ],
      ['if (signers.has(owner)) return;', '', 'says once of each who signed'],
      [
        'if (owner === undefined || others.length > 0)',
        'if (owner === undefined)',
        'refuses a key that two maintainers list',
      ],
      ['input.notes.slice(0, notesMax)', 'input.notes', 'reads so many notes and no more'],
    ]),
    ...guards('lib/core/approval/count.ts', 'lib/core/approval/count.test.ts', [
      [
        'if (able.length >= quorum) return null;',
        'return null;',
        'refuses, and does not wait for ever, where only the submitter could approve',
      ],
      [
        '&& approver.keys.length > 0);',
        ');',
        'refuses, and does not wait for ever, where nobody else has a key',
      ],
    ]),
    ...guards('lib/core/approval/statement.ts', 'lib/core/approval/statement.test.ts', [
      ['if (canonicalText(value as JsonValue) !== text) {', 'if (false) {', 'refuses a space'],
      ["if (members['type'] !== type) {", 'if (false) {', 'refuses another type'],
      ['if (names !== wanted) {', 'if (false) {', 'refuses an unknown member'],
    ]),
    ...guards('lib/core/approval/approver-keys.ts', 'lib/core/approval/count.test.ts', [
      [
        'if (handle !== undefined && others.length === 0) return',
        'if (handle !== undefined) return',
        'counts nobody for a key that two people list',
      ],
    ]),
    ...guards('lib/core/approval/token-command.ts', 'lib/core/approval/token-command.test.ts', [
      [
        'if (!URL.canParse(audience) || new URL(audience).origin !== audience)',
        'if (!URL.canParse(audience))',
        'with an address with a path is none',
      ],
    ]),
    ...guards('lib/core/pki/sshsig/verify.ts', 'lib/core/pki/sshsig/sshsig.test.ts', [
      [
        'if (signature.namespace !== input.namespace) {',
        'if (false) {',
        'refuses another message, another namespace and a key that is not listed',
      ],
      [
        'if (((tail[0] ?? 0) & userPresent) === 0) {',
        'if (false) {',
        'refuses ed25519 without user presence',
      ],
      [
        'if (part.length > coordinateBytes) {',
        'if (false) {',
        'refuses r and s that are wider than the curve',
      ],
    ]),
    ...guards('lib/core/pki/sshsig/signature.ts', 'lib/core/pki/sshsig/sshsig.test.ts', [
      ['if (version !== 1)', 'if (false)', 'accepts no signature in which any bit was flipped'],
      [
        "if (hashAlgorithm !== 'sha256' && hashAlgorithm !== 'sha512') {",
        'if (false) {',
        'accepts no signature in which any bit was flipped',
      ],
      [
        "if (bytes.toString('base64') !== base64) {",
        'if (false) {',
        'refuses characters that are not base64',
      ],
    ]),
    ...guards('lib/core/pki/sshsig/public-key.ts', 'lib/core/pki/sshsig/sshsig.test.ts', [
      [
        "if (Buffer.from(blob).toString('base64') !== base64) {",
        'if (false) {',
        'refuses lines with options, line breaks, another type or loose base64',
      ],
      [
        'if (key.type !== type) {',
        'if (false) {',
        'refuses lines with options, line breaks, another type or loose base64',
      ],
      ['if (named !== expected)', 'if (false)', 'refuses a curve under another name'],
    ]),
    ...guards('lib/core/pki/sshsig/wire.ts', 'lib/core/pki/sshsig/sshsig.test.ts', [
      [
        'if (rest > 0) throw',
        'if (false) throw',
        'refuses a signature of the wrong length or with bytes after it',
      ],
    ]),
    ...guards('lib/core/origin/statement.ts', 'dev/build-system/bundles.test.ts', [
      ['if (payloadType !== inTotoPayload)', 'if (false)', 'is refused under another payload type'],
    ]),
    ...guards('lib/core/origin/statement.ts', 'lib/core/origin/statement.test.ts', [
      ['if (signatures.length !== 1) return', 'if (false) return', 'is none with 2 signatures'],
    ]),
    ...guards('lib/core/origin/subject.ts', 'dev/build-system/bundles.test.ts', [
      [
        'if (found !== digests[name]) return',
        'if (false) return',
        'is refused without them, and with others',
      ],
      [
        'first !== undefined && named.every((one) => digest[one] === digests[one])',
        'first !== undefined',
        'is refused when it is another one',
      ],
    ]),
    ...guards('lib/core/pki/ocsp/delegation.ts', 'lib/core/pki/ocsp/status-answer.oracle.test.ts', [
      [
        'if (!mayAnswer || !node.verify(ca.node.publicKey)) return null;',
        'if (!mayAnswer) return null;',
        'are accepted from no responder that another CA issued',
      ],
      [
        ' && extensions.issuer === ca.extensions.subject;',
        ';',
        'are accepted from no responder that the same key issued under another name',
      ],
      [
        'keyUsage.includes(oids.ocspSigning) && ',
        '',
        'are accepted from no other issuer, and from no certificate that isn’t a responder’s',
      ],
    ]),
    ...guards('lib/core/pki/tsp/verify-token.ts', 'lib/core/pki/tsp/timestamp-token.test.ts', [
      [
        'if (query.nonce !== undefined && query.nonce !== info.nonce) {',
        'if (false) {',
        'are refused for the answer to another request',
      ],
      ['if (!same) throw', 'if (false) throw', 'are refused for another digest'],
      ["if (certificateNaming === 'none')", 'if (false)', 'are refused when they don’t name the certificate'],
      [
        'if (skewMs <= timestampSkewMsMax) return;',
        'return;',
        'are refused for a time over five minutes away',
      ],
    ]),
    ...guards('lib/core/pki/tsp/verify-token.ts', 'lib/core/pki/tsp/foreign-token.test.ts', [
      [
        " || signedData.encapContentForm !== 'octet-string') {",
        ') {',
        'is refused if the content isn’t an OCTET STRING, although its bytes are signed',
      ],
      [
        'signedData.encapContentType !== oids.tstInfo || ',
        '',
        'is refused if its content has another type, whatever it is',
      ],
    ]),
    ...guards('lib/core/pki/tsp/tst-info.ts', 'lib/core/pki/tsp/foreign-token.test.ts', [
      ['if (version !== 1) throw', 'if (false) throw', 'is refused in an unspecified version'],
      [
        'if (critical !== undefined && isUniversal(critical, universalTag.boolean) && asBoolean(critical)) {',
        'if (critical === undefined) {',
        'is refused with an unknown critical extension, and not with a non-critical one',
      ],
      ['    fields.end();\n', '', 'is refused with anything after the specified members'],
    ]),
    ...guards('lib/core/wire/journal/chain.ts', 'lib/core/wire/journal/chain.test.ts', [
      ['if (entry.seq !== seq) {', 'if (false) {', 'shows a number that was left out'],
      [
        'if (entry.previousHash !== head) {',
        'if (false) {',
        'shows a removed, a swapped and a re-sealed entry',
      ],
      ['if (entry.entryHash !== expected) {', 'if (false) {', 'shows any single altered entry'],
    ]),
    ...guards('lib/core/wire/submitter/may-submit.ts', 'lib/core/wire/submitter/may-submit.test.ts', [
      [
        'if (submitter.project !== place.slug) return false;',
        '',
        'is the whole team and every token of the project, where the policy doesn’t say',
      ],
    ]),
    ...guards('lib/core/wire/submitter/submitter.ts', 'lib/core/wire/submitter/submitter.test.ts', [
      ['if (!tokenNameForm.test(name)) return null;', '', 'is nobody where it says'],
    ]),
    ...guards('lib/core/pki/ocsp/read-status-answer.ts', 'lib/core/pki/ocsp/status-answer.oracle.test.ts', [
      [
        "!verify('sha256', responseData.bytes, delegated.key, asBitString(signature).bytes)",
        'false',
        'don’t pass for another certificate, a changed answer or one of another key',
      ],
      [
        '!digests.some((digest) => id.issuer !== null && isSameIssuer(digest, id.issuer))',
        'digests.length === 0',
        'state nothing about the certificates of another issuer, whoever signed them',
      ],
      [' || asOid(type) !== oids.ocspBasic)', ')', 'are read in no other form than the basic one'],
    ]),
    ...guards('lib/core/formats/tar/pax-keywords.ts', 'lib/core/formats/tar/read-tar.test.ts', [
      [
        "  ['gname', text],\n",
        "  ['gname', text],\n  ['SCHILY.realsize', number],\n",
        'refuses the pax keyword SCHILY.realsize',
      ],
      ['if (!shape.test(decode(value)))', 'if (false)', 'refuses the value of pax keyword'],
      [
        'if (number.test(size) && Number(size) === header.sizeBytes) return;',
        'return;',
        'refuses a pax size that contradicts',
      ],
    ]),
  ],
};
