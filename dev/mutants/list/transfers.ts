import { guards, type Area } from '../mutant.ts';

const uploads = 'app/api/v1/uploads/uploads.db.test.ts';
const died = 'of which one’s portal died: the other goes on once the lease is over';

const cancel = 'lib/requests/cancel.db.test.ts';
const newer = 'takes the place of those of its project, policy and ref';

/** Uploads in parts: whose they are, which bytes are kept, and that one call at a time writes. Who cancels what, and that it ends. */
export const transfers: Area = {
  name: 'transfers',
  mutants: [
    ...guards('lib/uploads/parts/find.ts', uploads, [
      ['row?.caller !== caller', 'row === null', 'is nobody else’s'],
      ['if (row.expiresAt > now()) return row;', 'return row;', 'that nobody finishes within a day goes'],
      [
        'SET is_stopped = TRUE,\n             writer',
        'SET writer',
        'of which one asks where it stands: the other, which sends nothing more, ends and keeps what arrived',
      ],
    ]),
    ...guards('lib/uploads/parts/lease.ts', uploads, [
      [' OR writer_until < clock_timestamp()', ' OR TRUE', died],
      [
        '            OR writer_until > clock_timestamp() + ${strangeLength}::interval',
        '',
        'of which one’s portal died while the database’s clock was ahead: the other goes on',
      ],
    ]),
    ...guards('lib/platform/storage/partial-files.ts', 'lib/platform/storage/partial-files.test.ts', [
      [
        'const [file, taken] = [fileOf(id), fileOf(randomUUID())];',
        'const [file, taken] = [fileOf(id), fileOf(id)]; void randomUUID;',
        'is nobody’s to write in while it becomes the object, also for who takes the first call for dead',
      ],
    ]),
    ...guards('lib/uploads/parts/append.ts', uploads, [
      [
        'if (offset !== Number(row.offsetBytes)) throw',
        'if (false) throw',
        'are refused with where it goes on',
      ],
      [
        "if (ended !== 'stored') await removePart(ctx, row);",
        '',
        'end the upload where the file is another one',
      ],
    ]),
    ...guards('lib/uploads/parts/receive.ts', uploads, [
      [
        'if (progress.written + next.value.byteLength > sizeBytes)',
        'if (false)',
        'are refused where they are too many',
      ],
      ["hash.digest('base64') !== contentSha256", 'false', 'are told by a digest of the call'],
      [
        'await file.flush();\n  return { ending, offset: progress.written };',
        'return { ending, offset: lease.recorded() };',
        'keeps what was read before',
      ],
    ]),
    ...guards('lib/uploads/parts/remove.ts', uploads, [
      [
        'db.upload.deleteMany({ where: { id, isStored: false } }),',
        '',
        'takes its room as it begins, and gives it back once its caller gives it up',
      ],
      [
        'expiresAt: { lt: now }, OR: [{ writer: null }, { writerUntil: { lt: now } }]',
        'expiresAt: { lt: now }',
        'that nobody finishes within a day goes, with its bytes and its room; what is written stays',
      ],
    ]),
    ...guards('lib/requests/upload-parts.ts', 'lib/requests/builds.db.test.ts', [
      [
        '`build:${actor.verified.issuer}/',
        '`build:${actor.provider}/',
        'goes on with what its run uploads in parts',
      ],
    ]),
    ...guards('lib/requests/upload-parts.ts', uploads, [
      [
        "if (actor.kind === 'token' && actor.project === project) return;",
        "if (actor.kind === 'token') return;",
        'is nobody else’s',
      ],
    ]),
    ...guards('lib/requests/cancel.ts', cancel, [
      ['  await authorise(ctx, request);', '', 'is cancelled by its run'],
      ['    submitter.run !== actor.run\n', '    false\n', 'is cancelled by its run'],
      [
        'return issuerOfBuilds(snapshot, place) === actor.verified.issuer;',
        'return issuerOfBuilds(snapshot, place) !== null;',
        'isn’t cancelled by a run of another server',
      ],
      ['  await refuseEnded(ctx, id);', '', 'that has ended isn’t'],
      [
        '(actor.policies.length === 0 || actor.policies.some((slug) => slug === policy))',
        'true',
        'isn’t cancelled by a token of its project for other policies alone',
      ],
    ]),
    ...guards('lib/requests/outcome.ts', cancel, [
      [
        '@> \'[{"rule": "received.cancelled", "outcome": "fail"}]\'::jsonb END',
        'IS NOT NULL END',
        'is denied where the signer refused it by itself',
      ],
    ]),
    ...guards('lib/requests/cancel-form.ts', 'lib/requests/cancel-form.test.ts', [
      ["    ['yes'],", "    ['yes', ''],", 'names each field that it can’t take'],
    ]),
    ...guards('lib/requests/supersede.ts', cancel, [
      ['AND request.source_ref = ${ref} ', '', newer],
      [
        "AND coalesce(state.status, 'received') IN ('received', 'checking', 'waiting-for-approval')",
        '',
        newer,
      ],
      ['if (sourceRefOf(ctx) !== null) return;', 'return;', 'is refused where nobody says of which ref'],
      ['if (!isOlder(row, ctx, newer)) continue;', '', 'takes no newer one’s place'],
      [
        'return BigInt(other.attempt) < BigInt(actor.attempt) && name',
        'return name',
        'takes no newer one’s place',
      ],
    ]),
    ...guards('lib/requests/submit.ts', cancel, [
      [
        'if (!isLost && !isEnding) return',
        'if (!isLost) return',
        'that is cancelled is nobody’s to wait for',
      ],
    ]),
    ...guards('lib/requests/check-configuration.ts', cancel, [
      [
        'if (named === undefined || named === asked.configuration) return;',
        'return;',
        'has the same artifact and provenance',
      ],
    ]),
    ...guards('signer/daemon/intake/cancelled.ts', 'signer/daemon/intake/cancelled.db.test.ts', [
      [
        '  if (findings !== null)\n    await run.step(',
        '  if (findings === null)\n    await run.step(',
        'a cancelled request ends',
      ],
    ]),
    ...guards('signer/daemon/intake/final-check.ts', 'signer/daemon/intake/final-check.test.ts', [
      [
        'const cancelled = await findCancelled(context, id);',
        'const cancelled = (await findCancelled(context, id)) && null;',
        'ends a request that was cancelled',
      ],
    ]),
    ...guards('signer/daemon/turns/find.ts', 'signer/daemon/turns/turns.db.test.ts', [
      [
        'EXISTS (SELECT 1 FROM portal.cancellation AS one WHERE one.request_id = open.request_id)\n   OR ',
        '',
        'a cancellation, whatever the request waits for',
      ],
    ]),
    ...guards('app/api/_edge/answer.ts', 'dev/api-contract/contract.db.test.ts', [
      [
        "request.method === 'HEAD' ? await headOf(response) : response",
        'response',
        'a head begins no stream',
      ],
    ]),
    ...guards('app/api/_edge/body.ts', 'app/api/_edge/body.test.ts', [
      [
        "if (coding === '' || coding === 'identity') return;",
        'return;',
        'a body with Content-Encoding: gzip is refused',
      ],
    ]),
    ...guards('app/api/_edge/range.ts', 'app/api/_edge/range.test.ts', [
      ['if (condition !== null && condition !== etag) return null;', '', 'of another file than'],
    ]),
  ],
};
