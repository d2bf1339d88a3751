/**
 * `countersign plan`: what a change of the policy repository means. It reads two commits and, where asked to,
 * past requests; nothing that can write is within its reach, which plan-reach.test.ts proves.
 */
import { formatDiagnostic, loadSnapshot } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import {
  formatPlan,
  formatPlanMarkdown,
  parsePastRequests,
  PastRequestError,
  planChange,
  unknownToPlan,
} from '#core/policy/plan/index.ts';
import type { PastRequest } from '#core/policy/plan/index.ts';
import { CliError } from '../error.ts';
import { readBounded } from '../read-bounded.ts';
import { readRevision } from './read-revision.ts';
import type { Revision } from './read-revision.ts';

export type PlanFormat = 'text' | 'json' | 'markdown';
export const planFormats: readonly PlanFormat[] = ['text', 'json', 'markdown'];

export interface PlanInput {
  readonly repository: string;
  readonly base: string;
  readonly head: string;
  /** JSON file with past requests; null: no replay. */
  readonly requests: string | null;
  readonly format: PlanFormat;
}

const requestsBytesMax = 256 * 1024 * 1024;

export async function plan(input: PlanInput): Promise<string> {
  const past = input.requests === null ? null : await readRequests(input.requests);
  const baseRevision = await readRevision(input.repository, input.base);
  const headRevision = await readRevision(input.repository, input.head, baseRevision);
  const base = snapshotOf(baseRevision, null);
  const head = snapshotOf(headRevision, base);
  const planned = planChange(base, head, past);
  const notKnown = unknownToPlan(planned);
  switch (input.format) {
    case 'text':
      return `${formatPlan(planned)}${listOf(notKnown, '  ')}`;
    case 'json':
      return `${JSON.stringify({ ...planned, notKnown }, null, 2)}\n`;
    case 'markdown':
      return `${formatPlanMarkdown(planned)}${listOf(notKnown, '')}`;
  }
}

const listOf = (notKnown: readonly string[], indent: string): string =>
  notKnown.length === 0
    ? ''
    : `\n${['This plan can’t know, and the portal and the signer count with:', '', ...notKnown.map((gap) => `${indent}- ${gap}`)].join('\n')}\n`;

function snapshotOf(revision: Revision, previous: PolicySnapshot | null): PolicySnapshot {
  const loaded = loadSnapshot(revision.files, revision.commit, previous);
  if (loaded.ok) return loaded.snapshot;
  const lines = loaded.diagnostics.map(formatDiagnostic).join('\n');
  throw new CliError('REFUSED', `commit ${revision.commit.slice(0, 12)} is not a valid policy:\n${lines}`);
}

async function readRequests(file: string): Promise<readonly PastRequest[]> {
  let text: string;
  try {
    text = (await readBounded(file, requestsBytesMax)).toString();
  } catch (error) {
    throw new CliError('USAGE', `${file} can’t be read: ${(error as Error).message}`, error);
  }
  try {
    return parsePastRequests(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError) && !(error instanceof PastRequestError)) throw error;
    throw new CliError('USAGE', `${file}: ${error.message}`, error);
  }
}
