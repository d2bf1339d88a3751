/** The form of “Submit a file” without scripts: its size limit, and how its errors are returned. */
import { z } from 'zod';
import { uploadProblemOf } from '../../../../(public)/projects/[slug]/submit/upload-problem.ts';
import type {
  ParameterField,
  UploadProblem,
} from '../../../../(public)/projects/[slug]/submit/upload-problem.ts';

/** Held in memory while it is stored. */
export const formBytesMax = 72 * 1024 * 1024;
export const problemCookieName = 'countersign-upload-problem';
const cookieSeconds = 300;
const textCharactersMax = 600;
const typedCharactersMax = 200;
const parametersCharactersMax = 600;
/** Browsers keep no cookie of more than 4,096 octets with its name and attributes (RFC 6265, section 6.1). */
const valueCharactersMax = 3_600;

/** What was typed besides the files, which no browser sends back. */
export interface UploadValues {
  readonly policy: string;
  readonly sha256: string;
  /** By the names of fields. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A form that was refused, as the page shows it again. */
export interface RefusedUpload {
  readonly problem: UploadProblem;
  readonly values: UploadValues;
}

const isParameterField = (value: unknown): boolean =>
  typeof value === 'string' && value.startsWith('parameters.');

const schema = z.object({
  field: z
    .union([z.enum(['policy', 'artifact', 'bundle', 'sha256']), z.custom<ParameterField>(isParameterField)])
    .nullable(),
  message: z.string(),
  fix: z.string(),
  policy: z.string(),
  sha256: z.string(),
  parameters: z.record(z.string(), z.string()).default({}),
});

/** A problem document → a cookie for the page with the form, and for a few minutes. */
export async function problemCookie(
  slug: string,
  answer: Response,
  values: UploadValues,
  configuration: string | null = null,
): Promise<string> {
  const { field, message, fix } = uploadProblemOf(await answer.json().catch(() => null), configuration);
  // Few and short as they are by far the most times; else they are typed once more.
  const parameters =
    JSON.stringify(values.parameters).length <= parametersCharactersMax ? values.parameters : {};
  const written = (share: number): string => {
    const cut = (text: string, charactersMax: number) => text.slice(0, Math.floor(charactersMax * share));
    const short = {
      field,
      message: cut(message, textCharactersMax),
      fix: cut(fix, textCharactersMax),
      policy: cut(values.policy, typedCharactersMax),
      sha256: cut(values.sha256, typedCharactersMax),
      parameters: share === 1 ? parameters : {},
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
    const { policy, sha256, parameters, ...problem } = parsed.data;
    return { problem, values: { policy, sha256, parameters } };
  } catch {
    return null;
  }
}
