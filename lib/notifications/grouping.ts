/**
 * Keeps a flood out of people's mailboxes: of one topic, the first messages are sent singly, and the rest of the hour are added to
 * one group message that counts them. Nothing is dropped without being counted.
 */
import type { Transaction } from '../platform/db/index.ts';
import { subjectLine } from './subject.ts';

/** Messages of one topic that somebody gets singly. */
const hourlyMax = 5;
const dailyMax = 20;
const hourMilliseconds = 3600 * 1000;
const dayMilliseconds = 24 * hourMilliseconds;
/** Lines that a group message lists before it only counts. */
const linesMax = 20;

/** How a message appears when it is grouped with others of its topic. */
export interface Grouping {
  /** For example `request-denied esbuild-demo`. */
  readonly topic: string;
  /** One line for this message. */
  readonly line: string;
  readonly subjectOf: (count: number) => string;
  readonly path: string;
}

interface Draft {
  readonly accountHost: string;
  readonly accountId: string;
  readonly kind: string;
  readonly createdAt: Date;
  readonly state: 'waiting' | 'kept';
  /** When it would be sent singly. */
  readonly sendAt: Date;
  readonly grouping: Grouping;
}

const topicOf = ({ topic }: Grouping): string => `${topic} together`;

/** → the group message that this one was added to, or null if it is sent singly. */
export async function addToGroup(transaction: Transaction, draft: Draft): Promise<bigint | null> {
  const { accountHost, accountId, createdAt: now, grouping: grouping } = draft;
  const account = { accountHost, accountId };
  const joined = await join(transaction, draft);
  if (joined !== null) return joined;
  const { topic } = grouping;
  const since = (milliseconds: number) => ({ gt: new Date(now.getTime() - milliseconds) });
  const [hour, day] = [
    await transaction.notification.count({
      where: { ...account, topic, createdAt: since(hourMilliseconds) },
    }),
    await transaction.notification.count({ where: { ...account, topic, createdAt: since(dayMilliseconds) } }),
  ];
  if (hour < hourlyMax && day < dailyMax) return null;
  const inAnHour = new Date(now.getTime() + hourMilliseconds);
  const { id } = await transaction.notification.create({
    data: {
      ...account,
      kind: draft.kind,
      topic: topicOf(grouping),
      createdAt: now,
      state: draft.state,
      subject: subjectLine(grouping.subjectOf(1)),
      body: bodyOf([grouping.line], 1),
      path: grouping.path,
      sendAt: draft.sendAt > inAnHour ? draft.sendAt : inAnHour,
    },
    select: { id: true },
  });
  return id;
}

/** Adds it to a group message that is still open: not sent yet, or of this hour. */
async function join(transaction: Transaction, draft: Draft): Promise<bigint | null> {
  const { accountHost, accountId, createdAt: now, grouping: grouping } = draft;
  const isOpen = {
    OR: [
      { state: 'waiting', attempts: 0, sendAt: { gt: now } },
      { state: 'kept', createdAt: { gt: new Date(now.getTime() - hourMilliseconds) } },
    ],
  };
  const open = await transaction.notification.findFirst({
    where: { accountHost, accountId, topic: topicOf(grouping), ...isOpen },
    orderBy: { id: 'desc' },
  });
  if (open === null) return null;
  const count = open.count + 1;
  const lines = [...open.body.split('\n').slice(0, Math.min(open.count, linesMax)), grouping.line];
  const changed = await transaction.notification.updateMany({
    // A sender may have claimed it in the meantime.
    where: { id: open.id, ...isOpen },
    data: { count, subject: subjectLine(grouping.subjectOf(count)), body: bodyOf(lines, count) },
  });
  return changed.count === 1 ? open.id : null;
}

function bodyOf(lines: readonly string[], count: number): string {
  const shown = lines.slice(0, linesMax).map((line) => line.replaceAll('\n', ' '));
  if (count > linesMax) shown.push(`… and ${count - linesMax} more.`);
  return shown.join('\n');
}
