import { guards, type Area } from '../mutant.ts';

const tell = 'lib/request-notices/notify.db.test.ts';
const sent = 'lib/notifications/notifications.db.test.ts';

/** Who is told of what, once, and how they stop it. */
export const notices: Area = {
  name: 'notices',
  mutants: [
    ...guards('lib/notifications/sealed-link.ts', 'lib/notifications/unsubscribe.test.ts', [
      [' || !timingSafeEqual(given, made)', '', 'is good only as this portal made it'],
    ]),
    ...guards('lib/notifications/unsubscribe.ts', sent, [
      [
        'if (email === null || shortDigestOf(email) !== e) return;',
        'if (email === null) return;',
        'to an address that somebody no longer has stops nothing',
      ],
    ]),
    ...guards('lib/notifications/send.ts', sent, [
      ['data: { mailing } });', 'data: {} });', 'that is sent again after a portal died is the same'],
    ]),
    ...guards('lib/core/policy/recipients.ts', 'lib/core/policy/recipients.test.ts', [
      ['.filter((handle) => snapshot.people.has(handle));', ';', 'is no person whom the policy doesn’t know'],
    ]),
    ...guards('lib/request-notices/notify.ts', tell, [
      ['if (sent.some(isSent)) continue;', 'void isTold;', 'is told to each approver once'],
      [
        'if (each !== occasion && notices.some((notice) => sameIdentity(notice.account, account))) continue;',
        '',
        'is told in one message to who would hear of approval',
      ],
      [
        '    await withdrawAnswered(transaction, request, due, sent);\n',
        '    void withdrawAnswered;\n',
        'is sent to nobody any more who has answered',
      ],
    ]),
    ...guards('lib/request-notices/compose.ts', tell, [
      ["text.replaceAll(/[\\p{C}\\p{Zl}\\p{Zp}]+/gu, ' ').trim()", 'text.trim()', 'says why it was refused'],
    ]),
    ...guards('lib/request-notices/delays.ts', tell, [
      ['<= ${before}', '<= ${portal.now()}', 'is told once, after half an hour'],
    ]),
    ...guards('lib/notifications/grouping.ts', tell, [
      [
        'if (hour < hourlyMax && day < dailyMax) return null;',
        'if (hour >= 0) return null;',
        'is five messages an hour',
      ],
    ]),
    ...guards('lib/approvals/outstanding.ts', tell, [
      [
        'if (then.ok && then.value.digest === effective.digest) equivalent.add(commit);',
        'equivalent.add(commit);',
        'is asked of the same people again where',
      ],
    ]),
    ...guards('lib/approvals/outstanding.ts', 'lib/approvals/pending.db.test.ts', [
      [
        '  return submitter !== null && submittingPerson(submitter) !== handle;\n',
        '  void [submitter, submittingPerson, handle];\n  return true;\n',
        'is nothing that their approval wouldn’t count for',
      ],
    ]),
    ...guards('lib/requests/notify-failures.ts', 'lib/requests/notify-failures.db.test.ts', [
      [
        'if ((await transaction.auditEvent.findFirst({ where: { subject, action } })) !== null) return;',
        '',
        'is told to every reviewer and policy maintainer once',
      ],
    ]),
    ...guards('lib/certificates/notify-issuance.ts', 'lib/certificates/notify-issuance.db.test.ts', [
      [
        " && (need.what === 'wanted' || !unsent.has(keyOf(need, 'wanted')))",
        '',
        'are told once to who runs the foundation',
      ],
    ]),
    ...guards('lib/reports/notify.ts', 'lib/reports/notify.db.test.ts', [
      [
        'return sent < singlyMax;',
        'return sent >= 0;',
        'are told of the first reports of strangers one by one',
      ],
    ]),
  ],
};
