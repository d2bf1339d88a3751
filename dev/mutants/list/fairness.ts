import { guards, type Area } from '../mutant.ts';

const turns = 'signer/daemon/turns/turns.db.test.ts';
const uploads = 'lib/uploads/uploads.db.test.ts';
const quota = 'lib/uploads/project-quota.db.test.ts';
const retention = 'lib/retention/retention.db.test.ts';

/** Whose turn it is, who works on a request, and what may be stored. */
export const fairness: Area = {
  name: 'fairness',
  mutants: [
    ...guards('lib/retention/needs.ts', retention, [
      [
        "if (needs.signed) return { kind: 'good', reason: 'a release was made of it' };",
        '',
        'stay: a refused request’s, of which a release was made afterwards',
      ],
      [
        '\n           OR EXISTS (SELECT FROM users JOIN signer.release ON release.request_id = users.id)',
        '',
        'stay: a refused request’s, whose status was lost and which has a release',
      ],
      [
        "if (needs.exported) return { kind: 'good', reason: 'an audit export has it' };",
        '',
        'stay: in an audit export',
      ],
      [
        "if (needs.named) return { kind: 'good', reason: 'a report names it' };",
        '',
        'stay: named by a report',
      ],
      [
        "if (needs.open) return { kind: 'good', reason: 'an open request uses it' };",
        '',
        'stay: as the bundle of an open request',
      ],
      ['status IS NULL OR ', '', 'stay: as the bundle of an open request'],
      [
        "if (needs.younger) return { kind: 'good', reason: 'a request that is not old enough uses it' };",
        '',
        'stay: until the youngest request that used them is old enough',
      ],
      [
        "if (needs.reported) return { kind: 'now', reason: 'a report about its project is open' };",
        '',
        'stay: while a report about their project is open',
      ],
      [
        "if (needs.uploaded) return { kind: 'now', reason: 'it was uploaded again' };",
        '',
        'stay: while somebody has uploaded them again',
      ],
    ]),
    ...guards('lib/retention/turn.ts', retention, [
      [' turn_until < now() OR', ' TRUE OR', 'one at a time applies a rule'],
      [
        " OR turn_until > now() + interval '4 minutes'",
        '',
        'nobody waits for a turn that a clock which was ahead has given',
      ],
    ]),
    ...guards('lib/retention/needs.ts', retention, [
      [' OR at > ${dayAgo}', '', 'stays, though the rule was just about to remove it'],
    ]),
    ...guards('lib/uploads/objects.ts', retention, [
      [
        "AND gone.file = 'artifact'",
        "AND gone.file = 'nothing'",
        'after it was removed takes room, and goes as any upload that no request uses',
      ],
    ]),
    ...guards('lib/housekeeping/removals.ts', 'lib/housekeeping/removals.db.test.ts', [
      [
        'const at = await passedTime(portal.db, portal.now);',
        'const at = portal.now();',
        'a portal whose clock is ahead removes nothing that isn’t old',
      ],
    ]),
    ...guards('lib/platform/db/passed-time.ts', 'lib/housekeeping/removals.db.test.ts', [
      [', now().getTime()', '', 'what is old by both clocks goes, and by one alone it stays'],
    ]),
    ...guards('lib/uploads/project-quota.ts', quota, [
      [
        'if (used + need > quota.storedBytesMax) throw',
        'if (false) throw',
        'refuse an upload before its bytes are taken',
      ],
      [' + wanted.unusedBytes', '', 'refuse an upload before its bytes are taken'],
      [
        '  await requireRequests(transaction, project, quota, now);\n  if (quota.storedBytesMax === null) return Infinity;',
        '  if (quota.storedBytesMax === null) return Infinity;',
        'are refused beyond the quota, and so are files for more',
      ],
      [
        'SET stored_bytes = known.stored_bytes RETURNING stored_bytes`;\n  await requireRequests(transaction, project, quota, now);',
        'SET stored_bytes = known.stored_bytes RETURNING stored_bytes`;',
        'find no more room all at once than one after the other',
      ],
      [
        'if (used + sizeBytes > quota.storedBytesMax)',
        'if (false)',
        'refuse a request whose file was uploaded to somebody else’s room',
      ],
    ]),
    ...guards('signer/daemon/turns/find.ts', turns, [
      [
        'ELSE least(state.updated_at, $1::timestamptz) +',
        'ELSE state.updated_at +',
        'a request whose last pass has a time that hasn’t been yet',
      ],
    ]),
    ...guards('signer/daemon/turns/take.ts', turns, [
      [
        'least(greatest(extract(epoch FROM clock_timestamp() - ${turn}.work_at)::float8 / ${halfLife}, 0), 60)',
        'least(extract(epoch FROM clock_timestamp() - ${turn}.work_at)::float8 / ${halfLife}, 60)',
        'go on after the database’s clock was ahead',
      ],
      [
        'lease_until > clock_timestamp() + make_interval(secs => 2 * $1::float8)',
        '$1::float8 < 0',
        'expire, too, where the database’s clock was ahead as they were given',
      ],
      [
        'WHERE coalesce(at_work.count, 0) < $2',
        'WHERE $2::int > 0',
        'give a project no more slots than its maximum',
      ],
      ['turn.turn_at NULLS FIRST, head.due_at', 'head.due_at', 'rotate with one slot, too'],
    ]),
    ...guards('signer/daemon/turns/lease.ts', turns, [
      [
        'if (rowCount !== 1) throw new LeaseLost(requestId);',
        '',
        'keep a signer that lost one from writing anything',
      ],
      [
        "state.status IN ('completed', 'denied', 'failed')",
        'false',
        'end with the request: of one that ended, or never existed, no row is left',
      ],
    ]),
    ...guards('signer/daemon/checks/deciding-digest.ts', 'signer/daemon/checks/deciding-digest.test.ts', [
      ['`${digest}\\n${revoked}`', '`${digest}`', 'is something else once a certificate is revoked'],
    ]),
    ...guards('signer/daemon/turns/find.ts', turns, [
      [
        "  await database.query('DELETE FROM portal.arrival WHERE seq = ANY($1::bigint[])', [\n    arrivals.map((arrival) => arrival.seq),\n  ]);\n",
        '',
        'what arrived, once',
      ],
      [
        'one.policy_digest !== null && one.policy_digest === policy.decides(one.project, one.policy)',
        'one.policy_digest !== null',
        'what waits under one that decides otherwise',
      ],
      [
        'IS NOT DISTINCT FROM $1\n      ORDER BY',
        'IS NOT NULL\n      ORDER BY',
        'nothing by a signer that is behind',
      ],
      ['Math.max(0, recheckedMax - left.length)', 'changed.length', 'a few at a time of many'],
      ['ORDER BY seq DESC LIMIT ${arrivedMax}', 'ORDER BY seq LIMIT ${arrivedMax}', 'what arrived last'],
    ]),
    ...guards('signer/daemon/turns/turns.ts', turns, [
      [
        '    requestCursor = (await addOpen(database, after(requestCursor), projectOf, now())).last ?? firstId;\n',
        '',
        'a request whose arrival was lost',
      ],
      [
        "return projects?.has(claimed) === true ? claimed : '';",
        'return claimed;',
        'are one turn for all project names that the policy doesn’t have, however many are invented',
      ],
    ]),
    ...guards('signer/daemon/run/run.ts', 'signer/daemon/run/run.db.test.ts', [
      ['const known = wellFormed({', 'const known = ({', 'journals why, also where a text from a file'],
      [
        '            .slice(0, 1000)\n            .toWellFormed()\n',
        '            .slice(0, 1000)\n',
        'journals why, also where a text from a file',
      ],
      ['await holdLease(transaction, this.input.lease);', '', 'can’t release the request either'],
      ['if (!isRecorded)', 'if (false)', 'writes in a transaction where other signers are faster each time'],
      [
        'if (!isBegun) await this.begin(',
        'await this.begin(',
        'journals the end of the one and the start of the other together, each once and in order',
      ],
      [
        'const isBegun = this.begun === step;',
        'const isBegun = this.begun !== null;',
        'starts a step again that isn’t the one it went on to',
      ],
    ]),
    ...guards(
      'signer/daemon/approvals/read-submissions.ts',
      'signer/daemon/approvals/read-submissions.db.test.ts',
      [['isMore = total > 0;', '', 'are found even if written before others and committed after them']],
    ),
    ...guards(
      'prisma/migrations/20261129213000_entries_in_one_statement/migration.sql',
      'signer/daemon/run/record-entries.db.test.ts',
      [
        [' AND lease_owner = owner;', ';', 'aren’t written once the lease is lost'],
        [' FOR UPDATE;', ';', 'wait for who has the lock, and follow what was written under it'],
        [
          "IF NOT FOUND THEN\n        outcome := 'unlockable';",
          "IF false THEN\n        outcome := 'unlockable';",
          'aren’t written while there is nothing to lock',
        ],
        [
          'IF newest_hash IS DISTINCT FROM sealed_after THEN',
          'IF false THEN',
          'are left to a transaction where another signer is faster each time',
        ],
      ],
    ),
    ...guards('signer/daemon/run/record-entries.ts', 'signer/daemon/run/record-entries.db.test.ts', [
      [
        "if (outcome === 'lease-lost') throw new LeaseLost(lease.requestId);",
        '',
        'aren’t written once the lease is lost',
      ],
      [
        "if (outcome === 'unlockable') throw unlockable();",
        '',
        'aren’t written while there is nothing to lock',
      ],
      ['known.end?.entryHash ?? null,', 'null,', 'follow the newest entry, whoever wrote it'],
    ]),
    ...guards('signer/ground/database/index.ts', 'signer/ground/database/index.db.test.ts', [
      ["      queryMode: 'extended',\n", '', 'sends one statement at a time'],
    ]),
    ...guards('lib/uploads/room.ts', uploads, [
      [
        'await transaction.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${turn}, 0)) IS NULL`;',
        'void turn;',
        'wait for their turn, and see what those before them took',
      ],
    ]),
    ...guards('lib/uploads/remove-unused.ts', uploads, [
      [
        'if ((await referred(transaction, [sha256])).has(sha256)) {',
        'if (false) {',
        'go away where no request uses them',
      ],
      ['fresh === null && (await', '(await', 'stay where the same file came again'],
    ]),
    ...guards('lib/requests/submit.ts', 'lib/requests/submit.db.test.ts', [
      [
        'if (missing.includes(artifact.sha256)) throw notUploaded(artifact.sha256);',
        '',
        'reports that the artifact is gone, and writes nothing',
      ],
      [
        'if (bundle !== null && missing.includes(bundle.sha256)) await storeBundle(ctx, bundle);',
        '',
        'still has the bundle',
      ],
    ]),
  ],
};
