/** How a provider's questions are made: a path, the form of its answer, and what "not found" means. */
import type { z } from 'zod';
import type { HostQuestion } from './host.ts';

export type MakeQuestion = <Schema extends z.ZodType>(
  key: string,
  path: string,
  schema: Schema,
  missing?: HostQuestion['missing'],
) => HostQuestion<z.output<Schema>>;

/** `host`: whose description of its API the forms are of. */
export const questionsOf =
  (host: string): MakeQuestion =>
  (key, path, schema, missing = 'unknown') => ({
    key,
    path,
    missing,
    read(body, more) {
      if (more) return 'the answer is part of a longer list';
      const parsed = schema.safeParse(body);
      if (parsed.success) return { said: parsed.data };
      const at = parsed.error.issues[0]?.path.join('.') ?? '';
      return `the answer isn't what ${host}'s description says${at === '' ? '' : ` (at ${at.slice(0, 100)})`}`;
    },
  });
