/**
 * What the signer says of a sample: a file that somebody dropped in the portal to see what a configuration for it could say. It is no part
 * of any request: nothing that decides about a signature reads it.
 */
import { z } from 'zod';
import { formatTypes } from '../../generated/format-types.ts';
import { findingSchema, readFinding } from '../journal/index.ts';
import type { Finding } from '../finding/index.ts';

/** Samples, what was found in them and the files themselves are gone after this time. */
export const sampleHours = 24;

/** Of one answer; `findingCount` says how many there are. */
export const sampleFindingsMax = 200;
/** Nodes of the tree that are kept. */
export const sampleNodesMax = 20_000;
/** Of the suggested configuration, in characters. */
export const suggestionCharactersMax = 400_000;
const stepsMax = 500;

export const sampleStates = ['working', 'done', 'failed'] as const;
export type SampleState = (typeof sampleStates)[number];

const finding = findingSchema.transform((value, context): Finding => {
  const read = readFinding(value);
  if (read !== null) return read;
  context.addIssue({ code: 'custom', message: 'no finding' });
  return z.NEVER;
});
export interface SampleFindings {
  readonly findings: readonly Finding[];
  readonly findingCount: number;
}

/** As in lib/core/suggestion. */
export interface SampleStep {
  readonly path: readonly string[];
  readonly does: 'sign' | 'rebuild' | 'follow';
  readonly type: (typeof formatTypes)[number];
  readonly method: string | null;
  readonly lists: readonly string[];
}

/** Of a file that was inspected. */
export interface SampleOutcome {
  readonly version: 1;
  /** Nodes of the tree, how many of them are kept, and what was counted in it. */
  readonly tree: {
    readonly nodes: number;
    readonly kept: number;
    readonly files: number;
    readonly toBeSigned: number;
    readonly notSeen: number;
  };
  /** null: nothing can be suggested; `nothing` says why. */
  readonly suggestion: {
    readonly text: string;
    /** Files whose reason for `opaque` somebody has to write. */
    readonly reasonsToWrite: number;
  } | null;
  readonly nothing: string | null;
  /** What refuses the file all the same. */
  readonly refused: SampleFindings;
  readonly order: readonly SampleStep[];
  readonly stepCount: number;
  /** The file held against a configuration of the policy in force; null: nobody named one, or there is none of this name. */
  readonly against: HeldAgainst | null;
}

export interface HeldAgainst extends SampleFindings {
  readonly configuration: string;
  readonly commit: string;
  /** null: it could not be held against it; the findings say why. */
  readonly passed: boolean | null;
  /** Values that stood in for those of a request. `given`: by who dropped it; otherwise the file tells them. */
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly given?: boolean }[];
}

/** Of one that could not be inspected. */
export interface SampleFailure {
  readonly version: 1;
  readonly message: string;
  readonly fix: string;
}

const findings = z.object({
  findings: z.array(finding).max(sampleFindingsMax),
  findingCount: z.int().nonnegative(),
});

const count = z.int().nonnegative();

export const sampleOutcomeSchema: z.ZodType<SampleOutcome> = z.object({
  version: z.literal(1),
  tree: z.object({ nodes: count, kept: count, files: count, toBeSigned: count, notSeen: count }),
  suggestion: z.object({ text: z.string().max(suggestionCharactersMax), reasonsToWrite: count }).nullable(),
  nothing: z.string().nullable(),
  refused: findings,
  order: z
    .array(
      z.object({
        path: z.array(z.string()),
        does: z.enum(['sign', 'rebuild', 'follow']),
        type: z.enum(formatTypes),
        method: z.string().nullable(),
        lists: z.array(z.string()),
      }),
    )
    .max(stepsMax),
  stepCount: count,
  against: findings
    .extend({
      configuration: z.string(),
      commit: z.string(),
      passed: z.boolean().nullable(),
      parameters: z.array(
        z.object({ name: z.string(), value: z.string(), given: z.boolean().exactOptional() }),
      ),
    })
    .nullable(),
});

export const sampleFailureSchema: z.ZodType<SampleFailure> = z.object({
  version: z.literal(1),
  message: z.string(),
  fix: z.string(),
});

/** The first of many, and how many there are. */
export const firstFindings = (all: readonly Finding[]): SampleFindings => ({
  findings: all.slice(0, sampleFindingsMax),
  findingCount: all.length,
});

export const firstSteps = <Step>(all: readonly Step[]) => ({
  order: all.slice(0, stepsMax),
  stepCount: all.length,
});
