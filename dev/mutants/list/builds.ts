import { guards, type Area } from '../mutant.ts';

const verify = 'lib/platform/build-token/verify.test.ts';
const keys = 'lib/platform/build-token/keys.test.ts';
const judged = 'lib/core/origin/judge-token.test.ts';
const requests = 'lib/requests/builds.db.test.ts';
const signIn = 'lib/platform/auth/host-sign-in.test.ts';
const session = 'lib/platform/auth/session.test.ts';
const submitters = 'lib/core/wire/submitter/may-submit.test.ts';

/** People's sessions, and identity tokens of builds: whose they are, whom they are for, how long they count, and what they may do. */
export const builds: Area = {
  name: 'builds',
  mutants: [
    ...guards('lib/platform/auth/github-sign-in.ts', signIn, [
      ["['pkce', 'state']", "['state']", 'is a person by the account’s number'],
      ["['pkce', 'state']", "['pkce']", 'signs nobody in by an answer with another state'],
      ['    issuer: `${url}/login/oauth`,\n', '', 'is a person by the account’s number'],
    ]),
    ...guards('lib/platform/auth/gitlab-sign-in.ts', signIn, [
      ["['pkce', 'state']", "['state']", 'is a person by the account’s number'],
      ["['pkce', 'state']", "['pkce']", 'signs nobody in by an answer with another state'],
      ['    issuer: server,\n', '', 'takes an answer in which the host names itself'],
    ]),
    ...guards('lib/platform/auth/session-end.ts', session, [
      ['|| age >= sessionSecondsMax * 1000', '', 'ends eight hours after the sign-in'],
      ['age < -60_000 || ', '', 'ends eight hours after the sign-in'],
    ]),
    ...guards('lib/platform/auth/options.ts', session, [
      [
        "if (token['signedInAt'] === undefined) token",
        'if (account !== null) token',
        'of before the time of the sign-in was kept',
      ],
    ]),
    ...guards('lib/platform/auth/session.ts', session, [
      [
        '  if (isOver(signedInAt, portal.now())) return',
        '  if (false) return',
        'ends eight hours after the sign-in',
      ],
      [
        'if (isOver(parsed.data.signedInAt, portal.now())) return',
        'if (false) return',
        'ends eight hours after the sign-in',
      ],
    ]),
    ...guards('lib/platform/build-token/verify.ts', verify, [
      ['!tokens.algorithms.includes(header.alg)', 'false', 'said to be PS256'],
      [
        'if (payload.aud !== audience) throw foreignAudience(payload.aud, audience, tokens);',
        '',
        'for this portal, in a list',
      ],
      ["requiredClaims: ['exp', 'iat', 'jti']", "requiredClaims: ['iat', 'jti']", 'without an end'],
      ['      maxTokenAge: tokenSecondsMax,\n', '', 'has an own limit of age, whatever its host says'],
      ['if (!read.ok) throw badClaims(read.problem);', '', 'of no repository'],
      ['if (expiresAt > now) return;', 'return;', 'says which build asks, for five minutes'],
    ]),
    ...guards('lib/platform/build-token/keys.ts', keys, [
      [
        'return elapsed < -clockMilliseconds ? Infinity : elapsed;',
        'return elapsed;',
        'are asked for again once a clock that ran ahead is right',
      ],
      [
        'since(one.askedAt) < keyTimes.cooldownMilliseconds',
        'false',
        'that aren’t known are looked for at most every 30 seconds',
      ],
      ['|| age() > keyTimes.staleMilliseconds', '', 'go on for a day while the issuer fails'],
      [
        'age() > keyTimes.freshMilliseconds',
        'one.find === null',
        'that the issuer withdrew count for ten minutes',
      ],
    ]),
    ...guards('lib/platform/build-token/fetch-keys.ts', keys, [
      ["    redirect: 'manual',\n", '', 'gives no keys, and says so'],
      ['if (bytes > bytesMax) throw', 'if (false) throw', 'gives no keys, and says so'],
      ['{342,1366}', '{1,1366}', 'or with a key of 1024 bits'],
      ["z.literal('AQAB')", 'text', 'or with a key with an exponent by which anybody could sign'],
      ['    signal: AbortSignal.timeout(timeoutMilliseconds),\n', '', 'or never comes to an end'],
    ]),
    ...guards('lib/core/origin/judge-token.ts', judged, [
      [
        'if (tokens === null || policy.provider !== provider) return',
        'if (tokens === null) return',
        'by another issuer, or of another provider’s policy, is refused',
      ],
    ]),
    ...guards('lib/core/origin/github/identity-token.ts', judged, [
      [
        'issuer === publicIssuer || issuer.startsWith(`${publicIssuer}/`)',
        'issuer.startsWith(publicIssuer)',
        'are the algorithm, the place of the keys, and whose accounts a token names',
      ],
      [
        'builder === undefined || ofWorkflow ? own : policy',
        'own',
        'comes from a job of the workflow itself, where a pinned builder attests',
      ],
      ["typeof value !== 'string' || !form.test(value)", "typeof value !== 'string'", 'has '],
    ]),
    ...guards('lib/core/origin/github/identity-token.ts', requests, [
      [
        "run_attempt === '1' ? actor_id : null",
        'actor_id',
        'repeated by nobody knows whom could never be approved either, where repeating is allowed',
      ],
    ]),
    ...guards('lib/core/wire/submitter/may-submit.ts', submitters, [
      [
        'takesBuilds(place.policy) && isOfRepository',
        'isOfRepository',
        'are none where submitters are named and builds aren’t among them',
      ],
      [
        'takesBuilds(place.policy) && isOfRepository(place.policy, submitter)',
        'takesBuilds(place.policy)',
        'are those of the origin’s repository',
      ],
    ]),
    ...guards('lib/requests/builds.ts', requests, [
      [
        'if (!takesBuilds(said)) {',
        'if (false) {',
        'submits nothing under a policy without an origin, or whose submitters leave builds out',
      ],
    ]),
    ...guards('lib/requests/authorise-submission.ts', requests, [
      [
        "  if (ctx.actor.kind === 'build') checkBuild(accepted.snapshot, ctx.actor, input);\n",
        '',
        'is told under which other policy it may',
      ],
    ]),
    ...guards('lib/requests/submit.ts', requests, [
      [
        '      await useBuildToken(transaction, ctx, id);\n',
        '',
        'makes one request by one token at two portals at the same moment',
      ],
    ]),
    ...guards('lib/requests/use-build-token.ts', requests, [
      [
        'if (count === 1) return;',
        'return;',
        'makes one request by each token: a stolen one makes no second',
      ],
      [
        'now().getTime() - keptMilliseconds',
        'now().getTime()',
        'makes one request by one token, however far the clocks',
      ],
    ]),
    ...guards('lib/platform/auth/bearer.ts', requests, [
      [
        "  if (actor.kind === 'build') refuseExpired(actor.verified, now);\n",
        '',
        'is forgotten once its token counts no more, and by then submits nothing',
      ],
    ]),
  ],
};
