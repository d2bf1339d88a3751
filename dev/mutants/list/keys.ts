import { guards, type Area } from '../mutant.ts';

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
        'takes no revocation that is a signature of a document',
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
    ...guards('signer/keyholder/token/token.ts', 'signer/keyholder/fips.hsm.test.ts', [
      ['this.#replace(session);', '{}', 'get no signature where they end with an error'],
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
