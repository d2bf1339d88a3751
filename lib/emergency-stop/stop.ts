import { randomUUID } from 'node:crypto';
import { recordEvent } from '../audit/index.ts';
import { stopReasonCharactersMax, stopStatement } from '#core/approval/index.ts';
import { judgeStopUnder, peopleWhoMayStop } from '#core/emergency-stop/index.ts';
import { parseProjectSlug } from '#core/ids/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import { excerpt } from '#core/text/typed/index.ts';
import { atField, FieldReader } from '../platform/http/index.ts';
import type { Context } from '../platform/portal/index.ts';
import { openRateLimit } from '../platform/rate-limit/index.ts';
import { EmergencyStopError } from './error.ts';

type Reading = Pick<Context, 'db' | 'policies' | 'now'>;

/** The statement to make, as entered. */
export interface StopWords {
  /** A project's slug, or `*` for everybody's signing. */
  readonly what: string;
  /** `stop` or `lift`. */
  readonly action: string;
  readonly reason: string;
  /** When the statement was written, as `StopQuestion` has it; anything else: now. */
  readonly at: string;
}

export interface StopQuestion {
  /** Canonical JSON, the text to sign byte for byte. */
  readonly statement: string;
  /** Names of those whose signature counts. */
  readonly signatories: readonly string[];
  /** ISO 8601, UTC, milliseconds: with it the statement can be reproduced. */
  readonly at: string;
}

export const everything = '*';

/** Keeps a flood of valid signatures by one key from filling the table; invalid ones aren't stored at all. */
const accepted = openRateLimit({ name: 'stops', points: 60, seconds: 60 });

/** What somebody has to sign to stop a project's or everybody's signing, or to let it go on. Public. */
export async function prepareStop(call: {
  readonly ctx: Reading;
  readonly input: StopWords;
}): Promise<StopQuestion> {
  const { ctx, input } = call;
  const snapshot = await readSnapshot(ctx);
  const reader = new FieldReader();
  const choices = [...snapshot.projects.keys(), everything];
  const what = reader.choice('what', input.what, choices, scopeProblem(input.what));
  const action = reader.choice(
    'action',
    input.action,
    ['stop', 'lift'],
    'What should happen: choose one of the two.',
  );
  const reason = reader.text('reason', input.reason, {
    label: 'Reason',
    charactersMax: stopReasonCharactersMax,
    missing: 'say it in a sentence or two',
  });
  const [problem] = reader.problems;
  if (what === null || action === null || problem !== undefined) {
    throw new EmergencyStopError({
      code: 'INVALID',
      message: problem?.message ?? 'Something is missing.',
      fields: reader.problems,
      fix: 'Correct it and go on.',
    });
  }
  const project = what === everything ? null : parseProjectSlug(what);
  const own = action === 'stop' && project !== null ? peopleWhoMayStop(snapshot, project) : [];
  const handles = new Set([...peopleWhoMayStop(snapshot, null), ...own].map((approver) => approver.handle));
  const at = isTime(input.at) ? input.at : ctx.now().toISOString();
  return {
    statement: stopStatement({ action, project, reason, at }),
    signatories: [...handles].map((handle) => snapshot.people.get(handle)?.value.name ?? handle),
    at,
  };
}

const scopeProblem = (what: string): string =>
  what === ''
    ? 'Whose signing: choose a project, or all projects.'
    : `Whose signing: there is no project “${excerpt(what, 100)}”; choose one of the list.`;

function isTime(text: string): boolean {
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString() === text && text.length === 24;
}

/**
 * Passes a signed statement to the signer, which decides itself. It doesn't matter who submits it: statements that are clearly
 * invalid are refused here, with the reason.
 */
export async function submitStop(call: {
  readonly ctx: Context;
  readonly input: { readonly statement: string; readonly signature: string };
}): Promise<{ readonly id: string }> {
  const { ctx, input } = call;
  const { statement, signature } = input;
  const verdict = judgeStopUnder(await readSnapshot(ctx), { statement, signature }, ctx.now());
  if (!verdict.ok) {
    throw new EmergencyStopError(
      atField('signature', {
        code: 'STOP_NOT_VALID',
        message: `This signature does not count: ${verdict.reason}.`,
        fix:
          'Sign exactly the statement shown, within 15 minutes, with namespace countersign-stop and a key that the policy ' +
          'lists. In an emergency, the operators of the signer’s host can stop it there.',
      }),
    );
  }
  await accepted.count(ctx.db, verdict.fingerprint);
  const id = randomUUID();
  const { action, project, reason } = verdict.statement;
  await ctx.db.$transaction(async (transaction) => {
    await transaction.emergencyStopSubmission.create({
      data: { id, statement, signature, submittedAt: ctx.now() },
    });
    await recordEvent(transaction, ctx, {
      action: `emergency-stop.${action}`,
      subject: project === null ? 'signing' : `project:${project}`,
      detail: { id, reason, signedBy: verdict.handle },
    });
  });
  return { id };
}

async function readSnapshot(ctx: Reading): Promise<PolicySnapshot> {
  const found = await acceptedPolicy(ctx);
  if (found !== null) return found.snapshot;
  throw new EmergencyStopError({
    code: 'NO_ACCEPTED_POLICY',
    message: 'The signer has accepted no policy yet, so nobody’s statement counts, and nothing is signed.',
    fix: 'Wait until the service state shows an accepted policy.',
  });
}
