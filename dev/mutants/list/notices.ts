import { guards, type Area } from '../mutant.ts';

const tell = 'lib/request-notices/notify.db.test.ts';
const sent = 'lib/notifications/notifications.db.test.ts';

/** Who is told of what, once, and how they stop it. */
export const notices: Area = {
  name: 'notices',
  mutants: [
    ...guards('lib/notifications/sealed-link.ts', 'lib/notifications/unsubscribe.test.ts', [
      [' || !timingSafeEqual(given, made)', '', 'is valid only as this portal made it'],
    ]),
    ...guards('lib/notifications/unsubscribe.ts', sent, [
      [
        'if (email === null || shortDigestOf(email) !== e) return;',
        'if (email === null) return;',
        'to an address that the account no longer has stops nothing at its new one',
      ],
    ]),
    ...guards('lib/notifications/send.ts', sent, [
      [
        'data: { mailing } });',
        'data: {} });',
        'that is sent again after a crash is identical, with the same Message-ID',
      ],
    ]),
    ...guards('lib/core/policy/recipients.ts', 'lib/core/policy/recipients.test.ts', [
      ['.filter((handle) => snapshot.people.has(handle));', ';', 'is no person whom the policy doesn’t know'],
    ]),
    ...guards('lib/request-notices/notify.ts', tell, [
      [
        'if (sent.some(isSent)) continue;',
        'void isTold;',
        'notifies each approver once, with what they are asked to approve and how',
      ],
      [
        'if (each !== occasion && notices.some((notice) => sameIdentity(notice.account, account))) continue;',
        '',
        'is one message for people subscribed to both approval and release',
      ],
      [
        '    await withdrawAnswered(transaction, request, due, sent);\n',
        '    void withdrawAnswered;\n',
        'sends no e-mail to anybody who decided before it went out',
      ],
    ]),
    ...guards('lib/request-notices/compose.ts', tell, [
      ["text.replaceAll(/[\\p{C}\\p{Zl}\\p{Zp}]+/gu, ' ').trim()", 'text.trim()', 'says why it was refused'],
    ]),
    ...guards('lib/request-notices/delays.ts', tell, [
      [
        '<= ${before}',
        '<= ${portal.now()}',
        'is announced once, after half an hour, to those whom the policy names',
      ],
    ]),
    ...guards('lib/notifications/grouping.ts', tell, [
      [
        'if (hour < hourlyMax && day < dailyMax) return null;',
        'if (hour >= 0) return null;',
        'is limited to five messages an hour and one that says how many more, per kind',
      ],
    ]),
    ...guards('lib/approvals/outstanding.ts', tell, [
      [
        'if (then.ok && then.value.digest === effective.digest) equivalent.add(commit);',
        'equivalent.add(commit);',
        'notifies the same people again only if a changed policy invalidates their approvals',
      ],
    ]),
    ...guards('lib/approvals/outstanding.ts', 'lib/approvals/pending.db.test.ts', [
      [
        '  return submitter !== null && submittingPerson(submitter) !== handle;\n',
        '  void [submitter, submittingPerson, handle];\n  return true;\n',
        'omits what their approval wouldn’t count for and requests of paused projects',
      ],
    ]),
    ...guards('lib/requests/notify-failures.ts', 'lib/requests/notify-failures.db.test.ts', [
      [
        'if ((await transaction.auditEvent.findFirst({ where: { subject, action } })) !== null) return;',
        '',
        'is announced to every reviewer and policy maintainer once, with a link',
      ],
    ]),
    ...guards('lib/certificates/notify-issuance.ts', 'lib/certificates/notify-issuance.db.test.ts', [
      [
        " && (need.what === 'wanted' || !unsent.has(keyOf(need, 'wanted')))",
        '',
        'are notified once to the foundation’s operators and, once issued, to their own team only',
      ],
    ]),
    ...guards('lib/reports/notify.ts', 'lib/reports/notify.db.test.ts', [
      [
        'return sent < singlyMax;',
        'return sent >= 0;',
        'are notified of the first anonymous reports one by one, and of a flood in one message',
      ],
    ]),
  ],
};
