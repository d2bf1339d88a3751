/**
 * What a proposed commit is, seen from the policy in force: whether it is a policy at all, what it changes, how many
 * signatures that takes. Rules and owners come from the policy in force, never from the proposal.
 */
import { createHash } from 'node:crypto';
import { fileSizeBytesMax } from '#core/policy/index.ts';
import type { Diagnostic, PolicySnapshot } from '#core/policy/index.ts';
import { listCertificates } from '../certificates/index.ts';
import { lintSnapshot } from '../policy-tools/lint/index.ts';
import type { KnownOwnKey, LintFinding } from '../policy-tools/lint/index.ts';
import { planChange } from '#core/policy/plan/index.ts';
import type { PastRequest, Plan, RequiredSignatures } from '#core/policy/plan/index.ts';
import type { CommitSha } from '#core/ids/index.ts';
import { earlierPolicy } from '../platform/portal/index.ts';
import type { AcceptedPolicy, Portal } from '../platform/portal/index.ts';
import { readPastRequests } from '../requests/index.ts';

export interface ChangedText {
  readonly path: string;
  /** null: the file is new. */
  readonly before: string | null;
  /** null: the file is gone. */
  readonly after: string | null;
}

export interface Assessment {
  readonly head: CommitSha;
  /** The policy in force that it was compared with. */
  readonly accepted: CommitSha;
  /** Where the proposal branched off the main branch. */
  readonly mergeBase: CommitSha;
  /** Why it is no policy; empty: it is one. */
  readonly problems: readonly Diagnostic[];
  /** What the linter says of it and didn't say before. */
  readonly notices: readonly LintFinding[];
  /** null: it is no policy, so nothing can be said. */
  readonly plan: Plan | null;
  readonly required: RequiredSignatures | null;
  readonly files: readonly ChangedText[];
  /** Changed files beyond the ones shown. */
  readonly filesLeftOut: number;
}

const filesShownMax = 100;
const assessmentsKeptMax = 32;
/** A page shows what the change would have done to the newest requests; the command line replays any number. */
const replayedMax = 2_000;

type Source = Pick<Portal, 'config' | 'db' | 'policies' | 'now'>;

const kept = new WeakMap<object, Map<string, Promise<Assessment>>>();

export async function assess(source: Source, accepted: AcceptedPolicy, head: CommitSha): Promise<Assessment> {
  const memory = kept.get(source.policies) ?? new Map<string, Promise<Assessment>>();
  kept.set(source.policies, memory);
  const { requests: past } = await readPastRequests({ ctx: source, input: { limit: replayedMax } });
  // Commits never change; what was decided since is told by the newest request and its time.
  const newest = past[0];
  const earlier = await earlierPolicy(source);
  const ownKeys = await knownOwnKeys(source);
  const key = `${digestOf(ownKeys)} ${accepted.commit} ${earlier?.commit ?? ''} ${head} ${past.length} ${newest?.id ?? ''} ${newest?.at ?? ''} ${newest?.decided ?? ''}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const made = assessNow(source, { accepted, earlier, head, past, ownKeys });
  memory.set(key, made);
  made.catch(() => memory.delete(key));
  const oldest = memory.keys().next().value;
  if (memory.size > assessmentsKeptMax && oldest !== undefined) memory.delete(oldest);
  return made;
}

async function assessNow(
  source: Source,
  about: {
    readonly accepted: AcceptedPolicy;
    readonly earlier: PolicySnapshot | null;
    readonly head: CommitSha;
    readonly past: readonly PastRequest[];
    readonly ownKeys: readonly KnownOwnKey[];
  },
): Promise<Assessment> {
  const { accepted, earlier, head, past, ownKeys } = about;
  const proposal = await source.policies.proposal(head, accepted.snapshot);
  const mergeBase = await source.policies.mergeBase(accepted.commit, head);
  const base =
    mergeBase === accepted.commit ? accepted : await source.policies.proposal(mergeBase, accepted.snapshot);
  const { shown, leftOut } = changedTexts(base.files, proposal.files);
  const shared = { head, accepted: accepted.commit, mergeBase, files: shown, filesLeftOut: leftOut };
  if (!proposal.loaded.ok) {
    return { ...shared, problems: proposal.loaded.diagnostics, notices: [], plan: null, required: null };
  }
  const { snapshot } = proposal.loaded;
  // Where the branch began at something that is no policy, the policy in force is all there is to compare with.
  const before =
    'snapshot' in base ? base.snapshot : base.loaded.ok ? base.loaded.snapshot : accepted.snapshot;
  const plan = planChange(before, snapshot, past, earlier ?? before);
  const notices = newNotices(before, snapshot, { now: source.now(), ownKeys });
  return { ...shared, problems: [], notices, plan, required: plan.required };
}

function changedTexts(
  before: ReadonlyMap<string, Uint8Array>,
  after: ReadonlyMap<string, Uint8Array>,
): { readonly shown: readonly ChangedText[]; readonly leftOut: number } {
  const changed = [...new Set([...before.keys(), ...after.keys()])]
    .filter((path) => !isSame(before.get(path), after.get(path)))
    .sort();
  const shown = changed
    .slice(0, filesShownMax)
    .map((path): ChangedText => ({ path, before: textOf(before.get(path)), after: textOf(after.get(path)) }));
  return { shown, leftOut: changed.length - shown.length };
}

function isSame(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a === b || Buffer.compare(a, b) === 0;
}

/** Bytes that are no UTF-8 are shown with marks in their place; the validator says what is wrong with them. */
const textOf = (bytes: Uint8Array | undefined): string | null =>
  bytes === undefined ? null : new TextDecoder('utf-8').decode(bytes.subarray(0, fileSizeBytesMax));

interface Known {
  readonly now: Date;
  readonly ownKeys: readonly KnownOwnKey[];
}

export function newNotices(
  before: PolicySnapshot,
  after: PolicySnapshot,
  known: Known,
): readonly LintFinding[] {
  const said = new Set(lint(before, known).map(keyOf));
  return lint(after, known).filter((finding) => !said.has(keyOf(finding)));
}

/** Which certificates exist is shown where they are; a proposal can't change that. Which key of its own a project has, it has to know. */
const lint = (snapshot: PolicySnapshot, known: Known): readonly LintFinding[] =>
  lintSnapshot({ snapshot, certificates: null, ...known });

/** Keys of projects' own, as the registry and the revocations in force have them. */
export async function knownOwnKeys(
  ctx: Pick<Portal, 'config' | 'db' | 'policies'>,
): Promise<readonly KnownOwnKey[]> {
  const certificates = await listCertificates({ ctx });
  return certificates.flatMap(({ purpose, project, name, own, revocation }) =>
    own === null || project === null || name === null || (purpose !== 'openpgp' && purpose !== 'raw')
      ? []
      : [{ project, name, use: purpose, serves: own.serves, isRevoked: revocation !== null }],
  );
}

const digestOf = (keys: readonly KnownOwnKey[]): string =>
  createHash('sha256').update(JSON.stringify(keys)).digest('hex');

/** Lines move; what is said of a file doesn't. */
const keyOf = ({ rule, file, message }: LintFinding): string => `${rule} ${file} ${message}`;
