import { guards, type Area } from '../mutant.ts';

const post = 'lib/platform/page-fetch/post.test.ts';
const deliver = 'lib/webhooks/deliver.db.test.ts';
const collect = 'lib/webhooks/collect.db.test.ts';
const change = 'lib/webhooks/webhooks.db.test.ts';

const may = 'is added by those who may make tokens, seen by the foundation, and by nobody else';

/** Where messages to webhooks go, who chooses that, and that each goes once. */
export const webhooks: Area = {
  name: 'webhooks',
  mutants: [
    ...guards('lib/platform/page-fetch/place.ts', post, [
      ["if (url.username !== '' || url.password !== '')", 'if (false)', 'never goes to https://me:secret'],
      ['if (literal) throw', 'if (false) throw', 'never goes to https://93.184.216.34/'],
      [
        'if (!addresses.every(isPublicAddress)) throw',
        'if (!isPublicAddress(address)) throw',
        'never goes to a name that leads to',
      ],
      [
        'if (!limits.ports.includes(',
        'if (limits.ports.length === 0 && !limits.ports.includes(',
        'uses port 443, and others where the configuration names them',
      ],
      [
        'if (asked.all === true) callback(null, [{ address, family }]);\n    else callback(null, address, family);',
        "callback(null, asked.all === true ? [{ address: '127.0.0.9', family }] : '127.0.0.9', family);",
        'resolves a name once and connects to exactly that address',
      ],
    ]),
    ...guards('lib/platform/page-fetch/resolve.ts', 'lib/platform/page-fetch/resolve.test.ts', [
      [
        "if (loopback.test(host)) return ['127.0.0.1'];",
        '',
        'that is reserved, or this machine’s own, is asked of',
      ],
      [
        'if (reserved.test(host)) throw',
        'if (false) throw',
        'that is reserved, or this machine’s own, is asked of',
      ],
    ]),
    ...guards('lib/platform/page-fetch/post.ts', post, [
      ['if (bytes >= answerBytesMax) break;', '', 'reads no more than 64 KiB'],
    ]),
    ...guards('lib/webhooks/authorise.ts', change, [
      ['if (!rights.change) throw', 'if (false) throw', may],
      ['if (!isOnTeam(actor, slug) && !foundation) throw', 'if (false) throw', may],
    ]),
    ...guards('lib/webhooks/change.ts', change, [
      ['where: { id, projectSlug: project }', 'where: { id }', may],
    ]),
    ...guards('lib/webhooks/create.ts', change, [
      [
        "if (format !== 'standard') return",
        "if (format === 'standard') return",
        'is kept without what is secret in it',
      ],
      ['>= webhooksMax) {', '> 1e9) {', 'is one of ten at most'],
    ]),
    ...guards('lib/webhooks/attempt.ts', deliver, [
      ['status >= 200 && status <= 299', 'status >= 200 && status <= 399', 'that answers with a redirect'],
    ]),
    ...guards('lib/webhooks/attempt.ts', change, [
      [
        'content.secrets.slice(0, isRotating ? 2 : 1)',
        'content.secrets',
        'rotates a secret: for a day both sign, then the new one alone',
      ],
    ]),
    ...guards('lib/platform/build-host/index.ts', 'lib/platform/build-host/build-host.test.ts', [
      ["if (protocol !== 'https:') return null;", '', 'of github with the issuer http://code.example'],
      [
        'host.issuer === issuer',
        'issuer.startsWith(host.issuer)',
        'is where the configuration says for exactly',
      ],
      [
        '^token\\.actions\\.([a-z0-9-]+\\.ghe\\.com)$',
        '^token\\.actions\\.([a-z0-9-.]+)$',
        'of github with the issuer https://token.actions.evil.example',
      ],
    ]),
    ...guards('lib/webhooks/start-build.ts', 'lib/webhooks/start-build.test.ts', [
      ['if (policy !== null && slug !== policy) continue;', '', 'is nowhere for another host’s builds'],
      [
        'if (place?.provider !== format) continue;',
        'if (place === null) continue;',
        'is nowhere for another',
      ],
      ['/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/', '/^.+$/', 'names no commit that isn’t one'],
    ]),
    ...guards('lib/webhooks/start-form.ts', 'lib/webhooks/start-build.db.test.ts', [
      [
        'if (!tokenForm.test(token)) {',
        "if (token === '') {",
        'is refused with a token with a line of its own',
      ],
      [
        "events.some((type) => !type.startsWith('request.'))",
        'events.length > 99',
        'is refused with what isn’t',
      ],
    ]),
    ...guards('lib/webhooks/outcome.ts', deliver, [
      ["  if (kind === 'gone') {", "  if (kind === 'taken') {", 'that is gone is disabled at once'],
      [
        'if (lockedSchema.parse(mine).disabled) {',
        'if (false) {',
        'that is disabled while a message is under way stays as it was left',
      ],
      [
        'where: { id: delivery.id, nextAt: delivery.nextAt },',
        'where: { id: delivery.id },',
        'whose message is to be sent again while it is under way is sent it again at once',
      ],
    ]),
    ...guards('lib/webhooks/deliver.ts', deliver, [
      [
        'AND (turn_until IS NULL OR turn_until <= ${at})',
        '',
        'is sent what a portal left behind that died in its turn',
      ],
      [
        'AND (paused_until IS NULL OR paused_until <= ${at})',
        '',
        'that asks for time gets it, for other messages, too',
      ],
    ]),
    ...guards('lib/webhooks/compose-text.ts', 'lib/webhooks/compose-text.test.ts', [
      ["text.replaceAll(/:(?=\\/\\/)|\\bwww(?=\\.)/gi, '$&\\u200B')", 'text', 'for slack has one link alone'],
    ]),
    ...guards('lib/webhooks/deliveries.ts', collect, [
      [
        '  if (there.length === 0) return;\n',
        '',
        'isn’t told to a webhook that the team disables or removes at that moment',
      ],
      [
        'disabledAt: null, events: { has: type }',
        'disabledAt: null',
        'is told of all that is selected, and of nothing else',
      ],
    ]),
  ],
};
