import { guards, type Area } from '../mutant.ts';

const http = 'lib/platform/http-edge/http-edge.test.ts';
const pages = 'lib/platform/page-cache/page-cache.test.ts';
const pageCache = 'lib/platform/page-cache/page-cache.ts';
const artifact = 'app/api/v1/requests/[id]/artifact/route.db.test.ts';

/** What comes in over HTTP, what goes out, and to whom. */
export const edge: Area = {
  name: 'edge',
  mutants: [
    ...guards('lib/policy-changes/recently.ts', 'lib/policy-changes/recently.db.test.ts', [
      [
        'before?.mark === mark',
        'before !== undefined',
        'asks again after a change, at whichever portal it was made',
      ],
      [
        'SET mark = known.mark + 1',
        'SET mark = known.mark',
        'asks again after a change, at whichever portal it was made',
      ],
    ]),
    ...guards('lib/platform/drain/end-on-signals.ts', 'lib/platform/drain/end-on-signals.test.ts', [
      ["signal === 'SIGINT' && ", '', 'the first signal drains once'],
      [' && now() - since >= sameMilliseconds', '', 'Ctrl-C, which a terminal and npm pass on both'],
      ['        exit(130);\n', '', 'SIGINT ends a drain that SIGTERM began'],
    ]),
    ...guards('lib/platform/http-edge/guard-requests.ts', 'lib/platform/http-edge/http-edge.test.ts', [
      ['    dropPreview(request.headers);', '', 'reaches the portal without what asks for previews'],
    ]),
    ...guards('lib/platform/rate-limit/rate-limit.ts', 'lib/platform/rate-limit/rate-limit.db.test.ts', [
      ['if (counted.count > points) refuse', 'if (counted.count < 0) refuse', 'are one limit'],
      ['if (counted === null) {', 'if (points > 0) {', 'are one limit'],
    ]),
    ...guards('lib/platform/rate-limit/rate-limit.ts', 'lib/platform/rate-limit/shared-counts.test.ts', [
      ['if (over !== null) throw tooOften(over);', '', 'holds at each portal by itself'],
      ['if (left > 0) throw tooOften(left);', '', 'asks the database nothing'],
    ]),
    ...guards('lib/platform/rate-limit/shared-counts.ts', 'lib/platform/rate-limit/rate-limit.db.test.ts', [
      [
        "OR kept.ends_at > excluded.ends_at + interval '1 minute' THEN excluded.count",
        'THEN excluded.count',
        'begin anew, too, where a window ends later than any can',
      ],
    ]),
    ...guards('lib/platform/rate-limit/shared-counts.ts', 'lib/platform/rate-limit/shared-counts.test.ts', [
      ['if (!isWriting) void', 'void', 'are asked for in one statement'],
      ['if (awayUntil !== null && now() < awayUntil) return null;', '', 'aren’t waited for'],
    ]),
    ...guards('lib/platform/rate-limit/remove-ended.ts', 'lib/platform/rate-limit/rate-limit.db.test.ts', [
      ['OR ${excess > 0}', 'OR false', 'leave no row behind'],
    ]),
    ...guards('lib/platform/page-cache/answers.ts', 'lib/platform/page-cache/answers.test.ts', [
      ["[...personal, 'prefer']", '[...personal]', 'are for nobody in particular'],
      ["[...personal, 'prefer']", "['prefer']", 'are for nobody in particular'],
      [
        'if ((await mark()) !== kept.mark) return null;',
        '',
        'of feeds and badges last as long as their mark does, at most a minute',
      ],
      [
        'kept.mark === null || now() - kept.made >= lastingMilliseconds',
        'kept.mark === null',
        'of feeds and badges last as long as their mark does, at most a minute',
      ],
      ["status !== 200 || headers['set-cookie'] !== undefined ||", 'status !== 200 ||', 'aren’t kept '],
      ['answers.size <= answersMax && bytes <= bytesMax', 'bytes <= bytesMax', 'are kept within bounds'],
      [
        'answers.size <= answersMax && bytes <= bytesMax',
        'answers.size <= answersMax',
        'are kept within bounds',
      ],
    ]),
    ...guards('lib/platform/page-cache/content-mark.ts', 'lib/platform/page-cache/content-mark.db.test.ts', [
      ['(SELECT max(seq) FROM signer.journal)', '0', 'is the same at two portals until something happens'],
      [
        "${registry?.mtimeNs ?? ''} ${registry?.ino ?? ''} ${registry?.size ?? ''}",
        '',
        'is the same at two portals until something happens',
      ],
    ]),
    ...guards(pageCache, pages, [
      ["  'authorization',\n", '', 'with '],
      ["  'range',\n", '', 'with '],
      ["    headers['set-cookie'] === undefined &&\n", '', 'that '],
      ["    String(headers['content-type']).startsWith('text/html') &&\n", '', 'that '],
      [
        "if (typeof policy !== 'string' || policy === '') return null;",
        "if (typeof policy !== 'string') return null;",
        'that ',
      ],
      ['...seenFrom.map((name) => headers[name] ?? null)', '', 'of another host name is another page'],
      [
        'page !== null && mine === coming',
        'page !== null',
        'is rendered again after any change sent to the portal, even if its rendering had begun before',
      ],
      [
        'if (response.statusCode < 400) empty();',
        'empty();',
        'is kept if the change sent to the portal was refused',
      ],
    ]),
    ...guards('lib/platform/http-edge/replace-failures.ts', http, [
      ['    sayLength(response);\n', '', 'has it, although Next.js takes it away'],
      [
        'const isOfApi = /^\\/api\\/v1(?:[/?]|$)/;',
        'const isOfApi = /^\\/api\\/v1\\//;',
        'says of an address that the API hasn’t that it isn’t there',
      ],
      [
        'return methodNotAllowed(allow);',
        "return methodNotAllowed('');",
        'says what an address of the API takes',
      ],
      [
        "if (status === 500 && action === 'sent' && !outage)",
        "if (status === 500 && action === 'sent')",
        'is a fault all the same once an action has begun',
      ],
      ['  return outcome.status;\n', '  return response.statusCode;\n', 'gives a form’s page the status'],
      [
        '[400, 404, 409].includes(status)',
        '[400, 409].includes(status)',
        'is explained: a form that the build',
      ],
    ]),
    ...guards('lib/platform/http-edge/guard-requests.ts', http, [
      [
        "action: maybeAction(request) ? 'sent' : 'none',",
        "action: maybeAction(request) ? 'sent' : 'sent',",
        'is a fault if nothing was sent to an action',
      ],
    ]),
    ...guards('lib/platform/http/current-request.ts', http, [
      [
        "if (request !== null) request.action = 'begun';",
        'void request;',
        'is a fault all the same once an action has begun',
      ],
    ]),
    ...guards(
      'lib/platform/client-address/client-address.ts',
      'lib/platform/client-address/client-address.test.ts',
      [
        [
          'mark === holder.countersignClientMark && address !== undefined',
          'address !== undefined',
          'is unknown if the header didn’t come from a listed proxy',
        ],
        [
          '      request.headers.rsc === undefined &&\n',
          '',
          'is the same for everybody behind an unlisted proxy, and the log says so once',
        ],
      ],
    ),
    ...guards('lib/core/error/index.ts', 'lib/platform/http/http.test.ts', [
      [
        'error instanceof Error && error.name === of.errorName',
        'error instanceof (of as never)',
        'is recognised even if another copy of its class made it, as bundlers make them',
      ],
    ]),
    ...guards('lib/core/error/loggable.ts', 'lib/platform/log/log.test.ts', [
      [
        "typeof value === 'string' ? text(value, messageCharactersMax) : value",
        'value',
        'hides what opens something: ',
      ],
      ['words.push(describeError(', 'void (describeError(', 'hides what opens something: '],
      [
        'secretName.test(name) ? hidden : text(value, valueCharactersMax)',
        'value',
        'hides what opens something: ',
      ],
    ]),
    ...guards('signer/ground/log/index.ts', 'signer/ground/log/log.test.ts', [
      ['loggable(given) as', 'given as', 'contains an error’s code, context and cause, and no secrets'],
    ]),
    ...guards('lib/platform/http-metrics/http-metrics.ts', 'lib/platform/http-metrics/http-metrics.test.ts', [
      [', moved.read);', ', Infinity);', 'count no byte twice'],
      ['counted.set(socket, now);', '', 'count no byte twice'],
    ]),
    ...guards('lib/core/error/describe-error.ts', 'lib/core/error/error.test.ts', [
      ['secretName.test(name)', 'false', 'hides what stands under a name that says so'],
      [
        'for (const [secret, shown] of secrets) said = said.replaceAll(secret, shown);',
        'void secrets;',
        'holds nothing that opens something: connect',
      ],
      ["message.replaceAll('\\n', `\\n${inner}`)", 'message', 'is one entry: nothing in a message'],
      ["said.replaceAll('\\n', ' ')", 'said', 'is one entry, whatever its name and code say'],
      ['attempt(() => error instanceof Error)', '(error instanceof Error)', 'is said though something of it'],
      [
        'if (Array.isArray(value)) return JSON',
        'if (false) return JSON',
        'is soon said, however much a list holds',
      ],
      ["if (values.left < 0) return '…';", '', 'is bounded, however its context branches'],
    ]),
    ...guards('signer/ground/log/index.ts', 'signer/ground/log/log.test.ts', [
      [
        '    serializers: { err: describe },\n',
        '',
        'contains an error’s code, context and cause, and no secrets',
      ],
    ]),
    ...guards('app/_feeds/atom/write.ts', 'app/_feeds/atom/write.test.ts', [
      [
        '    .replaceAll(/[&<>"\'\\r]/g, (character) => entities[character] ?? character);',
        '    .trimEnd();\n  void entities;',
        'carries ',
      ],
    ]),
    ...guards('lib/releases/despite.ts', artifact, [
      [
        "return from === null || from === 'same-origin';",
        'return from === null || from !== "";',
        'leads a person who comes',
      ],
    ]),
    ...guards('lib/requests/past.ts', 'lib/requests/past.db.test.ts', [
      [
        'return index > 0 && bytes > pageBytesMax;',
        'return bytes < 0;',
        'end a page when its journal gets too large, but not before the first request',
      ],
    ]),
    ...guards('cli/past-requests.ts', 'cli/past-requests.test.ts', [
      [
        '/^<(\\/api\\/v1\\/past-requests\\?[^>\\s]{1,500})>; rel="next"$/',
        '/^<([^>\\s]{1,500})>; rel="next"$/',
        'follows no link to elsewhere',
      ],
    ]),
    ...guards('lib/platform/auth/bearer.ts', 'lib/api-tokens/api-tokens.db.test.ts', [
      [
        'maker !== null && mayMakeTokens(maker.roles, parseProjectSlug(row.projectSlug))',
        'maker !== null',
        'loses their tokens, and the team is notified once',
      ],
    ]),
    ...guards('lib/uploads/objects.ts', 'lib/uploads/uploads.db.test.ts', [
      [
        'await lockObjects(transaction, digests);',
        '',
        'stay where a request that is being written uses them',
      ],
    ]),
    ...guards('lib/audit-exports/read.ts', 'lib/audit-exports/audit-exports.db.test.ts', [
      ['  requireAuditor(ctx);\n  const rows', '  const rows', 'is for auditors and policy maintainers'],
      [
        '  requireAuditor(ctx);\n  if (!idForm.test(input.id)) return null;\n  const [row, digest, refusal]',
        '  const [row, digest, refusal]',
        'is for auditors and policy maintainers',
      ],
    ]),
    ...guards('lib/audit-exports/ask.ts', 'lib/audit-exports/audit-exports.db.test.ts', [
      ['  requireAuditor(ctx);\n', '', 'is for auditors and policy maintainers'],
      [
        'if ((await transaction.auditExport.count({ where: { askedAt: { gte: since } } })) >= perDayMax) {',
        'if (since === null) {',
        'isn’t requested more than thirty times a day',
      ],
    ]),
    ...guards('lib/revocations/propose.ts', 'lib/revocations/propose.git.test.ts', [
      [
        'now.length === seen.size && now.every((certificate) => seen.has(certificate.serial))',
        'seen.size > 0',
        'is proposed only by those who may revoke one',
      ],
    ]),
    ...guards('lib/certificates/revoked.ts', 'lib/certificates/revoked.db.test.ts', [
      [
        'if (!read.readable) throw new RevocationEntryUnreadable(number, read.problem);',
        "if (!read.readable) return { serial: '', project: '', certificate: '', reason: '', policyCommit: null, effectiveAt: at, learnedAt: at };",
        'refuses to skip an entry that it can’t read',
      ],
    ]),
    ...guards('lib/projects/standing.ts', 'lib/projects/standing.db.test.ts', [
      [
        "if (newest.some((release) => isRefused(release.state))) return 'revoked';",
        'void isRefused;',
        'is revoked by its newest release',
      ],
    ]),
    ...guards('lib/signatures/count.ts', 'lib/signatures/signatures.db.test.ts', [
      ['known?.index === index && now', 'now', 'follow what is signed, and a revocation'],
    ]),
    ...guards('app/_components/not-signed-in.ts', 'app/_components/not-signed-in.test.tsx', [
      ["kind !== 'public' || ", '', 'tells others who may'],
      [" || error.code !== 'NOT_ALLOWED'", " || error.code === 'NOT_ALLOWED'", 'tells who isn’t signed in'],
    ]),
    ...guards('app/api/_edge/answer.ts', 'dev/api-contract/contract.db.test.ts', [
      [
        'anonymous && found.status === 403',
        'anonymous && found.status === 0',
        'answers as the document says',
      ],
      [
        'const nothing = z.strictObject({});',
        'const nothing = z.looseObject({});',
        'answers as the document says',
      ],
      ['checkedQuery(request, query)', '{} as never', 'answers as the document says'],
    ]),
    ...guards('app/api/_edge/body.ts', 'app/api/_edge/body.test.ts', [
      ['if (!/^\\d{1,15}$/.test(header)) {', 'if (false) {', 'is invalid if it is '],
      [
        '    await reader.cancel().catch(() => undefined);\n',
        '',
        'is cancelled, so that the sender knows that no more is read',
      ],
      ['if (sizeBytes > sizeBytesMax) {', 'if (false) {', 'is refused where it is too large'],
      ['if (isNestedTooDeeply(value)) {', 'if (false) {', 'is refused if it is nested too deeply'],
    ]),
    ...guards('lib/platform/git-host/webhook/verify.ts', 'lib/platform/git-host/webhook/webhook.test.ts', [
      [
        'if (input.body.byteLength > bodyBytesMax) {',
        'if (false) {',
        'is refused where it is larger than GitHub sends',
      ],
      [' || !/^[0-9A-Za-z-]{1,64}$/.test(id)', '', 'needs an id and a name, JSON, and all fields'],
      [' || !/^[a-z_]{1,64}$/.test(name)', '', 'needs an id and a name, JSON, and all fields'],
      ['{ fatal: true }', '{}', 'is refused where it is not UTF-8, though it is signed'],
    ]),
  ],
};
