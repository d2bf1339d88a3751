import { guards, type Area } from '../mutant.ts';

const auditExports = 'signer/audit/audit.hsm.test.ts';
const register = 'signer/revocation/register.test.ts';

/** The steps of a pass, and what the signer remembers. */
export const signer: Area = {
  name: 'signer',
  mutants: [
    ...guards('signer/keyholder/log-child.ts', auditExports, [
      ['if (parseDigest(text) === null) {', 'if (false) {', 'signs nothing but digests of audit exports'],
      ['if (key.verifierKey !== known.verifierKey) {', 'if (false) {', 'is the one that the registry knows'],
    ]),
    ...guards('signer/audit/walk-journal.ts', auditExports, [
      [
        'if (!verdict.intact) {',
        'if (verdict.intact && false) {',
        'isn’t made of a journal whose chain is broken',
      ],
      ['  await checkAnchor(database, anchorFile);\n', '', 'isn’t made of a journal whose chain is broken'],
    ]),
    ...guards('signer/audit/wanted.ts', auditExports, [
      [
        'if (problem !== null) return',
        'if (problem === undefined) return',
        'isn’t made of a period that isn’t over',
      ],
    ]),
    ...guards('signer/checks/received.ts', 'signer/checks/received.test.ts', [
      [
        'if (digests.sha256 !== request.artifactSha256) {',
        'if (false) {',
        'is refused where its bytes are others',
      ],
      [
        "if (digests === 'too-large') {",
        "if (digests === 'too-large' && sizeBytesMax < 0) {",
        'is refused where it isn’t there',
      ],
    ]),
    ...guards('signer/store/index.ts', 'signer/store/index.test.ts', [
      ['if (written.sha256 !== sha256) {', 'if (false) {', 'refuses to release bytes that changed'],
      ['constants.O_RDONLY | constants.O_NOFOLLOW |', 'constants.O_RDONLY |', 'follows no link'],
      [
        "if (found.size > sizeBytesMax) return 'too-large';",
        '',
        'copies nothing of an object that is too large',
      ],
    ]),
    ...guards('signer/checks/policy.ts', 'signer/checks/policy.test.ts', [
      ['&& revocationOf(one) === null,', ',', 'that is revoked signs nothing more'],
      [' && entry.program === program;', ';', 'that was issued for another program'],
    ]),
    ...guards('signer/revocation/register.ts', register, [
      ['const earlier = effectiveAt < before.effectiveAt;', 'const earlier = true;', 'takes an earlier date'],
      [
        "value.reason === 'keyCompromise' && before.reason !== 'keyCompromise';",
        'value.reason !== before.reason;',
        'takes an earlier date',
      ],
      [
        'const next = new Map(this.#known);',
        'const next = new Map<string, KnownRevocation>();',
        'never forgets',
      ],
    ]),
    ...guards('signer/checks/scan.ts', 'signer/checks/scan.test.ts', [
      ['closedFinding(one) ?? []', '(closedFinding(one), [])', 'refuses what the inspector could not open'],
      ['sizeBytes > streamSizeBytesMax ? tooLarge', 'false ? tooLarge', 'refuses a file larger than'],
      ["if (verdict.verdict === 'infected') return false;", '', 'lets what is declared as opaque pass'],
    ]),
  ],
};
