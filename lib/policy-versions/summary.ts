/** What one accepted commit changed against the accepted one before it, as it is kept and shown. */
import { z } from 'zod';
import { changedSentences, worst } from '#core/policy/plan/index.ts';
import type { AffectedPolicy, Change, Effect } from '#core/policy/plan/index.ts';

/** first: there is nothing to compare it with. waiting: it is being worked out. too-large, unreadable: no details are kept. */
export type VersionState = 'first' | 'complete' | 'waiting' | 'too-large' | 'unreadable';

export type VersionChange = Pick<Change, 'effect' | 'reason' | 'project' | 'file' | 'line' | 'field'> & {
  /** It isn't there any more: `line` is that of the commit before. */
  readonly removed: boolean;
};

export interface VersionSummary {
  readonly effect: Effect;
  readonly changeCount: number;
  /** A few plain sentences of it, the ones that go before those that come. */
  readonly gone: readonly string[];
  readonly come: readonly string[];
}

/** At most so many changes and sentences of each kind are kept. */
export const changesKeptMax = 200;
export const sentencesMax = 6;
/** Of a longer list nothing is kept: half of it would say something else. */
const changesLengthMax = 128 * 1024;
const sentencesLengthMax = 32 * 1024;

export const effectSchema = z.enum(['tightens', 'loosens', 'neutral']);
export const changesSchema: z.ZodType<readonly VersionChange[]> = z.array(
  z.object({
    effect: effectSchema,
    reason: z.string(),
    project: z.string().nullable(),
    file: z.string(),
    line: z.number().int(),
    field: z.string(),
    removed: z.boolean(),
  }),
);

/** What is kept of a version, or of one project in it. */
export interface Details extends VersionSummary {
  readonly state: 'complete' | 'too-large';
  readonly changes: readonly VersionChange[];
}

/** Gathers changes and affected policies in the order of the repository, and forgets what nobody is shown. */
export class Tally {
  #effect: Effect = 'neutral';
  #count = 0;
  readonly #changes: VersionChange[] = [];
  readonly #gone: string[] = [];
  readonly #come: string[] = [];

  add(changes: readonly Change[], affected: readonly AffectedPolicy[]): void {
    this.#effect = worst([this.#effect, ...changes.map((change) => change.effect)]);
    this.#count += changes.length;
    for (const { effect, reason, project, file, line, field, after } of changes) {
      if (this.#changes.length >= changesKeptMax) break;
      this.#changes.push({ effect, reason, project, file, line, field, removed: after === null });
    }
    for (const policy of affected) {
      const { gone, come } = changedSentences(policy);
      this.#gone.push(...gone.slice(0, sentencesMax).map((sentence) => `${policy.policy}: ${sentence}`));
      this.#come.push(...come.slice(0, sentencesMax).map((sentence) => `${policy.policy}: ${sentence}`));
    }
    this.#gone.splice(sentencesMax);
    this.#come.splice(sentencesMax);
  }

  /** Nothing more that is affected would be shown. */
  get hasAllSentences(): boolean {
    return this.#gone.length >= sentencesMax && this.#come.length >= sentencesMax;
  }

  get details(): Details {
    const known = { effect: this.#effect, changeCount: this.#count };
    const sentences = [...this.#gone, ...this.#come].join('\n').length;
    if (sentences > sentencesLengthMax || JSON.stringify(this.#changes).length > changesLengthMax) {
      return { ...known, state: 'too-large', changes: [], gone: [], come: [] };
    }
    return { ...known, state: 'complete', changes: this.#changes, gone: this.#gone, come: this.#come };
  }
}
