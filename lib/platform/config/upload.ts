/** What may be uploaded; the rules are stated for people in docs/guides/fairness.md. */
import { z } from 'zod';
import { key, keys } from '../../host/configuration/index.ts';
import { bodyLimitsSchema } from '../body-pace/index.ts';

const bytes = z
  .number()
  .int()
  .positive()
  .max(2 ** 50);
/** Default, in files of the largest size. */
const [unusedFiles, dayFiles] = [4, 16];

const perDay = 'Of each project, within 24 hours, used or not.';

export const uploadSchema = keys({
  sizeBytesMax: key('The largest file that may be uploaded.', bytes.max(64 * 1024 ** 3), {
    example: 4 * 1024 ** 3,
  }),
  unusedBytesMax: key('Of each project, in uploads that no request uses.', bytes.optional(), {
    default: `${unusedFiles} files of the largest size`,
  }),
  unusedCountMax: key(
    'Of each project, uploads that no request uses.',
    z.number().int().positive().max(10_000).default(200),
    { unit: 'count' },
  ),
  unusedHours: key('Unused uploads are removed after this time.', z.number().min(1).max(720).default(24)),
  dayBytesMax: key(perDay, bytes.optional(), { default: `${dayFiles} files of the largest size` }),
  dayCountMax: key(perDay, z.number().int().positive().max(10_000).default(2000), { unit: 'count' }),
  limits: key('Limits on pace and number.', bodyLimitsSchema.optional(), { default: 'those of its keys' }),
})
  .transform((given) => ({
    ...given,
    unusedBytesMax: given.unusedBytesMax ?? unusedFiles * given.sizeBytesMax,
    dayBytesMax: given.dayBytesMax ?? dayFiles * given.sizeBytesMax,
  }))
  .refine(
    ({ sizeBytesMax, unusedBytesMax, dayBytesMax }) => Math.min(unusedBytesMax, dayBytesMax) >= sizeBytesMax,
    'unusedBytesMax and dayBytesMax have to be at least sizeBytesMax, or the largest allowed file can never be uploaded',
  );
