/** Steps of a pass: started, and finished with everything that was examined. */
import { z } from 'zod';
import { defineEvent, hex64, pass, time, type Fixed } from './event.ts';
import { findingsSchema, writtenFinding } from './finding.ts';
import { inspectedFileSchema, inspectedFilesMax } from './inspected.ts';
import { step } from './requests.ts';

export const stepStarted = defineEvent({
  kind: 'step.started',
  says: 'A step of a pass has started. One without its end was interrupted by a crash and is started again. Most steps start with the end of the one before, which says so.',
  about: 'request',
  version: 1,
  body: z.object({ pass, step }),
});

/** Whom a step asks: what answers from outside of the daemon. */
export const calledParts = ['keyholder', 'scanner', 'timestamp', 'policy'] as const;

const call = z.object({
  to: z.enum(calledParts).describe('The part that was asked'),
  count: z.int().positive().describe('How often'),
  failed: z.int().nonnegative().describe('How often without an answer, or with a refusal'),
  fromMs: z.int().nonnegative().describe('When the first began, counted from the step’s start'),
  toMs: z.int().nonnegative().describe('When the last ended, counted alike'),
  busyMs: z.int().nonnegative().describe('How long all took, added up: several may be asked at once'),
});
/** What a step asked of one part. */
export type StepCall = Fixed<z.input<typeof call>>;

/** Facts established about the request, whatever the outcome of the step. */
const facts = {
  claims: z
    .record(z.string(), z.string())
    .exactOptional()
    .describe('Step `origin`: claims of the build’s certificate, where they are signed and about this file'),
  attestation: z
    .string()
    .exactOptional()
    .describe('Step `origin`: what the attestation states; `other`: nothing that proves a build'),
  integratedAt: time
    .exactOptional()
    .describe('Step `origin`: when a log or timestamp authority first saw it'),
  configurationSha256: z
    .string()
    .exactOptional()
    .describe(
      'Step `inspection`: SHA-256 of the canonical JSON of the artifact configuration it was held against',
    ),
  entries: z
    .array(inspectedFileSchema)
    .max(inspectedFilesMax)
    .nullable()
    .exactOptional()
    .describe(
      'Step `inspection`: every file with path, type, size, SHA-256 and what was read of it; null: not whole, or too many',
    ),
  report: z
    .object({
      sha256: hex64.describe('Of its document'),
      sizeBytes: z.int().nonnegative().describe('Of its document'),
      entries: z.int().nonnegative().describe('Files and folders that it lists'),
    })
    .exactOptional()
    .describe(
      'Step `scan`, or `inspection` where that one refuses: the inspection report, which is in the release store',
    ),
};
export type StepFacts = Fixed<z.input<z.ZodObject<typeof facts>>>;
/** What step `origin` establishes. */
export type OriginFacts = Required<Pick<StepFacts, 'claims' | 'attestation' | 'integratedAt'>>;
/** What step `inspection` establishes. */
export type InspectionFacts = Required<Pick<StepFacts, 'configurationSha256' | 'entries'>>;

const common = {
  pass,
  step,
  durationMs: z.number().nonnegative().describe('How long it took'),
  next: step
    .exactOptional()
    .describe(
      'The step that started with this entry; missing: an entry `step.started` says which one did, if any',
    ),
  calls: z
    .array(call)
    .max(calledParts.length)
    .exactOptional()
    .describe('What it asked of other parts, and how long they took; absent: nothing'),
};
const findings = findingsSchema.describe('Everything that was examined, in order');

export const repeatedSchema = z.object({
  entry: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .describe('Number of an earlier entry of the same request, about the same step'),
  sha256: hex64.describe(
    'Of the canonical JSON of the entry’s members but for `pass`, `durationMs`, `next`, `calls` and `version`',
  ),
});
export type Repeated = Fixed<z.output<typeof repeatedSchema>>;

export const stepFinished = defineEvent({
  kind: 'step.finished',
  says: 'A step of a pass has ended, with everything it examined and the outcome. A body that repeats what an earlier pass found is of version 2, all others of version 1.',
  about: 'request',
  version: 2,
  write: (body) =>
    'same' in body
      ? { version: 2, members: body }
      : { version: 1, members: { ...body, findings: body.findings.map(writtenFinding) } },
  body: z.union([
    z.object({
      outcome: z
        .enum(['pass', 'fail', 'waiting'])
        .describe(
          '`waiting`: for people; `retry`: something is unavailable, which decides nothing and is retried',
        ),
      ...common,
      findings,
      ...facts,
    }),
    z.object({
      outcome: z.literal('retry'),
      ...common,
      findings,
      attempt: z.int().positive().describe('Outcome `retry`: which attempt in a row this was, from 1'),
      attemptsMax: z.int().positive().describe('Outcome `retry`: after so many the request fails'),
      retryAt: time.describe('Outcome `retry`: when it is tried again'),
    }),
    z.object({
      outcome: z.enum(['pass', 'waiting']),
      ...common,
      same: repeatedSchema.describe(
        'In place of `findings` and facts: what an earlier pass of the request found, byte for byte',
      ),
    }),
  ]),
});
