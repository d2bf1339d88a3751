/** The form of “Submit a file” without scripts: its size limit, and how its errors are returned. */
import { z } from 'zod';
import { uploadProblemOf } from '../../../../(public)/projects/[slug]/submit/upload-problem.ts';
import type { UploadProblem } from '../../../../(public)/projects/[slug]/submit/upload-problem.ts';

/** Held in memory while it is stored. */
export const formBytesMax = 72 * 1024 * 1024;
export const problemCookieName = 'countersign-upload-problem';
const cookieSeconds = 300;
const textCharactersMax = 600;
const typedCharactersMax = 200;
/** Browsers keep no cookie of more than 4,096 octets with its name and attributes (RFC 6265, section 6.1). */
const valueCharactersMax = 3_600;

/** What was typed besides the files, which no browser sends back. */
export interface UploadValues {
  readonly policy: string;
  readonly sha256: string;
}

/** A form that was refused, as the page shows it again. */
export interface RefusedUpload {
  readonly problem: UploadProblem;
  readonly values: UploadValues;
}

const schema = z.object({
  field: z.enum(['policy', 'artifact', 'bundle', 'sha256']).nullable(),
  message: z.string(),
  fix: z.string(),
  policy: z.string(),
  sha256: z.string(),
});

/** A problem document → a cookie for the page with the form, and for a few minutes. */
export async function problemCookie(slug: string, answer: Response, values: UploadValues): Promise<string> {
  const { field, message, fix } = uploadProblemOf(await answer.json().catch(() => null));
  const written = (share: number): string => {
    const cut = (text: string, charactersMax: number) => text.slice(0, Math.floor(charactersMax * share));
    const short = {
      field,
      message: cut(message, textCharactersMax),
      fix: cut(fix, textCharactersMax),
      policy: cut(values.policy, typedCharactersMax),
      sha256: cut(values.sha256, typedCharactersMax),
    };
    return Buffer.from(JSON.stringify(short), 'utf8').toString('base64url');
  };
  // A character takes between one and twelve octets: what is too long in octets is shortened once more.
  const whole = written(1);
  const value = whole.length <= valueCharactersMax ? whole : written(valueCharactersMax / whole.length / 2);
  const path = `/projects/${encodeURIComponent(slug)}/submit`;
  return `${problemCookieName}=${value}; Path=${path}; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Strict`;
}

export function readProblemCookie(value: string | undefined): RefusedUpload | null {
  if (value === undefined || value.length > valueCharactersMax) return null;
  try {
    const parsed = schema.safeParse(JSON.parse(Buffer.from(value, 'base64url').toString('utf8')));
    if (!parsed.success) return null;
    const { policy, sha256, ...problem } = parsed.data;
    return { problem, values: { policy, sha256 } };
  } catch {
    return null;
  }
}
