import { guards, type Area } from '../mutant.ts';

const auditExports = 'signer/daemon/audit/audit.hsm.test.ts';
const register = 'signer/rulings/revocations/register.test.ts';

/** The steps of a pass, and what the signer remembers. */
export const signer: Area = {
  name: 'signer',
  mutants: [
    ...guards('signer/keyholder/holder/log-main.ts', auditExports, [
      ['if (parseDigest(text) === null) {', 'if (false) {', 'signs nothing but digests of audit exports'],
      ['if (key.verifierKey !== known.verifierKey) {', 'if (false) {', 'is the one that the registry knows'],
    ]),
    ...guards('signer/daemon/audit/walk-journal.ts', auditExports, [
      [
        'if (!verdict.intact) {',
        'if (verdict.intact && false) {',
        'isn’t made of a journal whose chain is broken',
      ],
      ['  await checkAnchor(database, anchorFile);\n', '', 'isn’t made of a journal whose chain is broken'],
    ]),
    ...guards('signer/daemon/audit/requested.ts', auditExports, [
      [
        'if (problem !== null) return',
        'if (problem === undefined) return',
        'isn’t made of a period that isn’t over, or runs backwards',
      ],
      [
        'AND NOT EXISTS (SELECT FROM signer.audit_refusal WHERE export_id = requested.id)',
        '',
        'comes in one round behind any number of malformed requests, and behind periods that aren’t over',
      ],
    ]),
    ...guards('signer/daemon/checks/received.ts', 'signer/daemon/checks/received.test.ts', [
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
    ...guards('signer/ground/store/index.ts', 'signer/ground/store/index.test.ts', [
      [
        "if (found.sizeBytes > sizeBytesMax) return 'too-large';",
        '',
        'copies nothing of an object that is too large',
      ],
      ['if (sizeBytes > sizeBytesMax) {', 'if (false) {', 'stops a store that gives more than it had said'],
    ]),
    ...guards('signer/daemon/checks/policy.ts', 'signer/daemon/checks/policy.test.ts', [
      ['&& revocationOf(candidate) === null,', ',', 'that is revoked signs nothing more'],
      ['    entry.program === program &&\n', '', 'that was issued for another program'],
    ]),
    ...guards('signer/rulings/revocations/register.ts', register, [
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
    ...guards('signer/daemon/intake/process.ts', 'signer/daemon/intake/stale-policy.git.test.ts', [
      ['  context.policy.checkFresh();\n', '', 'a request waits, and isn’t judged'],
    ]),
    ...guards('signer/daemon/scan/proven-scanner.ts', 'signer/daemon/scan/proven-scanner.clamd.test.ts', [
      [
        'if (one?.version !== version) return false;',
        'if (one === undefined) return false;',
        'ends with the engine or database',
      ],
      [
        'if (!isExpected(canary, verdict)) throw',
        'if (isExpected(canary, verdict) && false) throw',
        'is not used where',
      ],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', 'signer/inspector/open-nested.test.ts', [
      ['return draft.closedCount === before.closed;', 'return true;', 'says what it could not open'],
    ]),
    ...guards('signer/daemon/checks/scan.ts', 'signer/daemon/checks/scan.test.ts', [
      [
        'path[at]?.startsWith(`${step}!/`) === true',
        'path[at]?.startsWith(step) === true',
        'an opaque file covers itself and nothing beside it',
      ],
      [
        'unopenedFinding(one) ?? []',
        '(unopenedFinding(one), [])',
        'refuses what the inspector could not open',
      ],
      ['sizeBytes > streamSizeBytesMax ? tooLarge', 'false ? tooLarge', 'refuses a file larger than'],
      ["if (verdict.verdict === 'infected') return false;", '', 'lets what is declared as opaque pass'],
    ]),
  ],
};
