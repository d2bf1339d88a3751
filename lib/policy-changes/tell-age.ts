/** Telling policy maintainers, in time and again when it is late, that the policy in force gets old. */
import type { PolicySnapshot } from '#core/policy/index.ts';
import { notifyMaintainers, tellOnce, untoldOf, type Message } from '../notifications/index.ts';
import { readPolicySync, type PolicySync } from '../platform/policy-sync/index.ts';
import { acceptedPolicy } from '../platform/portal/index.ts';
import type { Portal } from '../platform/portal/index.ts';

type Telling = Pick<Portal, 'db' | 'now' | 'config'>;
type Age = Pick<PolicySync, 'accepted' | 'datedAt' | 'alarmAt' | 'stopAt'>;

export interface AgeNews {
  /** `alarm-soon` and `stop-soon` come before, `alarm` and `stopped` once it is so. */
  readonly what: 'alarm-soon' | 'alarm' | 'stop-soon' | 'stopped';
  readonly commit: string;
  readonly datedAt: Date;
  /** When it happens, or happened. */
  readonly at: Date;
}

const action = 'policy.age-told';
const dayMilliseconds = 86_400_000;
/** Two weeks ahead; where the foundation allows less than eight, a quarter of the time that it allows. */
const aheadMilliseconds = 14 * dayMilliseconds;

/** → what went wrong, in words. */
export async function tellOfPolicyAge(portal: Portal): Promise<readonly string[]> {
  const accepted = await acceptedPolicy(portal);
  if (accepted !== null) await tellAge(portal, accepted.snapshot, await readPolicySync(portal));
  return [];
}

/** The same for a snapshot and what the signer says of its age. Safe in several portals at once. */
export async function tellAge(ctx: Telling, snapshot: PolicySnapshot, age: Age): Promise<void> {
  const news = ageNews(age, ctx.now());
  if (news === null) return;
  const about = ({ what, commit }: AgeNews) => ({ key: what, subject: `policy:${commit}` });
  for (const one of await untoldOf(ctx.db, action, [news], about)) {
    await tellOnce(ctx, { action, ...about(one) }, (transaction) =>
      notifyMaintainers(transaction, ctx, snapshot, messageOf(one)),
    );
  }
}

/** What there is to tell of the policy's age now: the latest of what has happened; null: there is time. */
export function ageNews({ accepted, datedAt, alarmAt, stopAt }: Age, now: Date): AgeNews | null {
  if (accepted === null || datedAt === null || alarmAt === null) return null;
  const before = (at: Date): Date =>
    new Date(at.getTime() - Math.min(aheadMilliseconds, (at.getTime() - datedAt.getTime()) / 4));
  const steps: readonly (readonly [AgeNews['what'], from: Date, at: Date])[] = [
    ['alarm-soon', before(alarmAt), alarmAt],
    ['alarm', alarmAt, alarmAt],
    ...(stopAt === null
      ? []
      : ([
          ['stop-soon', before(stopAt), stopAt],
          ['stopped', stopAt, stopAt],
        ] as const)),
  ];
  // Where the stop is close behind the alarm, what is worse comes first.
  const last = steps.filter(([, from]) => from <= now).at(-1);
  if (last === undefined) return null;
  const [what, , at] = last;
  return { what, commit: accepted, datedAt, at };
}

function messageOf({ what, commit, datedAt, at }: AgeNews): Message {
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
