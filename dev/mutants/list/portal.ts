import { guards, type Area } from '../mutant.ts';

const tokens = 'lib/api-tokens/api-tokens.db.test.ts';
const reviews = 'lib/reviews/reviews.git.test.ts';
const pages = 'lib/platform/page-cache/page-cache.test.ts';
const addresses = 'lib/platform/page-fetch/page-fetch.test.ts';
const auditRecords = 'lib/audit-records/audit-records.db.test.ts';
const auditExports = 'lib/audit-exports/audit-exports.db.test.ts';
const versions = 'lib/policy-versions/versions.git.test.ts';
const compared = 'lib/policy-versions/compare-versions.git.test.ts';
const repository = 'lib/platform/policy-repository/policy-repository.git.test.ts';
const requestPages = 'lib/requests/read-step.db.test.ts';
const standing = 'lib/certificates/standing/judge.test.ts';

/** Who may ask for what, and what the pages say of a signature. */
export const portal: Area = {
  name: 'portal',
  mutants: [
    ...guards('prisma/roles.sql', 'dev/test/older-postgres.process.test.ts', [
      [
        'ALTER ROLE countersign_owner INHERIT;',
        'ALTER ROLE countersign_owner NOINHERIT;',
        'takes roles, migrations and grants, and answers what is asked of the newest',
      ],
    ]),
    ...guards(
      'lib/host/configuration/database-password.ts',
      'lib/host/configuration/database-password.test.ts',
      [
        [
          "if (address.password !== '')",
          'if (false)',
          'is refused beside another, or where the address has no place for it',
        ],
      ],
    ),
    ...guards('lib/audit-records/authorise.ts', auditRecords, [
      [
        '(actor.roles.auditor || actor.roles.policyMaintainer)',
        'true',
        'are for auditors and policy maintainers alone',
      ],
    ]),
    ...guards('lib/audit-records/sources.ts', auditRecords, [
      [
        "'id', one -> 'id', 'verdict'",
        "'said', one, 'id', one -> 'id', 'verdict'",
        'contain nothing that people wrote, and nothing of an unlisted kind',
      ],
      [
        'const shown = auditActionNames.filter((name) => !confidentialActionNames.includes(name));',
        'const shown = [...auditActionNames];',
        'don’t say who reported something, whatever the filter',
      ],
    ]),
    ...guards('lib/core/audit/actions.ts', 'lib/core/audit/audit.test.ts', [
      [
        'rule.confidential === true ? hiddenActor : event.actor',
        'event.actor',
        'doesn’t say who reported something',
      ],
      ['Object.hasOwn(auditActions, name)', 'name in auditActions', 'is neither actor nor detail of kind'],
    ]),
    ...guards('lib/core/audit/rows.ts', 'lib/core/audit/audit.test.ts', [
      ["? `'${cell}` : cell", '? cell : cell', 'holds no formula'],
    ]),
    ...guards('lib/uploads/objects.ts', auditExports, [
      [
        '\n        OR EXISTS (SELECT FROM portal.audit_export WHERE objects @> ARRAY[digest])',
        '',
        'keeps its files, and includes the signer’s once it has signed',
      ],
    ]),
    ...guards('lib/certificates/standing/judge.ts', standing, [
      [
        'timestampedAt >= revocation.effectiveAt',
        'timestampedAt > revocation.effectiveAt',
        'made at the very second is revoked',
      ],
      [
        '(timestampedAt === null || timestampedAt',
        '(timestampedAt !== null && timestampedAt',
        'without a timestamp is revoked',
      ],
    ]),
    ...guards('lib/certificates/standing/revoked.ts', standing, [
      [
        "ofSameKey.filter((revocation) => revocation.reason === 'keyCompromise'),",
        'ofSameKey,',
        'is that of a certificate with the same key only if the key is compromised',
      ],
    ]),
    ...guards('lib/platform/page-cache/page-cache.ts', pages, [
      ["  'cookie',\n", '', 'with a cookie in the request'],
    ]),
    ...guards('lib/platform/page-fetch/public-address.ts', addresses, [
      ["  ['127.0.0.0', 8],\n", '', 'is never 127.0.0.1'],
      ["&& !reserved6.check(address, 'ipv6')", '', 'is never'],
    ]),
    ...guards('lib/approvals/submit.ts', 'lib/approvals/submit.db.test.ts', [
      [
        "actor.kind === 'token' && actor.project === project",
        "actor.kind === 'token'",
        'is accepted from nobody else, even with a valid signature',
      ],
      [
        'if (isOnTeam(actor, project)) return;',
        "if (actor.kind === 'person') return;",
        'is accepted from nobody else, even with a valid signature',
      ],
      ['  checkPlausible(ctx, question, input);\n', '', 'is refused with the reason if it can’t count'],
    ]),
    ...guards('lib/approvals/subject.ts', 'lib/approvals/submit.db.test.ts', [
      [
        "status === 'waiting-for-approval' && seen !== null",
        'seen !== null',
        'is not offered before the signer waits for it',
      ],
    ]),
    ...guards('lib/approvals/subject.ts', 'lib/approvals/subject.db.test.ts', [
      ['if (isFinal(status)) {', 'if (false) {', 'accepts no more decisions'],
    ]),
    ...guards('lib/requests/submit.ts', 'lib/requests/submit.db.test.ts', [
      ['await stillGood(transaction, ctx.actor, ctx.now());', '', 'is refused with a token that was revoked'],
    ]),
    ...guards('lib/requests/authorise-submission.ts', 'lib/requests/submit.db.test.ts', [
      [
        '    checkApprovable(effective.value, submitter, input);\n',
        '',
        'refuses what only the submitter could approve, by token or not, and says how to proceed',
      ],
      ['|| actor.policies.includes(slug)) return;', '|| true) return;', 'keeps a token to the policies'],
      [
        'if (!maySubmit(place, submitter)) {',
        'if (false) {',
        'accepts requests only from the policy’s submitters, if it names any',
      ],
      [
        "if (actor.kind === 'token' && actor.project === project) return actor;",
        "if (actor.kind === 'token') return actor;",
        'refuses the public, and a token of another project',
      ],
    ]),
    ...guards('lib/platform/auth/bearer.ts', tokens, [
      ['if (row.expiresAt <= now) {', 'if (false) {', 'expires on its own, to the millisecond'],
      [
        'if (row.revokedAt !== null) {',
        'if (false) {',
        'stops working at once and remains revoked whoever revokes it again',
      ],
    ]),
    ...guards('lib/api-tokens/use-statement.ts', tokens, [
      [
        'await transaction.usedStatement.create({ data: { sha256, expiresAt } });',
        '',
        'to list is done once',
      ],
    ]),
    ...guards('lib/reviews/reviewer.ts', reviews, [
      [
        "if (actor.kind === 'person' && actor.roles.foundationReviewer) return actor;",
        "if (actor.kind === 'person') return actor;",
        'is for the foundation’s reviewers',
      ],
      [
        "if (includesIdentity(reviewer.identities, application.applicant)) return 'own-application';",
        '',
        'never lets a reviewer decide on their own',
      ],
      [
        "if (reviewer.roles.projects.has(application.slug as ProjectSlug)) return 'own-project';",
        '',
        'neither decides nor sees',
      ],
      ["return earlier > 0 ? 'decided-before' : null;", 'return null;', 'on appeal is made by reviewers'],
    ]),
    ...guards('lib/policy-versions/compare-versions.ts', compared, [
      [
        "if (shared.some(({ kind }) => kind === 'Foundation' || kind === 'TrustRoot')) return async () => true;",
        '',
        'equals the comparison of whole snapshots: the publisher',
      ],
      [
        "text.includes('\\\\') || handles",
        'handles',
        'equals the comparison of whole snapshots: an approver whose handle is written with an escape',
      ],
    ]),
    ...guards('lib/policy-versions/work-out.ts', versions, [
      [
        'OR: [{ triedAt: null }, { triedAt: { lt: again } }]',
        'OR: [{}]',
        'keeps a temporarily unavailable version pending, behind the others',
      ],
      [
        "if (isForGood(error)) await giveUp(source, version, 'unreadable');",
        '',
        'marks a version that this portal can’t read, and says which projects it changed',
      ],
    ]),
    ...guards('lib/policy-versions/read.ts', versions, [
      ['if (row === null) return null;', '', 'shows nothing of a commit that the signer never accepted'],
    ]),
    ...guards('lib/platform/policy-repository/object-reader.ts', repository, [
      ['if (bytes > objectBytesMax) {', 'if (false) {', 'ends a process whose answer exceeds the limit'],
    ]),
    ...guards('lib/platform/policy-repository/walk-tree.ts', repository, [
      [
        'if (!parseRepositoryPath(path).ok) return null;',
        '',
        'returns single files, and none for a name with a meaning to git',
      ],
    ]),
    ...guards('lib/requests/read-notes.ts', requestPages, [
      [
        'const before = unsearched ?? pass.next ?? seqMax;',
        'const before = pass.next ?? seqMax;',
        'continues an interrupted search for a file, and finds it',
      ],
      [
        '(pass.next === null || kept.to < pass.next)',
        'true',
        'counts what is added to a pass, and what the next one has not',
      ],
    ]),
    ...guards('lib/requests/signed-files.ts', requestPages, [
      [
        'AND (${end}::text IS NULL OR path <= ${end}::text)',
        '',
        'continues an interrupted search for a signed file, and finds it',
      ],
    ]),
    ...guards('lib/signatures/signed-groups.ts', requestPages, [
      [
        'groups.every((group) => group.released)',
        'true',
        'recounts what is still being signed, and counts once what is released',
      ],
    ]),
    ...guards('lib/policy-changes/check-text.ts', 'lib/policy-changes/check-text.git.test.ts', [
      ['await limit.count(call.ctx.db, callerName(call.ctx));', '', 'is limited for each person'],
    ]),
    ...guards(
      'lib/platform/policy-repository/load-in-turns.ts',
      'lib/platform/policy-repository/load-in-turns.test.ts',
      [['await others();', '', 'lets other work run in between, with the same result']],
    ),
    ...guards('lib/requests/journal-rows.ts', requestPages, [
      [
        'UNION (SELECT kind FROM step WHERE kind IS NOT NULL LIMIT ${kindsMax}::int)',
        '',
        'shows entries of unknown kinds, and known entries whatever else there is',
      ],
    ]),
    ...guards('lib/policy-changes/merge.ts', 'lib/policy-changes/flow.git.test.ts', [
      ['if (missing !== undefined || !detail.ready) {', 'if (false) {', 'that loosens takes two signatures'],
    ]),
  ],
};
