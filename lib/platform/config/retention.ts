/** What is kept for how long, and how much of a project; the rules are stated for people in docs/guides/retention.md. */
import { z } from 'zod';
import { key, keys } from '../../host/configuration/index.ts';

const days = z.number().int().min(1).max(36_500);
const bytes = z
  .number()
  .int()
  .positive()
  .max(2 ** 50);
const perDay = z.number().int().positive().max(100_000);

export const retentionSchema = keys({
  deniedDays: key(
    'Files as uploaded, and bundles, of requests that the signer refused or somebody cancelled are removed so long after.',
    days.optional(),
    { default: 'they are kept', sample: 90 },
  ),
  failedDays: key('The same of requests that failed because something broke.', days.optional(), {
    default: 'they are kept',
    sample: 180,
  }),
});

const quota = () => ({
  storedBytesMax: key(
    'Of one project, in files that its requests use and that are still stored. One more upload is refused before its bytes are taken.',
    bytes.optional(),
    { default: 'no limit', sample: 500 * 1024 ** 3 },
  ),
  requestsPerDayMax: key('Of one project, requests within 24 hours.', perDay.optional(), {
    unit: 'count',
    default: 'no limit',
    sample: 200,
  }),
});

export const quotasSchema = keys({
  ...quota(),
  projects: key(
    'By a project’s slug, where it has another quota than all others.',
    z
      .record(z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/, 'a project’s slug'), keys(quota()))
      .optional(),
    { default: 'none', sample: { 'large-project': { storedBytesMax: 2 * 1024 ** 4 } } },
  ),
});
