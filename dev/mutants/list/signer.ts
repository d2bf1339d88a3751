import { guards, type Area } from '../mutant.ts';

const auditExports = 'signer/daemon/audit/audit.hsm.test.ts';
const register = 'signer/rulings/revocations/register.test.ts';

/** The steps of a pass, and what the signer remembers. */
export const signer: Area = {
  name: 'signer',
  mutants: [
    ...guards('signer/keyholder/holder/log-main.ts', auditExports, [
      [
        'if (parseDigest(text) === null && parseStatement(text) === null) {',
        'if (false) {',
        'signs nothing but digests of audit exports',
      ],
      ['    return refusalOf(error);', '    throw error;', 'signs the texts of a round each by itself'],
      [
        'if (key.verifierKey !== known.verifierKey) {',
        'if (false) {',
        'must be the one in the registry, or nothing is signed',
      ],
    ]),
    ...guards('signer/daemon/audit/walk-journal.ts', auditExports, [
      [
        'if (!verdict.intact) {',
        'if (verdict.intact && false) {',
        'isn’t made from a journal whose chain is broken, or that isn’t the one that this signer’s anchor names',
      ],
      [
        '  await checkAnchor(database, anchorFile);\n',
        '',
        'isn’t made from a journal whose chain is broken, or that isn’t the one that this signer’s anchor names',
      ],
    ]),
    ...guards('signer/daemon/audit/requested.ts', auditExports, [
      [
        'if (problem !== null) return',
        'if (problem === undefined) return',
        'isn’t made of a period that isn’t over or is reversed',
      ],
      [
        'AND NOT EXISTS (SELECT FROM signer.audit_refusal WHERE export_id = requested.id)',
        '',
        'is made in one round behind any number of malformed requests and of periods that aren’t over',
      ],
    ]),
    ...guards('signer/daemon/checks/received.ts', 'signer/daemon/checks/received.test.ts', [
      [
        'if (digests.sha256 !== request.artifactSha256) {',
        'if (false) {',
        'is refused if its bytes are not those submitted, whatever their name',
      ],
      [
        "if (digests === 'too-large') {",
        "if (digests === 'too-large' && sizeBytesMax < 0) {",
        'is refused if it is missing, or larger than the signer accepts',
      ],
    ]),
    ...guards('signer/ground/store/index.ts', 'signer/ground/store/index.test.ts', [
      [
        "if (found.sizeBytes > sizeBytesMax) return 'too-large';",
        '',
        'copies nothing of an object that is too large',
      ],
      [
        'if (sizeBytes > sizeBytesMax) {',
        'if (false) {',
        'stops reading a store that returns more than it announced',
      ],
    ]),
    ...guards('signer/daemon/checks/policy.ts', 'signer/daemon/checks/policy.test.ts', [
      ['&& revocationOf(candidate) === null,', ',', 'that is revoked signs nothing more'],
      ['    entry.program === program &&\n', '', 'that was issued for another program'],
    ]),
    ...guards('signer/rulings/revocations/register.ts', register, [
      [
        'const earlier = effectiveAt < before.effectiveAt;',
        'const earlier = true;',
        'adopts an earlier date and a compromised key, but no later date and no milder reason',
      ],
      [
        "value.reason === 'keyCompromise' && before.reason !== 'keyCompromise';",
        'value.reason !== before.reason;',
        'adopts an earlier date and a compromised key, but no later date and no milder reason',
      ],
      [
        'const next = new Map(this.#known);',
        'const next = new Map<string, KnownRevocation>();',
        'never forgets',
      ],
    ]),
    ...guards('signer/daemon/intake/process.ts', 'signer/daemon/intake/stale-policy.git.test.ts', [
      [
        '  context.policy.checkFresh();\n',
        '',
        'a request waits, and isn’t judged, while the policy is older than the foundation allows',
      ],
      [
        '  context.clock.check();\n',
        '',
        'a request waits, and isn’t judged, while the host’s clock isn’t believed',
      ],
    ]),
    ...guards('signer/daemon/intake/may-take.ts', 'signer/daemon/intake/may-take.test.ts', [
      [
        'if (clock.problem() !== null) return false;',
        '',
        'a signer whose clock isn’t believed takes nothing',
      ],
    ]),
    ...guards('signer/daemon/run/run.ts', 'signer/daemon/run/run.db.test.ts', [
      ['at: this.written(), entries', 'at: this.now(), entries', 'writes other times than it judges by'],
      [
        'new Date(this.written().getTime() + delaySeconds',
        'new Date(this.now().getTime() + delaySeconds',
        'writes other times than it judges by',
      ],
    ]),
    ...guards('signer/daemon/requests/load.ts', 'signer/daemon/requests/load.db.test.ts', [
      [
        " OR ${state}.updated_at > ${now}::timestamptz + interval '2 minutes'",
        '',
        'are checked again though their last check has a time that hasn’t been yet',
      ],
    ]),
    ...guards('signer/daemon/health/index.ts', 'signer/daemon/health/health.db.test.ts', [
      [
        'VALUES ($1, $2, $3, $4, $5, clock_timestamp())',
        "VALUES ($1, $2, $3, $4, $5, clock_timestamp() - interval '1 day')",
        'what a signer tells of itself has the database’s time though its clock is off by',
      ],
    ]),
    ...guards('signer/daemon/clock/watch-clock.ts', 'signer/daemon/clock/watch-clock.test.ts', [
      [
        'if (compared === null || problem() === null) return now();',
        'return now();',
        'gives the database’s time for what is judged meanwhile, after a jump by',
      ],
      [
        'new Date(Math.min(now().getTime(), time().getTime()))',
        'time()',
        'gives no time that hasn’t been yet to what is written down',
      ],
      ['return Math.abs(jump) > toleranceMilliseconds', 'return false', 'isn’t believed after a jump by'],
      ['  Math.abs(ahead) > toleranceMilliseconds\n', '  false\n', 'isn’t believed where it differs by'],
      [
        'Math.max(wall - (ended - began) - at, 0)',
        'Math.max(wall - at, 0)',
        'is believed where the way takes long',
      ],
      [
        "  if (compared === null) return 'this",
        "  if (false) return 'this",
        'isn’t believed before it was compared',
      ],
    ]),
    ...guards('signer/inspector/child/inspect-container.ts', 'signer/inspector/inspect.test.ts', [
      ['sign === null && detached', 'detached', 'accounts for every file of a tar.gz'],
    ]),
    ...guards('signer/daemon/scan/read-scanned.ts', 'signer/daemon/scan/clamd.clamd.test.ts', [
      ['piece === null ? [0, source.size]', 'true ? [0, source.size]', 'scans a piece of a file by itself'],
      [
        'start + length <= this.#start + this.#bytes.length',
        'true',
        'answers hundreds of small files over one connection',
      ],
    ]),
    ...guards('signer/daemon/scan/clamd-session.ts', 'signer/daemon/scan/clamd-session.test.ts', [
      [
        'if (id < 1 || id > sent || answers.has(id)) fail',
        'if (id > sent || answers.has(id)) fail',
        'counts for nothing where an answer',
      ],
      [
        'if (id < 1 || id > sent || answers.has(id)) fail',
        'if (id < 1 || answers.has(id)) fail',
        'counts for nothing where an answer',
      ],
      [
        'if (id < 1 || id > sent || answers.has(id)) fail',
        'if (id < 1 || id > sent) fail',
        'counts for nothing where an answer',
      ],
      ['await untilOutstanding(outstandingMax - 1);', '', 'has at most eight files under way'],
      ['if (number > sessionFilesMax) throw', 'if (false) throw', 'takes no more than a thousand files'],
      [
        'if (unread.byteLength > answerBytesMax) fail',
        'if (false) fail',
        'counts for nothing where an answer',
      ],
    ]),
    ...guards('signer/daemon/scan/scan-all.ts', 'signer/daemon/scan/scan-all.test.ts', [
      ['if (verdict === undefined) throw', 'if (false) throw', 'are none where a session has fewer verdicts'],
      [
        'sizeBytes <= smallBytesMax && sha256 !== ahead?.sha256',
        'sizeBytes <= smallBytesMax',
        'waits for the scan that was begun before',
      ],
    ]),
    ...guards('signer/daemon/scan/scan-all.ts', 'signer/daemon/checks/scan.test.ts', [
      [
        'sha256 === ahead?.sha256 ? await',
        'ahead !== null ? await',
        'counts a scan begun before for the file of that digest',
      ],
      [
        'if (sizeBytes > streamSizeBytesMax) return tooLarge',
        'if (false) return tooLarge',
        'refuses a file larger than',
      ],
      [
        'Math.min(sessionFileBytesMax, streamSizeBytesMax)',
        'sessionFileBytesMax',
        'refuses a file larger than the scanner is prove',
      ],
    ]),
    ...guards('signer/daemon/scan/try-canaries.ts', 'signer/daemon/scan/proven-scanner.clamd.test.ts', [
      [
        'if (!isExpected(canary, verdict)) throw',
        'if (isExpected(canary, verdict) && false) throw',
        'is not used if',
      ],
      [
        'if (verdict === undefined || !isExpected(canary, verdict))',
        'if (false)',
        'is none where clamd answers one file of a session',
      ],
    ]),
    ...guards('signer/daemon/scan/read-scanned.ts', 'signer/daemon/scan/read-scanned.test.ts', [
      [
        'if (sizeBytes > sessionFileBytesMax)',
        'if (sizeBytes < 0)',
        'is nothing of a file that is larger than a small one',
      ],
    ]),
    ...guards('signer/daemon/scan/proven-scanner.ts', 'signer/daemon/scan/proven-scanner.clamd.test.ts', [
      [
        'if (!(error instanceof UnreadableFile)) proof = null;',
        'proof = null;',
        'stays tested where a file is not as it was inspected',
      ],
      [
        'if (signal?.aborted !== true) lost(error);',
        'lost(error);',
        'stays tested where a scan was stopped on this side',
      ],
      [
        'if (one?.version !== version) return false;',
        'if (one === undefined) return false;',
        'expires with the engine or database that it was made for',
      ],
    ]),
    ...guards('signer/inspector/session.ts', 'signer/inspector/session.test.ts', [
      [
        'this.#open.get(folder) ?? this.#start(folder)',
        '[...this.#open.values()][0] ?? this.#start(folder)',
        'every request has a child of its own',
      ],
      [
        '    await endChild(session);\n    return session.isClean;',
        '    return session.isClean;',
        'every request has a child of its own',
      ],
      [
        'if (child !== null && !(await child.end())) session.isClean = false;',
        'await child?.end();',
        'of a child that died by itself, nothing is proved',
      ],
      [
        'if (!this.#keepsSpare || this.#isClosed || this.#spare !== null) return;',
        'return;',
        'a spare waits for the next request',
      ],
      [
        'this.#options.compiled?.(work) ?? null',
        'null',
        'children of a built inspector start with code that V8 takes',
      ],
    ]),
    ...guards('signer/inspector/sandbox/command.ts', 'signer/inspector/sandbox/sandbox.test.ts', [
      [
        '...files.write.map(',
        '...[...files.write, ...taken].map(',
        'takes compiled code that it can’t write to',
      ],
    ]),
    ...guards('signer/inspector/child/start.ts', 'signer/inspector/sandbox/sandbox.test.ts', [
      [
        '((name) =>\n  allowedBuiltins.has(name) ? (load(name) as unknown) : refuse(`module ${name}`),\n)',
        '(load)',
        'gets what it may load by a function that has nothing else to give',
      ],
    ]),
    ...guards('signer/inspector/sandbox/child.ts', 'signer/inspector/sandbox/child.test.ts', [
      [
        'if (stderrSaidBytes > stderrSaidBytesMax) stop(unasked());',
        'if (stderrSaidBytes < 0) stop(unasked());',
        'errors without an end are no answer',
      ],
    ]),
    ...guards('signer/inspector/growing-buffer.ts', 'signer/inspector/growing-buffer.test.ts', [
      ['this.#room.set(chunk, this.#length);', '', 'nothing of what comes a byte at a time is kept'],
      ['    this.#room = none;\n', '', 'what comes in pieces of any size is put together'],
      ['    this.#length = 0;\n', '', 'what comes in pieces of any size is put together'],
    ]),
    ...guards('signer/inspector/sandbox/processes.ts', 'signer/inspector/sandbox/processes.test.ts', [
      ["found?.startTicks !== startTicks || found.state === 'Z'", 'true', 'is not gone while it runs'],
      [
        'found?.startTicks !== startTicks ||',
        'found === null ||',
        'is not gone while it runs, and is gone where another has its number',
      ],
    ]),
    ...guards('signer/inspector/child/file-source.ts', 'signer/inspector/session.test.ts', [
      [
        'if (known?.as === as)',
        'if (known !== undefined)',
        'a file that changes after it was inspected is not signed',
      ],
      ['if (size === sizeBytes) hashed', 'hashed', 'what the daemon hashed isn’t hashed again'],
    ]),
    ...guards('signer/inspector/child/file-source.ts', 'signer/inspector/file-source.test.ts', [
      ['held?.readers === 0', 'held !== null', 'a small file that is read stays what it is'],
      ['sizeBytes + value.length > pieceBytesMax', 'false', 'small files that are only read are pieces'],
      [
        'if (pieceIn(file) === null) await unlink',
        'await unlink',
        'small files that are only read are pieces',
      ],
      [
        'piece !== null && ofPieces.has(dirname(piece.file)) ? piece : null',
        'piece',
        'a file that is named as a piece is, and lies where there are none',
      ],
      ['known?.as === as ?', 'known !== undefined ?', 'the content of a file is known as the same until'],
    ]),
    ...guards('lib/core/formats/random-access.ts', 'lib/core/formats/random-access.test.ts', [
      [
        'const isInside = offset + target.length <= source.size;',
        'const isInside = true;',
        'a source that ends early',
      ],
    ]),
    ...guards('lib/core/formats/zip/same-entries.ts', 'lib/core/formats/zip/same-entries.test.ts', [
      ['|| Buffer.compare(chunk, next.value) !== 0', '', 'are not the same where a record'],
      ['isSameRecord(entry, other) && (', '(', 'are not the same where a record'],
      [
        'if (other === undefined) same.delete(entry.path);\n    else if',
        'if (other !== undefined)\n    if',
        'are not the same where a record',
      ],
    ]),
    ...guards('lib/host/object-store/take-file.ts', 'signer/ground/store/index.test.ts', [
      ['found !== sha256 || ', '', 'takes over nothing that hashes to something else'],
    ]),
    ...guards('signer/inspector/sandbox/child.ts', 'signer/inspector/sandbox/sandbox.test.ts', [
      ['if (asked === null) {', 'if (false) {', 'what a child says before it is asked is no answer'],
    ]),
    ...guards('signer/inspector/sandbox/child.ts', 'signer/inspector/sandbox/child.test.ts', [
      ['if (isLast) {', 'if (true) {', 'a part behind the answer is no answer'],
      ['outputBytes += chunk.length;', 'outputBytes = chunk.length;', 'parts count towards the size'],
    ]),
    ...guards('signer/inspector/answer-lines.ts', 'signer/inspector/answer-lines.test.ts', [
      ['!listName.test(name) ||', 'false ||', 'a part of a prototype is none'],
      ['Object.keys(more).length > 0', 'false', 'a part with more in it is none'],
      [' || list.length > 0', '', 'parts before an answer with something in the list'],
      ['    this.#parts = new Map();\n', '', 'leaves nothing for the next one'],
    ]),
    ...guards('signer/inspector/child/open-nested.ts', 'signer/inspector/open-nested.test.ts', [
      [
        'return !elsewhere && draft.closedCount === before.closed;',
        'return true;',
        'reports what it couldn’t open, where, and why',
      ],
    ]),
    ...guards('signer/daemon/scan/scan-ahead.ts', 'signer/daemon/scan/scan-ahead.test.ts', [
      [
        'if (before >= atOnceMax) return null;',
        'if (before < 0) return null;',
        'is begun for a few artifacts at a time',
      ],
      [
        'found?.proven === proven ? found.verdict : null',
        'found?.verdict ?? null',
        'gives its verdict under the very proof that it was made under',
      ],
      [
        'signal.aborted || sizeBytes > proven.streamSizeBytesMax',
        'signal.aborted',
        'sends nothing that is larger than the scanner is proved to read',
      ],
      [
        'if (error instanceof Unavailable) return null;',
        '',
        'is made again in the step where clamd was away meanwhile',
      ],
      ['stop: () => stopping.abort()', 'stop: () => undefined', 'sends no more once it is stopped'],
    ]),
    ...guards('signer/daemon/scan/scan-inspected.ts', 'signer/daemon/checks/scan.test.ts', [
      [' || !isCovered(content)', '', 'sends a large archive that was opened from first byte to last'],
      [' || !archives.includes(type)', '', 'sends a large archive that was opened from first byte to last'],
      [
        'path.every((step, at) => step === within[at])',
        'path.every((step, at) => within[at]?.startsWith(step))',
        'an opaque declaration covers one file and nothing beside it',
      ],
      [
        'path, covered, opaque: isInOpaque(within, leaves) }',
        'path, covered }',
        'an opaque declaration excuses no copy elsewhere',
      ],
      [
        'unopenedFinding(file) ?? []',
        '(unopenedFinding(file), [])',
        'refuses what the inspector could not open',
      ],
      [
        "if (verdict.verdict === 'infected') return false;",
        '',
        'passes what is declared opaque with the reason in the trace, and refuses it if malware is found',
      ],
    ]),
  ],
};
