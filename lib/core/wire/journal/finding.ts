/** A finding as it is stored and read back. Members that are null may be left out: the database drops them where it cuts an entry. */
import { z } from 'zod';
import { parseSha256Hex } from '../../ids/index.ts';
import type { Finding } from '../finding/index.ts';
import { identifier } from './event.ts';

/** Of one text, in characters: more than any check says, and what a page can show. */
const textMax = 20_000;
/** What readers know: a finding that has a member `version` above this is of a later signer, and can't be read. */
export const findingVersion = 1;

const text = z.string().max(textMax);
const textOrNull = text.nullable().default(null);

export const findingSchema: z.ZodType<Finding, Finding> = z
  .object({
    version: z.literal(findingVersion).optional(),
    rule: text.describe('Stable name of the rule, `<step>.<rule>`'),
    outcome: z.enum(['pass', 'fail', 'info']).describe('`fail` refuses; `info` is told and decides nothing'),
    message: text.describe('One plain sentence for a maintainer'),
    expected: textOrNull.describe('What the policy asks for, or null'),
    found: textOrNull.describe('What was found, or null'),
    fix: textOrNull.describe('How to make it pass; set on every failure'),
    policy: z
      .object({ file: text, line: z.int(), column: z.int() })
      .nullable()
      .default(null)
      .describe('The line of the policy that decided, or null'),
    path: z.array(text).default([]).describe('Path in the artifact, outermost container first'),
    sha256: identifier(parseSha256Hex).optional().describe('The file that it is about'),
  })
  .transform(({ version: _, sha256, ...finding }) =>
    sha256 === undefined ? finding : { ...finding, sha256 },
  ) as unknown as z.ZodType<Finding, Finding>;

/** A stored finding → the finding, or null where it is none that this version can read. */
export function readFinding(value: unknown): Finding | null {
  const parsed = findingSchema.safeParse(value);
  return parsed.success ? parsed.data : null;
}
