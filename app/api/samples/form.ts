/** What is shown when a sample that was sent without scripts is refused. */
import { z } from 'zod';
import { uploadProblemOf } from '../../(public)/projects/[slug]/submit/upload-problem.ts';

export const sampleCookieName = 'countersign-sample-problem';
const cookieSeconds = 300;
const charactersMax = 600;

const schema = z.object({
  message: z.string(),
  fix: z.string(),
  /** Parameters that were typed, by field. */
  values: z.record(z.string(), z.string()).default({}),
});
export type SampleProblem = z.output<typeof schema>;

/** A problem document → a cookie for the page with the form, and for a few minutes. */
export async function sampleCookie(
  answer: Response,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  const { message, fix } = uploadProblemOf(await answer.json().catch(() => null));
  const short = {
    message: message.slice(0, charactersMax),
    fix: fix.slice(0, charactersMax),
    values: isShort(values) ? values : {},
  };
  const value = Buffer.from(JSON.stringify(short), 'utf8').toString('base64url');
  return `${sampleCookieName}=${value}; Path=/samples; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Strict`;
}

/** A browser keeps no cookie of more than 4 KiB. */
const valuesBytesMax = 1_200;
const isShort = (values: Readonly<Record<string, string>>): boolean =>
  Buffer.byteLength(JSON.stringify(values)) <= valuesBytesMax;

export function readSampleCookie(value: string | undefined): SampleProblem | null {
  if (value === undefined || value.length > 8 * charactersMax) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}
