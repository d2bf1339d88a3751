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
      ['if (entry.project !== project) {', 'if (false) {', refusals],
      ['if (entry.program !== program) {', 'if (false) {', refusals],
      ['  checkCertificate(key, ports.now());\n', '', 'is refused at'],
      ['  checkShape(grant);\n', '', 'for a revocation list signs neither an answer nor a certificate'],
      ['if (recorded !== null) return recorded;', '', 'gets its signature once'],
      [
        'if (await ports.journal.isBoundToOther(slot, { toBeSignedSha256, keyLabel: grant.keyLabel }))',
        'if (false)',
        'is refused for other bytes of a file that was granted before',
      ],
      ['ports.rateLimit.take(ports.now().getTime());', '', 'is refused over the rate'],
      [
        'if (verify(hash, toBeSigned, certificate.publicKey, signature)) return signature;',
        'return signature;',
        'gets no signature that its certificate doesn’t verify',
      ],
    ]),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/segments.test.ts', [
      [
        'sha256(bytes) === place.lineSha256 ? parseJournalRecord(bytes) : null',
        'parseJournalRecord(bytes)',
        'or none yet: gives no signature that was changed in the open file',
      ],
      [
        '...(await this.#closed.grantsFor(slot)), ',
        '',
        'knows the signature of a place under whichever grant',
      ],
      [
        'if (place === undefined) return this.#closed.findSignature(grantId);',
        'if (place === undefined) return null;',
        'knows every signature and every place',
      ],
      [
        'if (closed !== null) return closed.entry.digest !== wanted;',
        '',
        'knows every signature and every place',
      ],
      [
        'size === expected && there?.ino === ino',
        'size === expected',
        'cut by another keyholder takes the file from the first',
      ],
      [
        "else if (one.record.entry.kind === 'segment')",
        'else if (false)',
        'with a record in the middle that names a segment',
      ],
      [
        'if (missing.get(head.sequence)?.head === head.sha256)',
        'if (missing.has(head.sequence))',
        'where the file has other records of the same numbers',
      ],
      ['    await this.#removeInterrupted(further);\n', '', 'where the file is an old copy'],
      [
        'if (isFirst) await this.#removeInterrupted(',
        'if (false) await this.#removeInterrupted(',
        'with an empty file behind its segments',
      ],
      ['if (isTakenOver) await this.#cut(at);', '', 'takes a long file of an earlier version over'],
    ]),
    ...guards('signer/keyholder/holder/piece.ts', 'signer/keyholder/holder/segments.test.ts', [
      [
        '    this.#listNumber = Math.max(this.#listNumber, listNumberOf(entry));\n',
        '',
        'tells the highest number of a list',
      ],
    ]),
    ...guards('signer/keyholder/segments/closed-segments.ts', 'signer/keyholder/holder/segments.test.ts', [
      [
        'follows !== null && footers[count - 1]?.sha256 !== follows.footerSha256',
        'false',
        'with a last footer that was made anew',
      ],
      [
        "createHash('sha256').update(line).digest('hex') === entry.digest",
        'true',
        'whose signature was changed gives none',
      ],
    ]),
    ...guards('signer/keyholder/segments/footer.ts', 'signer/keyholder/holder/segments.test.ts', [
      ['footer.before === (before?.sha256 ?? zeros)', 'true', 'with a footer that was made anew'],
    ]),
    ...guards('signer/keyholder/segments/segment-index.ts', 'signer/keyholder/holder/segments.test.ts', [
      [
        'if (wanted.compare(block, 0, keyBytes) !== 0) break;',
        'break;',
        'finds all of a place in one segment',
      ],
      [
        "return sha256(end).toString('hex') === footer.index.sha256;",
        'return true;',
        'with an index whose directory was changed',
      ],
      [
        'return sha256(block).compare(this.#directory, start, start + 32) === 0;',
        'return true;',
        'whose index was changed in use is noticed',
      ],
    ]),
    ...guards('signer/keyholder/client/read-journal.ts', 'signer/keyholder/holder/segments.test.ts', [
      [
        'if (head.sequence === footer.last && head.sha256 === footer.head) return;',
        'return;',
        'that lost its end is no chain',
      ],
      ['if (first === null && further.length > 0)', 'if (false)', 'with no file behind its segments'],
    ]),
    ...guards('signer/ground/journal/verify-ranges.ts', 'signer/ground/journal/verify-ranges.db.test.ts', [
      [
        'if (!verdict.intact || BigInt(verdict.entries) === last) return verdict;',
        'return verdict;',
        'is broken where it ends before a range does',
      ],
      ['if (known !== undefined && known !== found)', 'if (false)', 'is held to the hash of a signed digest'],
      [
        'const broken = verdicts.find((verdict) => !verdict.intact);',
        'const broken = undefined;',
        'in processes says the first break of all',
      ],
    ]),
    ...guards('signer/keyholder/client/verify-segments.ts', 'signer/keyholder/holder/segments.test.ts', [
      ['if (counted.sha256 !== footer.sha256)', 'if (false)', 'are verified one by one'],
      ['if (expected.digest !== digest)', 'if (false)', 'are compared with what their indexes say'],
      [
        'if (missing !== undefined) throw damaged',
        'if (false) throw damaged',
        'have an entry for each signature',
      ],
    ]),
    ...guards('signer/keyholder/protocol/grant-wire.ts', 'signer/keyholder/holder/earlier-journal.test.ts', [
      ['    ...fileOf(grant),\n', '', 'knows releaseOfAnInnerFile by the same id'],
      [
        'canonicalJson({ purpose, requestId, leafPath, ...round })',
        'canonicalJson({ purpose, requestId, ...round })',
        'knows releaseOfAnInnerFile by the same id',
      ],
    ]),
    ...guards('signer/keyholder/protocol/grant-wire.ts', 'signer/keyholder/holder/sign-grant.test.ts', [
      [
        '    ...(hash === undefined ? {} : { hash }),\n',
        '',
        'is numbered by its hash function and its round, where it names them',
      ],
      ['leafPath, ...round })', 'leafPath })', 'for a second signature of the file has a place of its own'],
    ]),
    ...guards('signer/keyholder/grant/sealed.ts', 'signer/keyholder/grant/sealed.test.ts', [
      ['if (by !== sealing)', 'if (false)', 'can’t be made with the constructor of an existing one'],
      [
        'if (!(#proof in grant)) {',
        'if (false) {',
        'can’t be forged from its wire form, a copy or a prototype',
      ],
      ['if (grant.#redeemed) {', 'if (false) {', 'is redeemed once'],
      ['if (!checked.success) throw', 'if (false) throw', 'is not minted with an empty member'],
    ]),
    ...guards('signer/authorities/tsa/mint-grant.ts', 'signer/authorities/tsa/mint-grant.test.ts', [
      [
        'if (Math.abs(age) > readMillisecondsMax) {',
        'if (false) {',
        'is not granted at a time that was read',
      ],
    ]),
    ...guards('signer/authorities/tsa/read-time.ts', 'signer/authorities/tsa/mint-grant.test.ts', [
      ["if (problem !== null) throw new TsaError('CLOCK_WRONG', problem);", '', 'is no proof while'],
      [
        'if (at.getTime() < lastMs - clockToleranceMs) {',
        'if (false) {',
        'is no proof after the clock went back',
      ],
    ]),
    ...guards(
      'signer/authorities/revocation/mint-answer-grant.ts',
      'signer/authorities/revocation/mint-answer-grant.test.ts',
      [
        [
          "if (revocations.has(serial) !== (status.status === 'revoked')) {",
          'if (false) {',
          'is not granted if it states',
        ],
      ],
    ),
    ...guards('signer/keyholder/holder/journal.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        'const flags = constants.O_RDWR | constants.O_APPEND;',
        'const flags = constants.O_RDWR;',
        'finds recorded signatures after a restart',
      ],
      [
        'await this.#expectSize(end + lines.length);',
        '',
        'loses no record where two processes append at the same instant',
      ],
    ]),
    ...guards('signer/keyholder/segments/read-records.ts', 'signer/keyholder/holder/journal.test.ts', [
      [
        "if (record === null) throw tampered('not a journal record');",
        'if (record === null) break;',
        'refuses to open with an empty line',
      ],
      [
        'record.sequence !== head.sequence + 1 || record.previous !== head.sha256',
        'record.sequence !== head.sequence + 1',
        'refuses to open with a changed signature',
      ],
    ]),
  ],
};
