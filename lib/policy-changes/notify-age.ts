/** Notifies policy maintainers, ahead of time and again when it is late, that the policy in force is getting old. */
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notifyMaintainers, notifyOnce, unsentNotices, type Message } from '../notifications/index.ts';
import { readPolicySync, type PolicySync } from '../platform/policy-sync/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

type NotifyContext = Pick<Portal, 'db' | 'now' | 'config'>;
type Age = Pick<PolicySync, 'accepted' | 'datedAt' | 'alarmAt' | 'stopAt'>;

export interface AgeNotice {
  /** `alarm-soon` and `stop-soon` are sent ahead, `alarm` and `stopped` when it happens. */
  readonly what: 'alarm-soon' | 'alarm' | 'stop-soon' | 'stopped';
  readonly commit: string;
  readonly datedAt: Date;
  /** When it happens, or happened. */
  readonly at: Date;
}

const action = 'policy.age-told';
const dayMilliseconds = 86_400_000;
/** Two weeks ahead; if the foundation allows less than eight weeks, a quarter of that time. */
const aheadMilliseconds = 14 * dayMilliseconds;

/** → what went wrong, in words. */
export async function notifyOfPolicyAge(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await sendAgeNotice(portal, accepted.snapshot, await readPolicySync(portal));
  return [];
}

/** The same for a given snapshot and the signer's report of its age. May run in several portals at once. */
export async function sendAgeNotice(ctx: NotifyContext, snapshot: PolicySnapshot, age: Age): Promise<void> {
  const due = ageNotice(age, ctx.now());
  if (due === null) return;
  const about = ({ what, commit }: AgeNotice) => ({ key: what, subject: `policy:${commit}` });
  for (const notice of await unsentNotices(ctx.db, action, [due], about)) {
    await notifyOnce(ctx, { action, ...about(notice) }, (transaction) =>
      notifyMaintainers(transaction, ctx, snapshot, messageOf(notice)),
    );
  }
}

/** The notice due for the policy's age now: the most advanced step reached; null: none yet. */
export function ageNotice({ accepted, datedAt, alarmAt, stopAt }: Age, now: Date): AgeNotice | null {
  if (accepted === null || datedAt === null || alarmAt === null) return null;
  const before = (at: Date): Date =>
    new Date(at.getTime() - Math.min(aheadMilliseconds, (at.getTime() - datedAt.getTime()) / 4));
  const steps: readonly (readonly [AgeNotice['what'], from: Date, at: Date])[] = [
    ['alarm-soon', before(alarmAt), alarmAt],
    ['alarm', alarmAt, alarmAt],
    ...(stopAt === null
      ? []
      : ([
          ['stop-soon', before(stopAt), stopAt],
          ['stopped', stopAt, stopAt],
        ] as const)),
  ];
  // If the stop follows closely after the alarm, the worse one takes precedence.
  const last = steps.filter(([, from]) => from <= now).at(-1);
  if (last === undefined) return null;
  const [what, , at] = last;
  return { what, commit: accepted, datedAt, at };
}

function messageOf({ what, commit, datedAt, at }: AgeNotice): Message {
  const day = (date: Date): string => date.toISOString().slice(0, 10);
  const subjects = {
    'alarm-soon': `The policy has to be confirmed before ${day(at)}`,
    alarm: 'The policy in force is older than the foundation allows',
    'stop-soon': `Nothing will be signed from ${day(at)} on, unless the policy is confirmed`,
    stopped: 'Nothing is signed: the policy in force is too old',
  };
  return {
    kind: 'foundation-alert',
    subject: subjects[what],
    body:
      `The policy in force, commit ${commit}, is of ${day(datedAt)}. If you know of newer commits, the Git host may be ` +
      'withholding them: compare its main branch with your own. If there are none, say so: “Confirm the policy” makes a ' +
      'commit that changes nothing, and the policy maintainers sign it like any other.',
    path: '/changes',
  };
}
