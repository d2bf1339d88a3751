/** What is read back of a report: by portal, command line and auditors. */
import { z } from 'zod';
import { detectedTypes } from '../formats/detected-type/index.ts';
import { formatTypes } from '../generated/format-types.ts';
import { parseSha256Hex } from '../ids/index.ts';
import type { Below } from './index-rows.ts';
import { reportEntriesMax, reportKind, reportVersion, type ReportEntry, type ReportHead } from './report.ts';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .transform((text) => parseSha256Hex(text));
const count = z.int().nonnegative();
const location = z.object({ file: z.string(), line: z.int(), column: z.int() });

export const reportHeadSchema: z.ZodType<ReportHead> = z.object({
  kind: z.literal(reportKind),
  version: z.literal(reportVersion),
  request: z.uuid().nullable(),
  artifact: z.object({ name: z.string(), sha256, sizeBytes: count }),
  configurationSha256: sha256,
  reached: z.enum(['inspection', 'scan']),
  passed: z.boolean(),
  whole: z.boolean(),
  counts: z.object({
    files: count,
    directories: count,
    unexpected: count,
    toBeSigned: count,
    notSeenInside: count,
    notScanned: count,
    infected: count,
  }),
});

export const reportEntrySchema: z.ZodType<ReportEntry> = z.object({
  path: z.array(z.string()),
  type: z.enum(['file', 'directory']),
  role: z.enum(['expected', 'unexpected', 'inside']),
  sizeBytes: count,
  sha256: sha256.nullable(),
  detected: z.enum(detectedTypes).nullable(),
  formats: z.array(z.string()),
  element: z
    .object({
      pointer: z.string(),
      type: z.enum(formatTypes),
      path: z.string().exactOptional(),
      line: location.nullable(),
    })
    .nullable(),
  facts: z
    .object({
      kind: z.enum(['program', 'installer', 'library', 'other']).nullable(),
      texts: z.record(z.string(), z.string()).nullable(),
      signed: z.boolean(),
    })
    .nullable(),
  signatures: z
    .array(
      z.object({
        method: z.string(),
        signer: z.string().nullable(),
        issuer: z.string().nullable(),
        certificateSha256: sha256.nullable(),
        signedAt: z.iso.datetime().nullable(),
        standing: z.enum(['verified', 'refused', 'unverified']),
      }),
    )
    .nullable(),
  scan: z.object({
    outcome: z.enum(['clean', 'covered', 'empty', 'not-scanned', 'infected', 'pending']),
    detail: z.string().nullable(),
  }),
  notSeen: z.array(z.object({ place: z.string(), format: z.string(), message: z.string() })),
  notSeenCount: count,
  opaque: z.string().nullable(),
  sign: z.string().nullable(),
  refusedBy: z.array(z.string()),
  warnedBy: z.array(z.string()).exactOptional(),
  rewritten: z.object({ fields: count, of: z.array(z.string()), ofCount: count }).exactOptional(),
});

export const belowSchema: z.ZodType<Below> = z.object({
  files: count,
  toBeSigned: count,
  notSeen: count,
  unexpected: count,
  infected: count,
  notScanned: count,
});

/** A whole document. */
export const reportSchema = z.object({
  head: reportHeadSchema,
  entries: z.array(reportEntrySchema).max(reportEntriesMax),
});
