/** What may be uploaded; the rules are stated for people in docs/guides/fairness.md. */
import { z } from 'zod';
import { bodyLimitsSchema } from '../body-pace/index.ts';

const bytes = z
  .number()
  .int()
  .positive()
  .max(2 ** 50);
/** Default, in files of the largest size. */
const [unusedFiles, dayFiles] = [4, 16];

export const uploadSchema = z
  .strictObject({
    sizeBytesMax: bytes.max(64 * 1024 ** 3),
    /** Of each project, in uploads that no request uses. */
    unusedBytesMax: bytes.optional(),
    unusedCountMax: z.number().int().positive().max(10_000).default(200),
    /** Unused uploads are removed after this time. */
    unusedHours: z.number().min(1).max(720).default(24),
    /** Of each project, within 24 hours, used or not. */
    dayBytesMax: bytes.optional(),
    dayCountMax: z.number().int().positive().max(10_000).default(2000),
    /** Limits on pace and number; left out, the defaults. */
    limits: bodyLimitsSchema.optional(),
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
