/**
 * A finding as it is stored and read back. Members that are null may be left out: the database drops them where it
 * cuts an entry.
 */
import { z } from 'zod';
import { parseSha256Hex } from '../../ids/index.ts';
import type { Finding, PolicyLocation } from '../finding/index.ts';
import { hex64 } from './event.ts';

/** Of one text, in characters: more than any check writes, and as much as a page can show. */
const textMax = 20_000;
/** Of one step: more than any check writes. */
const findingsMax = 100_000;
/** A finding with another version is from a later signer and can't be read. Version 1 has no version member. */
export const findingVersion = 1;

const text = z.string().max(textMax);
const textOrNull = text.nullable().default(null);

/** What `readFinding` takes, to be told to people: it says what is wrong with one, and the reference is made of it. */
export const findingSchema = z.object({
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
  path: z
    .array(text)
    .default([])
    .describe('Path in the artifact, outermost container first; missing: the artifact itself'),
  sha256: hex64.optional().describe('The file that it is about'),
});

/**
 * A stored finding → the finding, or null where it is none that this version can read. Not by a schema, for speed: a
 * request has tens of thousands.
 */
export function readFinding(value: unknown): Finding | null {
  if (typeof value !== 'object' || value === null) return null;
  const members = value as Readonly<Partial<Record<keyof Finding | 'version', unknown>>>;
  const { version, rule, outcome, message, expected = null, found = null, fix = null } = members;
  const { policy = null, path = [], sha256 } = members;
  if (version !== undefined && version !== findingVersion) return null;
  if (outcome !== 'pass' && outcome !== 'fail' && outcome !== 'info') return null;
  if (!isText(rule) || !isText(message)) return null;
  if (!isTextOrNull(expected) || !isTextOrNull(found) || !isTextOrNull(fix)) return null;
  if (!Array.isArray(path) || !path.every(isText)) return null;
  const location = policy === null ? null : readLocation(policy);
  if (location === undefined) return null;
  const finding: Finding = { rule, outcome, message, expected, found, fix, policy: location, path };
  if (sha256 === undefined) return finding;
  return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256)
    ? { ...finding, sha256: parseSha256Hex(sha256) }
    : null;
}

/** A finding as it is written: what is null or empty is left out. */
export function writtenFinding({ path, ...members }: Finding): object {
  const said = Object.entries(members).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(said), ...(path.length === 0 ? {} : { path }) };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= textMax;
const isTextOrNull = (value: unknown): value is string | null => value === null || isText(value);

/** undefined: it is none. */
function readLocation(value: unknown): PolicyLocation | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { file, line, column } = value as Readonly<Partial<Record<keyof PolicyLocation, unknown>>>;
  return isText(file) && Number.isSafeInteger(line) && Number.isSafeInteger(column)
    ? { file, line: line as number, column: column as number }
    : undefined;
}

export const findingsSchema = z
  .array(z.unknown())
  .max(findingsMax)
  .transform((values, context): readonly Finding[] => {
    const findings: Finding[] = [];
    for (const [index, value] of values.entries()) {
      const finding = readFinding(value);
      if (finding !== null) {
        findings.push(finding);
        continue;
      }
      const [problem] = findingSchema.safeParse(value).error?.issues ?? [];
      const path = [index, ...(problem?.path ?? [])];
      context.addIssue({ code: 'custom', path, message: problem?.message ?? 'not a finding' });
      return z.NEVER;
    }
    return findings;
  }) as unknown as z.ZodType<readonly Finding[], readonly Finding[]>;
