import { guards, type Area } from '../mutant.ts';

const dueTests = 'signer/rulings/due-certificates/due-certificates.test.ts';
const wrappedTests = 'dev/pki-check/wrapped-keys.hsm.test.ts';
const documents = 'signer/keyholder/holder/sign-document.test.ts';

/** Kinds of keys: who takes which, and what a token gives for them. */
export const keys: Area = {
  name: 'keys',
  mutants: [
    ...guards(
      'signer/authorities/ceremony-config/config.ts',
      'signer/authorities/ceremony-config/config.test.ts',
      [['!isRoleName(slug) ||', 'true ||', 'gives no project an OpenPGP key for the address of a role']],
    ),
    ...guards('signer/keyholder/token/mechanisms.ts', 'signer/keyholder/token/mechanisms.test.ts', [
      ['if (raw.length !== 2 * orderBytes) {', 'if (false) {', 'refuses an answer of another length'],
      ['if (r === 0n || s === 0n)', 'if (false)', 'refuses an answer whose r is 0'],
      ['digest.subarray(0, orderBytes)', 'digest', 'gives other tokens the digest, of one that is longer'],
    ]),
    ...guards('signer/daemon/checks/key-types.ts', 'signer/daemon/checks/key-types.test.ts', [
      [
        'if (type !== null && taken.includes(type)) return [];',
        'if (type !== null) return [];',
        'is refused before anything is signed where NuGet',
      ],
    ]),
    ...guards('signer/daemon/grant/index.ts', 'signer/daemon/grant/mint-grant.test.ts', [
      [
        'type !== null && takes.includes(type)',
        'true',
        'is refused for a key that no verifier of the format takes',
      ],
    ]),
    ...guards('signer/daemon/grant/index.ts', 'signer/daemon/grant/mint-grant.test.ts', [
      [
        'key.entry.purpose === use && key.entry.serves === purpose',
        'true',
        'of a file’s own bytes is for the project’s own key',
      ],
    ]),
    ...guards('lib/core/policy/own-keys.ts', 'lib/core/policy/own-keys.test.ts', [
      ['if (value[field] !== undefined) continue;', 'continue;', 'signatures by '],
      ['if (other === undefined) continue;', 'continue;', 'one name never stands for two kinds of keys'],
    ]),
    ...guards('lib/core/pki/openpgp/published.ts', 'lib/core/pki/openpgp/published.test.ts', [
      [
        'if (!verifier.verify(key.publicKey, signature))',
        'if (false)',
        'takes no revocation that another key signed',
      ],
      [
        'type !== signatureTypes.keyRevocation || ',
        '',
        'takes no revocation that is a signature of a document whose bytes are the key’s',
      ],
      ['if (!primary.body.equals(keyBody(key)))', 'if (false)', 'is refused: another key’s certificate'],
    ]),
    ...guards('lib/certificates/open-own-key.ts', 'lib/certificates/open-own-key.test.ts', [
      [
        'if (record.revocation !== null && revocation === null) return null;',
        '',
        'is withheld once it is revoked, until the file itself says so',
      ],
      [
        'of === domain && webKeyName(local) === input.name',
        'webKeyName(local) === input.name',
        'is found by both methods, at the portal’s own domain alone',
      ],
    ]),
    ...guards('signer/authorities/revocation/openpgp.ts', 'signer/authorities/revocation/openpgp.test.ts', [
      ['if (!register.has(serial)) continue;', '', 'nothing is published of a key that isn’t revoked'],
      [
        'publishedOpenPgpKey(key, certificate, text);',
        '',
        'a revocation that is missing, or another key’s, is a failure',
      ],
    ]),
    ...guards('signer/daemon/checks/own-keys.ts', 'signer/daemon/checks/own-keys.test.ts', [
      ['entry.purpose === use && ', '', 'is refused for another method'],
      ['entry.serves === purpose && ', '', 'is refused that serves tests'],
      [
        ' && blockingRevocation(candidate, keys, revocations) === null',
        '',
        'is refused once revoked, and outside its life',
      ],
    ]),
    ...guards('signer/keyholder/holder/sign-grant.ts', documents, [
      ['if (isOfDocument(grant)) checkDocument(grant, key);', '', 'is refused with a trailer of another key'],
    ]),
    ...guards('signer/keyholder/holder/sign-document.ts', documents, [
      [
        'if (entry.serves !== grant.serves) {',
        'if (false) {',
        'is refused for a test with the key for releases',
      ],
      [
        '!fingerprint.equals(own) || hash !== grantHash(grant)',
        'hash !== grantHash(grant)',
        'is refused with a trailer of another key',
      ],
      [
        'if (!whole.digest().equals(sha256))',
        'if (false)',
        'is refused over another file than the granted one',
      ],
      [
        "if (sha256.toString('hex') !== grant.unsignedSha256)",
        'if (false)',
        'is refused where what is to be signed is another file than the grant names',
      ],
      [
        'if (verifier.verify(key.certificate.publicKey, signature)) return signature;',
        'return signature;',
        'gets no signature that its record’s key doesn’t verify',
      ],
      [
        'ports.signChunks === null\n',
        'true\n',
        'is hashed by the token where hashes may be made by it alone',
      ],
    ]),
    ...guards('signer/keyholder/holder/approved.ts', 'signer/keyholder/fips.hsm.test.ts', [
      [
        "await checkApprovedToken(token, publicKey.asymmetricKeyType === 'ec' ? 'ec' : 'rsa', hash);",
        '',
        'signs by SHA-256, and is refused as not approved for the other',
      ],
    ]),
    ...guards('signer/keyholder/token/token.ts', 'signer/keyholder/fips.hsm.test.ts', [
      [
        'if (pkcs11ReturnValue(error) === null) session.replace();',
        '',
        'get no signature where they end with an error',
      ],
    ]),
    ...guards('signer/rulings/trust/choose-key.ts', 'signer/daemon/checks/policy.test.ts', [
      [' && isAnnouncedFor(entry, at);', ';', 'the newest signs, wherever the registry has it'],
      [
        'key.certificate.validFromDate >= newest.certificate.validFromDate ? key : newest',
        'key',
        'the newest signs, wherever the registry has it',
      ],
    ]),
    ...guards('signer/keyholder/holder/sign-grant.ts', 'signer/keyholder/holder/sign-grant.test.ts', [
      [
        'if (notUsedBefore !== undefined && now.getTime() < Date.parse(notUsedBefore)) {',
        'if (false) {',
        'is refused before the day for which its certificate is announced',
      ],
    ]),
    ...guards('signer/rulings/due-certificates/due-certificates.ts', dueTests, [
      [
        'if (newest === null || !good.includes(newest)) return ofNewKey;',
        'if (newest === null) return ofNewKey;',
        'are announced for as long as the foundation says',
      ],
      ['entry.holder === undefined,', 'true,', 'are announced for as long as the foundation says'],
    ]),
    ...guards('signer/keyholder/protocol/registry.ts', 'signer/keyholder/protocol/registry.test.ts', [
      ['if (problem !== null) issues.push', 'if (false) issues.push', 'has several certificates for one key'],
      [
        'if (own.holder?.organization !== entry.holder?.organization)',
        'if (false)',
        'has several certificates for one key',
      ],
    ]),
    ...guards('signer/keyholder/protocol/registry.ts', 'dev/pki-check/certificates-of-one-key.hsm.test.ts', [
      [
        'if (own !== undefined && !own.certificate.publicKey.equals(certificate.publicKey))',
        'if (false)',
        'of which one is for another key are no registry',
      ],
    ]),
    ...guards('signer/keyholder/protocol/wrapped-key.ts', 'signer/keyholder/protocol/wrapped-key.test.ts', [
      ['if (digest !== sha256) {', 'if (false) {', 'is another one’s if its digest is'],
      [
        'if (key.label === label && key.by === by) return key;',
        'return key;',
        'is for the key and the wrapping key',
      ],
    ]),
    ...guards('signer/keyholder/token/unwrap.ts', wrappedTests, [
      [
        'if (stays && !protection.encrypts && !protection.decrypts && !protection.signs)',
        'if (stays)',
        'refuses a wrapping key that gives keys back',
      ],
      ['    destroy(session, handle);\n', '', 'leaves no object behind, also where signing fails'],
      [
        'if (modulusOf(key.publicKey) === modulus) return;',
        'return;',
        'leaves no object behind, also where signing fails',
      ],
    ]),
    ...guards('signer/authorities/ceremony/find-key.ts', wrappedTests, [
      [
        'if (!requireUnwrapTemplate || !(await givesKeysBack(token, key))) return;',
        'return;',
        'refuses a wrapping key that gives keys back',
      ],
    ]),
    ...guards(
      'signer/authorities/ceremony/private-file.ts',
      'signer/authorities/ceremony/private-file.test.ts',
      [['if (process.getuid?.() === 0) await chown(path, uid, gid);', '', 'belongs to whom root gave']],
    ),
    ...guards('signer/authorities/ceremony/main.ts', 'dev/pki-check/rewrapped-keys.hsm.test.ts', [
      ["confirmed !== undefined && confirmed !== 'yes'", 'false', 'is confirmed by “yes” alone'],
    ]),
    ...guards('signer/authorities/ceremony/rewrap-keys.ts', 'dev/pki-check/rewrapped-keys.hsm.test.ts', [
      ['        await tryWrappedKey(token, key);\n', '', 'refuses to confirm a file'],
      [
        '  await refuseGivingBack(token, again, how);\n',
        '',
        'refuses another wrapping key that gives keys back',
      ],
    ]),
    ...guards('signer/keyholder/client/open-key-holder.ts', 'dev/pki-check/several-tokens.hsm.test.ts', [
      ['      this.#keepRefusedPins(answer.pinsRefused);\n', '', 'tries a wrong PIN of one once'],
    ]),
    ...guards('signer/daemon/signing/verify-document.ts', 'signer/daemon/signing/verify-document.test.ts', [
      [' | constants.O_NOFOLLOW', '', 'a file is verified that lies there itself'],
    ]),
    ...guards('signer/daemon/signing/signer.ts', 'signer/daemon/signing/signer.test.ts', [
      [
        'began < validFromDate ? validFromDate : began',
        'began',
        'a signature by a project’s own key is never older',
      ],
    ]),
    ...guards('signer/keyholder/client/turns.ts', 'signer/keyholder/client/turns.test.ts', [
      ['last.then(work)', 'work()', 'each has its turn once the one before is done'],
    ]),
    ...guards('signer/daemon/signing/ask-keyholder.ts', 'signer/daemon/signing/sign-file.test.ts', [
      [", 'GRANT_EXPIRED']", ']', 'get another grant where theirs expired while others were read'],
    ]),
    ...guards('signer/keyholder/holder/read-document.ts', documents, [
      [' | constants.O_NOFOLLOW', '', 'is refused without a file, and for what is no plain file'],
    ]),
    ...guards('lib/core/pki/openpgp/signature.ts', documents, [
      ['if (form === null)', 'if (false)', 'is refused with a trailer of a certification'],
      [
        'hashed.left > 0 || !expected.equals(Buffer.from(trailer))',
        'false',
        'is refused with a trailer with another ending',
      ],
    ]),
    ...guards('lib/core/pki/x509/lint/rules.ts', 'lib/core/pki/x509/issue-certificate.test.ts', [
      ['if (signsFiles.includes(kind) && ', 'if (', 'refuses a key on a curve for'],
    ]),
  ],
};
