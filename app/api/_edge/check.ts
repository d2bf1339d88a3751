/**
 * What callers sent, checked. The same errors from further inside, such as a row that no longer parses, are no fault of theirs.
 */
import type { z } from 'zod';
import { isError } from '#core/error/index.ts';
import { IdentifierError } from '#core/ids/index.ts';
import { BadRequest } from './problem.ts';

const messageCharactersMax = 4_000;

/** Rejects with 400 what isn't as the schema says. */
export function checked<S extends z.ZodType>(schema: S, value: unknown): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BadRequest({
    code: 'BODY_INVALID',
    message: sentencesOf(parsed.error).slice(0, messageCharactersMax),
    fix: 'Compare the request with /api/v1/openapi.yaml.',
  });
}

/** `artifact.sha256: Invalid input.` */
function sentencesOf({ issues }: z.ZodError): string {
  return issues
    .map(
      ({ path, message }) =>
        `${path.length === 0 ? '' : `${path.join('.')}: `}${message.replace(/\.$/, '')}.`,
    )
    .join(' ');
}

/** What stands behind the question mark; of a name that is there twice, the last. */
export function checkedQuery<S extends z.ZodType>(request: Request, schema: S): z.output<S> {
  return checked(schema, Object.fromEntries(new URL(request.url).searchParams));
}

/** Rejects with 400 what the identifier's parser doesn't take. */
export function identified<T>(parse: (value: unknown) => T, value: unknown): T {
  try {
    return parse(value);
  } catch (error) {
    if (!isError(error, IdentifierError)) throw error;
    throw new BadRequest({
      code: error.code,
      message: `This is ${error.message}.`,
      fix: 'Put the value right and send it again.',
    });
  }
}
