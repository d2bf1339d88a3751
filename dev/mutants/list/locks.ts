import { guards, type Area } from '../mutant.ts';

const tokens = 'lib/api-tokens/api-tokens.db.test.ts';
const applications = 'lib/applications/applications.git.test.ts';
const proposed = 'lib/onboarding/at-once.git.test.ts';
const sent = 'lib/notifications/notifications.db.test.ts';
const whileWaiting = 'is announced once by two concurrent portals';

/** What two do at once: each lock's test holds it and sees who is tested wait (dev/test/held-lock.ts). */
export const locks: Area = {
  name: 'locks',
  mutants: [
    ...guards('signer/ground/journal/index.ts', 'signer/ground/journal/index.db.test.ts', [
      [
        'at.getTime() - clock.getTime() > aheadMilliseconds ? clock : at',
        'at',
        'is never far ahead of the database’s clock, which would be the time of all that follows',
      ],
      [
        "FROM signer.mutex WHERE name = 'journal' FOR UPDATE",
        "FROM signer.mutex WHERE name = 'journal'",
        'is written by one at a time',
      ],
    ]),
    ...guards('signer/daemon/turns/take.ts', 'signer/daemon/turns/turns.db.test.ts', [
      [
        "SELECT 1 FROM signer.mutex WHERE name = 'turns' FOR UPDATE",
        "SELECT 1 FROM signer.mutex WHERE name = 'turns'",
        'are chosen by one signer at a time',
      ],
    ]),
    ...guards('signer/daemon/turns/find.ts', 'signer/daemon/turns/turns.db.test.ts', [
      [' FOR UPDATE SKIP LOCKED', ' FOR UPDATE', 'don’t wait for a row that another signer has locked'],
    ]),
    ...guards('lib/api-tokens/create.ts', tokens, [
      ['    await lockTokens(transaction, input.project);\n', '', 'is counted under a lock'],
    ]),
    ...guards('lib/api-tokens/revoke.ts', tokens, [
      [
        '    await lockTokens(transaction, input.project);\n',
        '',
        'is revoked once: a second revocation changes nothing',
      ],
    ]),
    ...guards('lib/platform/auth/bearer.ts', 'lib/requests/submit.db.test.ts', [
      [' FOR SHARE`;', '`;', 'waits for a concurrent revocation of its token, and is then refused'],
    ]),
    ...guards('lib/policy-changes/receive-delivery.ts', 'lib/policy-changes/receive-delivery.db.test.ts', [
      [' FOR UPDATE`;', '`;', 'are compared with one another one at a time'],
    ]),
    ...guards('lib/notifications/once.ts', 'lib/notifications/once.db.test.ts', [
      [
        'SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}`}, 0))',
        'SELECT ${action}::text',
        'a notice is sent once by two concurrent portals',
      ],
    ]),
    ...guards('lib/reports/appeal.ts', 'lib/reports/appeals.db.test.ts', [
      [
        "SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:appeal:${serial ?? ''}`}, 0))",
        'SELECT ${serial}::text',
        'is accepted once if two are sent concurrently',
      ],
    ]),
    ...guards('lib/requests/notify-failures.ts', 'lib/requests/notify-failures.db.test.ts', [
      [
        'SELECT pg_advisory_xact_lock(hashtextextended(${`countersign:${action}:${id}`}, 0))',
        'SELECT ${id}::text',
        whileWaiting,
      ],
    ]),
    ...guards('lib/request-notices/notify.ts', 'lib/request-notices/notify.db.test.ts', [
      [
        "SELECT pg_advisory_xact_lock(hashtextextended('countersign:request-notices', 0))",
        'SELECT 1',
        whileWaiting,
      ],
    ]),
    ...guards('lib/audit-exports/ask.ts', 'lib/audit-exports/audit-exports.db.test.ts', [
      [
        '    await lock(transaction);\n    const since',
        '    const since',
        'isn’t requested beyond thirty a day by two concurrent people',
      ],
      [
        '    await lock(transaction);\n    const { from',
        '    const { from',
        'is requested once by two concurrent portals',
      ],
    ]),
    ...guards('lib/notifications/confirm-address.ts', sent, [
      [
        "SELECT pg_advisory_xact_lock(hashtextextended('countersign:address-confirmation', 0))",
        'SELECT 1',
        'is counted under a lock',
      ],
      [' FOR UPDATE SKIP LOCKED', '', 'is asked only by the portal that has claimed it'],
    ]),
    ...guards('lib/notifications/send.ts', sent, [
      [' FOR UPDATE SKIP LOCKED', '', 'is left to the portal that has claimed it'],
    ]),
    ...guards('lib/reports/handle.ts', 'lib/reports/reports.db.test.ts', [
      [' FOR UPDATE`;', '`;', 'is decided once if two people decide concurrently'],
    ]),
    ...guards('lib/applications/own.ts', applications, [
      [' FOR UPDATE`;', '`;', 'an answer waits and overwrites nothing'],
    ]),
    ...guards('lib/reviews/row.ts', 'lib/reviews/reviews.git.test.ts', [
      [
        '  await lockApplication(transaction, review.applicationId);\n',
        '',
        'is decided by the reviewer who has claimed it once the lock is free, and by nobody once it is closed',
      ],
    ]),
    ...guards('lib/reviews/again.ts', 'lib/reviews/reviews.git.test.ts', [
      [
        '    await lockApplication(transaction, applicationId);\n',
        '',
        'is not looked at again while somebody has just begun to',
      ],
    ]),
    ...guards('lib/evidence/collect.ts', 'lib/evidence/evidence.git.test.ts', [
      [
        '      await lockApplication(transaction, applicationId);\n',
        '',
        'notifies them once even if two portals collect at the same time',
      ],
    ]),
    ...guards('lib/onboarding/propose-projects.ts', proposed, [
      ['if (count === 0) return;', '', 'is one change for an accepted project with one notice'],
      [
        'where: { id, changeNumber: null },',
        'where: { id },',
        'is one change for an accepted project with one notice',
      ],
    ]),
    ...guards('lib/onboarding/propose-again.ts', proposed, [
      ['if (count === 0) return;', '', 'is one new change after the first was closed, requested once'],
      [
        'where: { id: applicationId, changeNumber: application.changeNumber },',
        'where: { id: applicationId },',
        'is one new change after the first was closed, requested once',
      ],
    ]),
    ...guards('lib/onboarding/propose-pauses.ts', proposed, [
      ['if (await isProposed(transaction, id, since)) return;', '', 'is one pause with one notice'],
      ['    await lockApplication(transaction, id);\n', '', 'is one pause with one notice'],
    ]),
    ...guards('lib/applications/start.ts', applications, [
      [
        'SELECT pg_advisory_xact_lock(hashtext(${`application-start:${identityTextAsBefore(identity)}`})) IS NULL',
        'SELECT ${identityTextAsBefore(identity)}::text',
        'is started once by two concurrent clicks',
      ],
    ]),
    ...guards('lib/applications/submit.ts', applications, [
      [
        "SELECT pg_advisory_xact_lock(hashtext('application-submit')) IS NULL",
        'SELECT 1',
        'another of the same name isn’t submitted before it is known whether the name is free',
      ],
    ]),
  ],
};
