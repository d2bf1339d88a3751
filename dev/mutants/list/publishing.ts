import { guards, type Area } from '../mutant.ts';

const journey = 'app/api/webhooks/publishing/publishing.db.test.ts';
const judge = 'lib/publish-jobs/judge.test.ts';
const words = 'lib/publish-jobs/words.test.ts';

/** When a job that publishes is let start, and whom the portal believes about it. */
export const publishing: Area = {
  name: 'publishing',
  mutants: [
    ...guards('lib/publish-jobs/judge.ts', judge, [
      [
        "if (!isNamed) return { state: 'rejected'",
        "if (false) return { state: 'rejected'",
        'is turned away after an hour',
      ],
      ['  if (refused.length > 0) return', '  if (false) return', 'is turned away by one that was refused'],
      ['|| release.isRevoked);', ');', 'is turned away by one that was refused'],
      [
        'if (open.length === 0) return',
        'if (open.length < requests.length) return',
        'starts when everything',
      ],
      ['if (!newest.has(key)) newest', 'newest', 'follows the newest request for a file'],
    ]),
    ...guards('lib/publish-jobs/places.ts', 'lib/publish-jobs/places.test.ts', [
      ['|| !issuers.includes(place.issuer)', '', 'is none where the same number is of another host'],
      ['repositoryId === job.repositoryId', "repositoryId !== ''", 'is the one whose policy is built'],
      ["facts.value.status === 'retired'", 'facts.value === null', 'is none of a retired project'],
    ]),
    ...guards('lib/publish-jobs/words.ts', words, [
      [
        "quiet.replaceAll(/[\\\\`*_{}[\\]()<>#+!|~&:/]/g, '\\\\$&')",
        'quiet',
        'leads nowhere and calls nobody',
      ],
      ['/@|\\bwww(?=\\.)/gi', '/@{9}/gi', 'leads nowhere and calls nobody'],
      ['text.length <= commentCharactersMax', 'text.length > 0', 'never exceeds what GitHub takes'],
    ]),
    ...guards('lib/publish-jobs/receive.ts', journey, [
      [
        '...(known?.lookAt === null ? { told: null } : {}),',
        '',
        'starts when another job of the same run and environment',
      ],
      [
        'known.deliveries.includes(deliveryId)',
        'false',
        'with a wrong signature is refused, and a replayed one does nothing',
      ],
      [
        '/\\/actions\\/runs\\/([1-9]\\d{0,18})\\/deployment_protection_rule$/',
        '/\\/runs\\/.*?(\\d+)\\/deployment_protection_rule$/',
        'names no host',
      ],
    ]),
    ...guards('lib/publish-jobs/follow.ts', journey, [
      ['>= waitDays * day', '>= 1e9 * day', 'that was cancelled, or waits for 30 days'],
      ['attempt === job.attempt ? {} :', 'job.attempt !== null ? {} :', 'asks anew when it is run again'],
    ]),
    ...guards('lib/platform/publish-app/environment.ts', journey, [
      [
        'one.toLowerCase() === other.toLowerCase()',
        'one === other',
        'waits for its environment however it is written',
      ],
    ]),
    ...guards('lib/publish-jobs/decide.ts', journey, [
      ['if (notified === null) {', 'if (false) {', 'of a project that is gone keeps no other'],
      ['(naming as readonly string[]).includes(policy)', "policy !== ''", 'waits for every file of its run'],
    ]),
    ...guards('lib/publish-jobs/requests.ts', journey, [
      ['AND starts_with(request.submitted_by, ${submittersOf(job)})', '', 'waits for every file of its run'],
    ]),
    ...guards('lib/platform/publish-app/open.ts', 'lib/platform/publish-app/publish-app.test.ts', [
      [
        '|| attempts.length > redeliveriesMax',
        '',
        'are found, delivered again, and given up after three more',
      ],
      [
        'if (answered(error)?.status === 401 && !refresh) continue;',
        '',
        'forgot the token is asked for another one',
      ],
    ]),
    ...guards('lib/webhooks/rule.ts', journey, [
      ["if (code === 'NOT_TAKEN' && !(await", "if (code === 'NOT_TAKEN' && (await", 'ends with that message'],
    ]),
  ],
};
