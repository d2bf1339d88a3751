import { guards, type Area } from '../mutant.ts';

const refusals = 'is refused';

/** The keyholder's own rules: it believes no grant because of who sent it. */
export const keyholder: Area = {
  name: 'keyholder',
  mutants: [
    ...guards('signer/keyholder/holder/sign-grant.ts', 'signer/keyholder/holder/sign-grant.test.ts', [
      ['if (signingGrantId(grant) !== grant.grantId) {', 'if (false) {', refusals],
      [
        'if (ports.purposes !== null && !ports.purposes.includes(grant.purpose)) {',
        'if (false) {',
        'is refused for what this key holder doesn’t sign at all',
      ],
      ['if (left <= 0) {', 'if (false) {', refusals],
      ['if (left > grantHoursMax * 3_600_000) {', 'if (false) {', refusals],
      ['if (!keyPurposeByGrant[grant.purpose].includes(entry.purpose)) {', 'if (false) {', refusals],
      ['if (entry.project !== grant.project) {', 'if (false) {', refusals],
      ['if (entry.program !== grant.program) {', 'if (false) {', refusals],
      ['  checkCertificate(key, ports.now());\n', '', 'is refused at'],
      ['  checkShape(grant);\n', '', 'for a revocation list signs no certificate'],
      ['if (recorded !== null) return recorded;', '', 'gets its signature once'],
      [
        'bound.toBeSignedSha256 === toBeSignedSha256 && bound.keyLabel === grant.keyLabel',
        'true',
        'is refused for other bytes of a file that was granted before',
      ],
      ['ports.rateLimit.take(ports.now().getTime());', '', 'is refused over the rate'],
      [
        "if (!verify('sha256', toBeSigned, key.certificate.publicKey, signature)) {",
        'if (false) {',
        'gets no signature that its certificate doesn’t verify',
      ],
    ]),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        ' || record.entry.grantId !== grantId) {',
        ') {',
        'hands out no signature where its line was replaced by another grant’s signature',
      ],
      [
        'if (record === null) throw this.#tampered',
        'if (record === null) return bytes; else if (false) throw this.#tampered',
        'refuses to open with an empty line',
      ],
      [
        'record.sequence !== this.#sequence + 1 || record.previous !== this.#head',
        'record.sequence !== this.#sequence + 1',
        'refuses to open with a changed signature',
      ],
    ]),
  ],
};
