import { z } from 'zod';

/** The number that a code host gave to a run or an artifact. */
export const hostId = z.string().regex(/^[1-9]\d{0,18}$/, 'the number of a run or an artifact');

/** What may stand in a header. */
export const hostToken = z
  .string()
  .min(1)
  .max(4_000)
  .regex(/^[\x21-\x7e]+$/, 'a token');

/** The path of a file among a job's artifacts: whole names, each of them somewhere below. */
export const jobFilePath = z
  .string()
  .min(1)
  .max(500)
  .regex(/^[^\p{C}\\]+$/u, 'a path')
  .refine(
    (path) => path.split('/').every((step) => step !== '' && step !== '.' && step !== '..'),
    'a path below the folder of the job, without . and ..',
  );
