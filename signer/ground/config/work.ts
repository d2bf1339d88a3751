/** Keys of the signer's configuration: how much it does at once, how often, and in which order. */
import { z } from 'zod';
import { key, keys } from '../../../lib/host/configuration/index.ts';
import { seconds } from './files.ts';

export const workKeys = () => ({
  inspector: key(
    'The sandboxed processes that read hostile bytes.',
    keys({
      networkNamespace: key(
        '`required` refuses to inspect where the system provides no network namespace for the sandbox.',
        z.enum(['required', 'preferred']).default('preferred'),
        {
          sample: 'required',
          risk: (value) =>
            value === 'preferred'
              ? 'Where the system provides no network namespace, inspectors run with this machine’s network: set `required`.'
              : null,
        },
      ),
      limits: key(
        'What one inspection may take.',
        keys({
          timeoutSeconds: key('Time.', seconds.default(600)),
          heapMebibytes: key('JavaScript’s heap.', z.number().int().min(64).default(512)),
          memoryMebibytes: key('All memory of the process.', z.number().int().min(256).default(1536)),
        }).prefault({}),
      ),
    }).prefault({}),
  ),
  samples: key(
    'Files that people drop in the portal to have a configuration suggested: one at a time, beside the requests.',
    keys({
      sizeBytesMax: key(
        'The largest one.',
        z
          .number()
          .int()
          .positive()
          .max(4 * 1024 ** 3)
          .default(256 * 1024 ** 2),
      ),
      secondsMax: key('Time for one.', seconds.max(3600).default(300), { unit: 'seconds' }),
    }).prefault({}),
  ),
  retry: key(
    'How often what failed for a reason that passes (a service is down) is tried again.',
    keys({
      attemptsMax: key(
        'Afterwards the request ends. 500 attempts ten minutes apart take over three days: an outage of a weekend ends no request.',
        z.number().int().positive().default(500),
        { unit: 'count' },
      ),
      delaySeconds: key('Before the second attempt; it doubles.', seconds.default(5)),
      delaySecondsMax: key('It doubles up to this.', seconds.default(600), { unit: 'seconds' }),
    }).default({ attemptsMax: 500, delaySeconds: 5, delaySecondsMax: 600 }),
  ),
  sweepSeconds: key('How often the signer looks for requests that nothing woke it for.', seconds.default(5)),
  concurrency: key('Requests processed at once.', z.number().int().min(1).max(16).default(4), {
    unit: 'count',
  }),
  turns: key(
    'Whose turn it is (docs/guides/fairness.md).',
    keys({
      perProjectMax: key(
        'Requests of one project processed at once.',
        z.number().int().min(1).max(1000).optional(),
        { unit: 'count', default: 'all places while no other project waits' },
      ),
      workSecondsMax: key(
        'A project that recently had more work than this comes after all others.',
        z.number().positive().default(1800),
        { unit: 'seconds' },
      ),
      workHalfLifeSeconds: key('Half-life of counted work.', seconds.default(1800)),
    }).prefault({}),
  ),
  portalSessions: key(
    'Sessions of the portal’s database role beyond these are ended (docs/decisions/0031-the-portal-cannot-hold-the-signer-up.md).',
    keys({
      transactionSecondsMax: key('The longest transaction.', z.number().min(30).max(86_400).default(120), {
        unit: 'seconds',
      }),
      locksMax: key('The most locks.', z.number().int().min(100).default(1000), { unit: 'count' }),
    }).prefault({}),
  ),
});
