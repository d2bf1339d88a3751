import { guards, type Area } from '../mutant.ts';

/** Traces: what may leave, whom a collector can hold up, what strangers may decide. And how a portal ends. */
export const tracing: Area = {
  name: 'tracing',
  mutants: [
    ...guards('lib/platform/tracing/trace-answers.ts', 'lib/platform/tracing/tracing.test.ts', [
      [
        'tracing.continueCallers ? caller : null',
        'caller',
        'have route, method, status and ids, and nothing of the address',
      ],
      [
        'const route = routeOf(request.url ?? ',
        'const route = (request.url ?? ',
        'have route, method, status and ids',
      ],
    ]),
    ...guards('lib/platform/tracing/exporter.ts', 'lib/platform/tracing/tracing.test.ts', [
      [
        'Math.max(0, Math.min(spans.length, this.room))',
        'spans.length',
        'waits in a bounded queue while nobody takes it',
      ],
      ["redirect: 'manual'", "redirect: 'follow'", 'is asked again where the answer allows it'],
    ]),
    ...guards('lib/platform/tracing/headers.ts', 'lib/platform/tracing/tracing.test.ts', [
      ["if (name === '' ||", 'if (', 'are read from a file that nobody else reads'],
    ]),
    ...guards('lib/platform/drain/drain.ts', 'lib/platform/drain/drain.test.ts', [
      ['if (socket.bytesRead === 0) socket.destroy();', ';', 'waits for no connection that a proxy opened'],
      [
        'if (socket.bytesRead === 0) socket.destroy();',
        'socket.destroy();',
        'waits for no connection that a proxy opened',
      ],
      ['leaving().abort();', '', 'says so first and goes on for a moment'],
    ]),
    ...guards('scripts/configuration/check-files.ts', 'scripts/configuration/configuration.test.ts', [
      [
        'areHandedOver && dirname(place) === credentials',
        'true',
        'takes the mode that systemd gives a credential in a unit',
      ],
    ]),
  ],
};
