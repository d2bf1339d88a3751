import { guards, type Area } from '../mutant.ts';

/** Samples: what may be dropped, who sees it, what the signer makes of the portal's rows, and that it ends. */
export const samples: Area = {
  name: 'samples',
  mutants: [
    ...guards('signer/daemon/samples/claim.ts', 'signer/daemon/samples/samples.db.test.ts', [
      [
        '          AND (project IS NULL OR project <> ALL($3::text[]))\n',
        '          AND $3::text[] IS NOT NULL\n',
        'waits while everything is stopped, or its project is',
      ],
      [
        ' AND coalesce(sum(nodes), 0) < ${keptMax.nodes}',
        '',
        'is none from the future, none older than a day, and none where too much is kept',
      ],
      [
        " AND at <= $1::timestamptz + interval '5 minutes'",
        '',
        'is none from the future, none older than a day, and none where too much is kept',
      ],
      [
        'if (!isError(error, IdentifierError)) throw error;',
        'throw error;',
        'that isn’t there, is too large, other than it says, or no sample at all says so and what to do',
      ],
    ]),
    ...guards('signer/daemon/samples/claim.ts', 'signer/daemon/samples/samples.db.test.ts', [
      [
        'if (read.ok) return read.value;',
        'if (read.ok || text !== null) return read.ok ? read.value : {};',
        'that isn’t there, is too large, other than it says, or no sample at all says so and what to do',
      ],
    ]),
    ...guards('lib/samples/drop.ts', 'lib/samples/samples.git.test.ts', [
      [
        'if (read.ok) return read.value;',
        'if (read.ok || parameters !== null) return parameters;',
        'keeps values for the configuration that it is held against, and refuses what can be none',
      ],
    ]),
    ...guards('signer/daemon/samples/open-samples.ts', 'signer/daemon/samples/samples.db.test.ts', [
      [
        'if (stopped.includes(null)) return false;',
        '',
        'waits while everything is stopped, or its project is',
      ],
      [
        'if (signal.aborted) await giveBack(database, id);',
        '',
        'is begun anew, at once, where its signer stops meanwhile',
      ],
    ]),
    ...guards('signer/daemon/samples/examine.ts', 'signer/daemon/samples/samples.db.test.ts', [
      [
        "if (fetched === 'too-large')",
        "if (fetched === 'too-large' && false)",
        'that isn’t there, is too large, other than it says, or no sample at all says so and what to do',
      ],
    ]),
    ...guards('lib/samples/authorise.ts', 'lib/samples/samples.git.test.ts', [
      [
        'if (!known || !(isOnTeam(actor, project) || isFoundation))',
        'if (!known)',
        'is for teams, and for applicants until they are refused; for a project, for its team alone',
      ],
      [
        'status: { notIn: endedApplications },',
        '',
        'is for teams, and for applicants until they are refused; for a project, for its team alone',
      ],
    ]),
    ...guards('lib/samples/read.ts', 'lib/samples/samples.git.test.ts', [
      [
        'where: { id: input.id, at: { gt: new Date(ctx.now().getTime() - dayMilliseconds) }, OR: mineOrTeam(ctx) },',
        'where: { id: input.id, at: { gt: new Date(ctx.now().getTime() - dayMilliseconds) } },',
        'is seen by who dropped it and by the project’s team, and by nobody else; without a project, by nobody but them',
      ],
    ]),
    ...guards('lib/samples/drop.ts', 'lib/samples/samples.git.test.ts', [
      [
        'sizeBytesExpected, sizeBytesMax },',
        'sizeBytesExpected },',
        'is refused above what the signer says, unread where that was announced; the refusal names both sizes',
      ],
      [
        'if (left >= most.waiting)',
        'if (false)',
        'waits with few others; those that were looked at wait no more, and a day has an end',
      ],
      [
        'if (rows.length >= most.day)',
        'if (false)',
        'waits with few others; those that were looked at wait no more, and a day has an end',
      ],
    ]),
    ...guards('lib/uploads/remove-unused.ts', 'lib/samples/samples.git.test.ts', [
      [
        'if (others === null && ',
        'if (',
        'loses its bytes once it was looked at, and after a day in any case; what others uploaded stays',
      ],
    ]),
    ...guards('lib/core/suggestion/suggest.ts', 'lib/core/suggestion/suggest.test.ts', [
      ['if (hasMark(root)) return null;', '', 'is none where a name has what stands for the version'],
    ]),
  ],
};
