/** Computes what accepted commits changed, once each, the newest first, and stores it for pages and lists. */
import { isError } from '#core/error/index.ts';
import { parseCommitSha } from '#core/ids/index.ts';
import { PolicyError } from '#core/policy/index.ts';
import { PolicyRepositoryError } from '../platform/policy-repository/index.ts';
import type { Portal } from '../platform/portal/index.ts';
import { compareVersions } from './compare-versions.ts';
import type { ProjectDetails } from './compare-versions.ts';
import type { VersionChange } from './summary.ts';

type Source = Pick<Portal, 'db' | 'policies' | 'now'>;

const perRound = 5;
const rowsAtOnce = 50;
/** How long the computation may block the portal's thread before it yields. */
const workMilliseconds = 15;
const pauseMilliseconds = 10;
const againSeconds = 60;

interface Waiting {
  readonly seq: bigint;
  readonly commit: string;
  readonly previous: string | null;
}

/**
 * A few of the versions that wait: those that somebody is viewing, then the newest. Safe to run in several portals at once, and
 * to be cut off anywhere. → what went wrong, in words.
 */
export async function workOutVersions(source: Source): Promise<readonly string[]> {
  await enlist(source.db);
  const again = new Date(source.now().getTime() - againSeconds * 1000);
  const waiting = await source.db.policyVersion.findMany({
    where: { state: 'waiting', OR: [{ triedAt: null }, { triedAt: { lt: again } }] },
    // What failed waits for the others.
    orderBy: [
      { triedAt: { sort: 'asc', nulls: 'first' } },
      { askedAt: { sort: 'asc', nulls: 'last' } },
      { seq: 'desc' },
    ],
    take: perRound,
    select: { seq: true, commit: true, previous: true },
  });
  const problems: string[] = [];
  for (const version of waiting) {
    const { seq } = version;
    await source.db.policyVersion.updateMany({
      where: { seq, state: 'waiting' },
      data: { triedAt: source.now() },
    });
    try {
      await workOut(source, version);
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error);
      if (isForGood(error)) await giveUp(source, version, 'unreadable');
      problems.push(`what policy commit ${version.commit} changed can’t be worked out: ${problem}`);
    }
  }
  return problems;
}

/** Accepted commits that aren't listed yet. They are accepted one after the other, so none gets in between later. */
async function enlist(db: Portal['db']): Promise<void> {
  await db.$executeRaw`
    INSERT INTO portal.policy_version (seq, commit, previous, state)
    SELECT seq, commit,
           (SELECT earlier.commit FROM signer.accepted_snapshot AS earlier WHERE earlier.seq < snapshot.seq
             ORDER BY earlier.seq DESC LIMIT 1),
           'waiting'
      FROM signer.accepted_snapshot AS snapshot
     WHERE seq > (SELECT coalesce(max(seq), 0) FROM portal.policy_version)
     ORDER BY seq
     LIMIT 5000
    ON CONFLICT DO NOTHING`;
}

/** Trying again gives the same result: a tree that no policy may have, a file that this version of the portal can't read. */
function isForGood(error: unknown): boolean {
  if (isError(error, PolicyError)) return true;
  return (
    isError(error, PolicyRepositoryError) &&
    (error.code === 'POLICY_INVALID' || error.code === 'TREE_UNACCEPTABLE')
  );
}

async function workOut({ db, policies }: Source, { seq, commit, previous }: Waiting): Promise<void> {
  const after = parseCommitSha(commit);
  const save = openRows(db, seq);
  if (previous === null) {
    for (const project of (await policies.projectsAt(after)).keys()) {
      await save.add({ project, state: 'complete', effect: null });
    }
    await save.rest();
    await finish(db, seq, { state: 'complete' });
    return;
  }
  const details = await compareVersions(
    policies,
    { before: parseCommitSha(previous), after },
    { pause: openPauses(), tell: (project) => save.add(project) },
  );
  await save.rest();
  if (details === null) await giveUp({ db, policies }, { seq, commit, previous }, 'too-large');
  else await finish(db, seq, { ...details, changes: json(details.changes) });
}

/** Which projects it changed is still known. */
async function giveUp(
  { db, policies }: Pick<Source, 'db' | 'policies'>,
  { seq, commit, previous }: Waiting,
  state: 'unreadable' | 'too-large',
): Promise<void> {
  const later = await policies.projectsAt(parseCommitSha(commit));
  const earlier = previous === null ? null : await policies.projectsAt(parseCommitSha(previous));
  const save = openRows(db, seq);
  for (const project of new Set([...(earlier?.keys() ?? []), ...later.keys()])) {
    if (earlier?.get(project) !== later.get(project)) await save.add({ project, state, effect: null });
  }
  await save.rest();
  await finish(db, seq, { state });
}

interface Finished {
  readonly state: string;
  readonly effect?: string;
  readonly changeCount?: number;
  readonly fileCount?: number;
  readonly gone?: readonly string[];
  readonly come?: readonly string[];
  readonly changes?: ReturnType<typeof json>;
}

/** The last step: until then the version waits, whatever is kept of its projects. */
async function finish(
  db: Portal['db'],
  seq: bigint,
  { gone = [], come = [], ...rest }: Finished,
): Promise<void> {
  await db.policyVersion.updateMany({
    where: { seq, state: 'waiting' },
    data: { ...rest, gone: [...gone], come: [...come] },
  });
}

/** Plain JSON, as Prisma takes it. */
const json = (changes: readonly VersionChange[]) => changes.map((change) => ({ ...change }));

type Row = Partial<Omit<ProjectDetails, 'state' | 'effect'>> & {
  readonly project: ProjectDetails['project'];
  readonly state: 'complete' | 'too-large' | 'unreadable';
  readonly effect: ProjectDetails['effect'] | null;
};

function openRows(db: Portal['db'], seq: bigint) {
  let rows: Row[] = [];
  const rest = async (): Promise<void> => {
    const data = rows.map(({ gone = [], come = [], changes = [], ...row }) => ({
      ...row,
      seq,
      gone: [...gone],
      come: [...come],
      changes: json(changes),
    }));
    rows = [];
    // What was kept before a crash is the same.
    if (data.length > 0) await db.policyVersionProject.createMany({ data, skipDuplicates: true });
  };
  return {
    async add(row: Row): Promise<void> {
      rows.push(row);
      if (rows.length >= rowsAtOnce) await rest();
    },
    rest,
  };
}

function openPauses(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < workMilliseconds) return;
    await new Promise((resolve) => {
      setTimeout(resolve, pauseMilliseconds);
    });
    since = performance.now();
  };
}
