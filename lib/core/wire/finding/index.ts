/**
 * A finding is one thing that a check examined, and the result. The same record is shown to the
 * maintainer, stored in the journal and, where it failed, is the refusal: a value, never an exception.
 */
import type { Sha256Hex } from '../../ids/index.ts';

/** A place in a file of the policy repository; line and column count from 1. */
export interface PolicyLocation {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export interface Finding {
  /** Stable id of the rule, `<step>.<rule>`, for example `origin.ref`. */
  readonly rule: string;
  readonly outcome: 'pass' | 'fail' | 'info';
  /** One plain sentence for a maintainer: what was checked, and the result. */
  readonly message: string;
  /** What the policy asks for, or null where nothing is asked. */
  readonly expected: string | null;
  /** What was found, or null where there was nothing to find. */
  readonly found: string | null;
  /** How to make this pass; set on every failure. */
  readonly fix: string | null;
  /** The policy line that decided, or null for rules built into the signer. */
  readonly policy: PolicyLocation | null;
  /** Path inside the artifact, outermost container first; empty for the artifact itself. */
  readonly path: readonly string[];
  /** The file the finding is about, where it has one. */
  readonly sha256?: Sha256Hex;
}

/** The result of a check: a proof or a refusal, and in both cases everything it examined. */
export type Checked<T> =
  | { readonly ok: true; readonly value: T; readonly findings: readonly Finding[] }
  | { readonly ok: false; readonly findings: readonly Finding[] };

interface FindingInput {
  readonly rule: string;
  readonly message: string;
  readonly expected?: string | null;
  readonly found?: string | null;
  readonly policy?: PolicyLocation | null;
  readonly path?: readonly string[];
  readonly sha256?: Sha256Hex;
}

function finding(outcome: Finding['outcome'], input: FindingInput, fix: string | null): Finding {
  return {
    rule: input.rule,
    outcome,
    message: input.message,
    expected: input.expected ?? null,
    found: input.found ?? null,
    fix,
    policy: input.policy ?? null,
    path: input.path ?? [],
    ...(input.sha256 === undefined ? {} : { sha256: input.sha256 }),
  };
}

export const pass = (input: FindingInput): Finding => finding('pass', input, null);
export const info = (input: FindingInput): Finding => finding('info', input, null);
export const fail = (input: FindingInput & { readonly fix: string }): Finding =>
  finding('fail', input, input.fix);

export function failures(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter((one) => one.outcome === 'fail');
}

/** A list that will state what is no longer true, since nothing follows. */
export const staleListRule = 'follow.stale';

/** A question of the policy that the code host didn't answer, which the policy accepts. */
export const hostUnknownRule = 'origin.host-unknown';

/** Notes that somebody should act on, although they refuse nothing. */
export function warnings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(isWarning);
}

export const isWarning = ({ outcome, rule }: Pick<Finding, 'outcome' | 'rule'>): boolean =>
  outcome === 'info' && (rule === staleListRule || rule === hostUnknownRule);
