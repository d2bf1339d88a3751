import { guards, type Area } from '../mutant.ts';

const people = 'lib/core/policy/identities.test.ts';

/** That a number is somebody only together with its host, and that who has two accounts is one person. */
export const identities: Area = {
  name: 'identities',
  mutants: [
    ...guards('lib/core/identity/identity.ts', 'lib/platform/actor/actor.test.ts', [
      [
        'one.host === other.host && one.id === other.id;',
        'one.id === other.id;',
        'owns its own records, and none of the same id on another host',
      ],
    ]),
    ...guards('lib/core/policy/identities.ts', 'lib/platform/actor/actor.test.ts', [
      [
        'JSON.stringify([host, id])',
        'JSON.stringify([id])',
        'is matched to a person of the policy by host and id, never by the id alone',
      ],
    ]),
    ...guards('lib/platform/auth/session.ts', 'lib/platform/auth/session.test.ts', [
      [
        'if (!development && server !== serverOf(snapshot, identity.host))',
        'if (false)',
        'on another server than the policy means is nobody’s',
      ],
    ]),
    ...guards('lib/platform/auth/options.ts', 'lib/platform/auth/host-sign-in.test.ts', [
      [
        'return snapshot === undefined || server === serverOfAccounts(snapshot, host);',
        'return true;',
        'of which one is another GitLab than the policy means signs nobody in',
      ],
    ]),
    ...guards('lib/platform/auth/gitlab-sign-in.ts', 'lib/platform/auth/gitlab-sign-in.test.ts', [
      [
        'if (config.server !== identityHosts.gitlab.server) return [];',
        '',
        'are the confirmed ones of gitlab.com',
      ],
    ]),
    ...guards('lib/platform/auth/vouched.ts', 'lib/platform/auth/gitlab-sign-in.test.ts', [
      ['if (bytes > answerBytesMax) throw', 'if (bytes < 0) throw', 'are read within bounds'],
    ]),
    ...guards('lib/platform/auth/cookie.ts', 'lib/platform/auth/session.test.ts', [
      [
        "if (token['identity'] !== undefined)",
        'if (false)',
        'on another host isn’t the person with the same id on this host',
      ],
    ]),
    ...guards('lib/platform/auth/bearer.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      [
        '{ host: row.createdByHost, id: row.createdById }',
        "{ host: 'github', id: row.createdById }",
        'of an account on another host belongs to nobody on this host, even with the same id',
      ],
    ]),
    ...guards('lib/core/policy/check-people.ts', people, [
      ['accounts.set(account, person.file);', '', 'shares no account with another'],
    ]),
    ...guards('lib/core/policy/fields/person.ts', people, [
      ['before !== null && before === after', 'true', 'is another one with an account more'],
      ['before !== null && before === after', 'before === after', 'loosens where a form is none'],
    ]),
    ...guards('lib/core/policy/check-authority.ts', people, [
      [
        "if (!sameAccounts(were.value, are.value)) found.push('The account');",
        '',
        'is another one with an account more',
      ],
    ]),
    ...guards('lib/core/policy/check-authority.ts', people, [
      ['    ...servers(before, after),\n', '', 'is another one where accounts are of another server'],
    ]),
    ...guards('lib/core/policy/find-effective-policy.ts', people, [
      ['others.length === 0 ? {} :', 'true ? {} :', 'is another one with another account, one more'],
    ]),
    ...guards('lib/core/generated/schemas.ts', people, [
      ['its older form.",\n          "not": {}', 'its older form."', 'is written in one of'],
    ]),
    ...guards('lib/core/policy/acceptance/address.ts', people, [
      [
        '(host === firstHost ? own : `${host}.${own}`)',
        '(host === "" ? host : own)',
        'is named by a commit’s',
      ],
    ]),
    ...guards('lib/reviews/reviewer.ts', 'lib/reviews/reviews.git.test.ts', [
      [
        '...identities.map(reviewerColumns)],',
        '...identities.slice(0, 1).map(reviewerColumns)],',
        'is made once by a person with two accounts',
      ],
      [
        'OR: [{ reviewer: handle as string }, ',
        'OR: [',
        'is made once by a person whose accounts ask at the same instant',
      ],
    ]),
    ...guards('lib/notifications/list.ts', 'lib/notifications/notifications.db.test.ts', [
      [
        'OR: accountsOf(ctx.actor).map(columnsOf),',
        'OR: accountsOf(ctx.actor).map(({ id }) => ({ accountId: id })),',
        'belongs to an account on its host',
      ],
    ]),
  ],
};
