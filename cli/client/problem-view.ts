/** What the portal says of a refusal. */
import * as z from 'zod/mini';

const lineSchema = z.looseObject({ file: z.string(), line: z.number(), column: z.number() });
export const findingSchema = z.looseObject({
  rule: z.string(),
  outcome: z.enum(['pass', 'fail', 'info']),
  message: z.string(),
  expected: z.nullable(z.string()),
  found: z.nullable(z.string()),
  fix: z.nullable(z.string()),
  policy: z.nullish(lineSchema),
  path: z.optional(z.array(z.string())),
});
/** One check: what was found, what was expected, which line of the policy asked, what to do. */
export type FindingView = z.infer<typeof findingSchema>;

export interface Problem {
  readonly status: number;
  /** The portal's literal code, such as UPLOAD_QUOTA_EXCEEDED; null: the answer had none. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly fix: string | null;
  /** What the policy asks and the call isn't, each with its rule. */
  readonly findings: readonly FindingView[];
  /** Further members, by which a program goes on (`expected-offset`). */
  readonly members: Readonly<Record<string, unknown>>;
}
