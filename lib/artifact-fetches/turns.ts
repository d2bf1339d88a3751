/**
 * Who fetches what. Each fetch has a turn, which one portal at a time has and renews while bytes come; a portal that dies leaves it to
 * others after a minute. No job in the queue stands for it: the lent token is with the portal that was asked, so that one begins at once.
 */
import { randomUUID } from 'node:crypto';
import { noJson } from '../platform/db/index.ts';
import type { ArtifactFetch } from '../platform/db/index.ts';
import { log } from '../platform/log/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { forgetToken, lentToken } from './lent-tokens.ts';
import { takeFile, type Outcome, type Problem } from './take-file.ts';

const turnMilliseconds = 60_000;
const renewMilliseconds = 20_000;
/** After the first attempt, the second, …. */
const delayMilliseconds = [2_000, 5_000, 15_000, 45_000];
const attemptsMax = delayMilliseconds.length + 1;
/** A host that asks for more patience than that is given up. */
const patienceMilliseconds = 15 * 60_000;

/** Fetches that this process has started, for those who stop it. */
const running = new WeakMap<Portal['config'], Set<Promise<void>>>();

/** Starts the attempt that is due, unless another portal has the turn. Doesn't wait for it; what goes wrong is on the row. */
export async function startAttempt(portal: Portal, id: string): Promise<void> {
  const { db, now } = portal;
  const turn = randomUUID();
  const at = now();
  const { count } = await db.artifactFetch.updateMany({
    where: { id, state: 'fetching', nextAt: { lte: at }, OR: [{ turn: null }, { turnUntil: { lte: at } }] },
    data: { turn, turnUntil: new Date(at.getTime() + turnMilliseconds) },
  });
  if (count === 0) return;
  const row = await db.artifactFetch.findUniqueOrThrow({ where: { id } });
  const all = running.get(portal.config) ?? new Set();
  running.set(portal.config, all);
  const work = attempt(portal, row, turn).catch((error: unknown) => {
    log.error({ err: error, artifactFetch: id }, 'a file could not be fetched from its host');
  });
  all.add(work);
  void work.finally(() => all.delete(work));
}

/** When everything that was started here has ended. */
export async function fetchesSettled({ config }: Pick<Portal, 'config'>): Promise<void> {
  const all = running.get(config);
  while (all !== undefined && all.size > 0) await Promise.all(all);
}

async function attempt(portal: Portal, row: ArtifactFetch, turn: string): Promise<void> {
  const { id } = row;
  const token = lentToken(portal, id);
  if (token === null && row.lent && !hasOwnToken(portal, row)) {
    await settle(portal, row, turn, { kind: 'failed', problem: tokenGone });
    return;
  }
  const renewing = setInterval(() => {
    const turnUntil = new Date(portal.now().getTime() + turnMilliseconds);
    portal.db.artifactFetch.updateMany({ where: { id, turn }, data: { turnUntil } }).catch(() => undefined);
  }, renewMilliseconds);
  try {
    await settle(portal, row, turn, await takeFile(portal, row, token));
  } finally {
    clearInterval(renewing);
  }
}

const hasOwnToken = ({ codeHosts }: Portal, { repositoryUri }: ArtifactFetch): boolean =>
  codeHosts.find(repositoryUri)?.host.buildFiles?.hasOwnToken() === true;

const tokenGone: Problem = {
  code: 'CODE_HOST_UNAVAILABLE',
  message: 'The portal was started again while it fetched the file, and it keeps no token.',
  fix: 'Ask for the file again, with the token.',
};

async function settle(portal: Portal, row: ArtifactFetch, turn: string, outcome: Outcome): Promise<void> {
  const { id } = row;
  const attempts = row.attempts + 1;
  const next = outcome.kind === 'again' ? nextAttempt(portal.now(), attempts, outcome.notBefore) : null;
  const over = { attempts, turn: null, turnUntil: null, nextAt: next };
  await portal.db.artifactFetch.updateMany({
    where: { id, turn },
    data:
      outcome.kind === 'taken'
        ? {
            ...over,
            ...outcome.file,
            sizeBytes: BigInt(outcome.file.sizeBytes),
            state: 'fetched',
            problem: noJson,
          }
        : { ...over, problem: { ...outcome.problem }, state: next === null ? 'failed' : 'fetching' },
  });
  if (next === null) forgetToken(portal, id);
  else
    setTimeout(
      () => void startAttempt(portal, id).catch(() => undefined),
      next.getTime() - portal.now().getTime(),
    ).unref();
}

/** null: it is given up. */
function nextAttempt(now: Date, attempts: number, notBefore: Date | null): Date | null {
  const delay = delayMilliseconds[attempts - 1];
  if (attempts >= attemptsMax || delay === undefined) return null;
  const wait = Math.max(delay, notBefore === null ? 0 : notBefore.getTime() - now.getTime());
  return wait > patienceMilliseconds ? null : new Date(now.getTime() + wait);
}
