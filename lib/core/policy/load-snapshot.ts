import type { CommitSha, ProjectSlug } from '../ids/index.ts';
import { checkPeople, checkTrustRoot } from './check-people.ts';
import { checkRevocations } from './check-revocations.ts';
import { checkProject } from './check-project.ts';
import { checkFreshness } from './freshness.ts';
import { diagnosticAt, diagnosticsMax, inOrder } from './diagnostic.ts';
import type { Diagnostic } from './diagnostic.ts';
import { loadChanged, projectsToCheck, remember } from './load-changed.ts';
import type { ChangedPart, CheckedProjects } from './load-changed.ts';
import { LookedUpPeople } from './looked-up-people.ts';
import { SnapshotDraft } from './snapshot-draft.ts';
import type { PolicySnapshot } from './snapshot.ts';

/** Room for 100,000 projects with four files each, and their people. */
export const snapshotFilesMax = 450_000;
export const snapshotSizeBytesMax = 384 * 1024 * 1024;

export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: PolicySnapshot }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

/**
 * All files of the policy repository at one commit (path with `/` → bytes) → snapshot, or every reason why there is
 * none: an unknown path, an unreadable file, a dangling reference, a rule broken across files. One bad file suffices:
 * half a policy is none.
 *
 * `previous` is any earlier answer: what is byte for byte the same is neither parsed nor checked again, unless what it is checked against
 * changed; and the answer is the same as without. The caller leaves bytes and map alone afterwards.
 */
export function loadSnapshot(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  return finished(loadSnapshotInSteps(files, commit, previous));
}

/**
 * A commit that an earlier version may have accepted: a project whose files break rules of today is refused by itself, and the others stay
 * as they are. What the foundation’s own files break, and what no longer reads as a policy at all, still is none.
 */
export function loadAccepted(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  return finished(loadSnapshotInSteps(files, commit, previous, 'accepted'));
}

/**
 * The same, a file or a project at a time: thousands take seconds, and a process that serves requests can do so
 * between two steps. The last step's value is the result.
 */
export function* loadSnapshotInSteps(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
  standing: 'new' | 'accepted' = 'new',
): LoadingSteps {
  const tooMuch = checkSize(files);
  if (tooMuch !== null) return { ok: false, diagnostics: [tooMuch] };
  // Where anything is wrong with the changed files, all are gone through: so that the reasons are the same, and none is left out.
  const changed = previous === null ? null : loadChanged(files, commit, previous);
  const all = changed === null ? yield* loadPartInSteps(files, commit, previous) : null;
  if (all?.ok === false) return all;
  const snapshot = changed?.snapshot ?? all?.snapshot;
  if (snapshot === undefined) throw new TypeError('neither all files nor those that changed were loaded');
  const shared = yield* checkShared(snapshot);
  const most = diagnosticsMax - shared.length;
  const checked = yield* checkProjects(snapshot, most, standing, changed);
  const { refused } = checked;
  const tolerated = standing === 'accepted' ? [] : [...refused.values()].flat();
  const diagnostics = [...shared, ...tolerated];
  if (diagnostics.length > 0) return { ok: false, diagnostics: inOrder(diagnostics) };
  const whole = { ...snapshot, refused };
  remember(whole, { files, ...checked });
  return { ok: true, snapshot: whole };
}

export type LoadingSteps = Generator<undefined, SnapshotResult>;

function finished(steps: LoadingSteps): SnapshotResult {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * Some files of a commit that was accepted as a whole, foundation.yaml and trust/root.yaml among them → what they say, each
 * file held against its schema and none against the others. For display of past policies only, never for decisions.
 */
export function loadPart(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null = null,
): SnapshotResult {
  const tooMuch = checkSize(files);
  if (tooMuch !== null) return { ok: false, diagnostics: [tooMuch] };
  return finished(loadPartInSteps(files, commit, previous));
}

function* loadPartInSteps(
  files: ReadonlyMap<string, Uint8Array>,
  commit: CommitSha,
  previous: PolicySnapshot | null,
): LoadingSteps {
  const draft = new SnapshotDraft(previous);
  for (const path of [...files.keys()].sort()) {
    draft.add(path, files.get(path) ?? new Uint8Array());
    if (draft.diagnostics.length > diagnosticsMax) break;
    yield;
  }
  const snapshot = draft.finish(commit);
  return snapshot === null ? { ok: false, diagnostics: inOrder(draft.diagnostics) } : { ok: true, snapshot };
}

/** What all projects depend on. */
function* checkShared(snapshot: PolicySnapshot): Generator<undefined, readonly Diagnostic[]> {
  return [
    ...(yield* checkPeople(snapshot)),
    ...checkTrustRoot(snapshot),
    ...checkRevocations(snapshot),
    ...checkFreshness(snapshot),
  ];
}

/**
 * Each against its own files and the foundation’s; of a new commit, stops after enough diagnostics, so that bad input stays cheap. Of those
 * that didn't change, nor anything that they are checked against, what was found before still holds.
 */
function* checkProjects(
  snapshot: PolicySnapshot,
  most: number,
  standing: 'new' | 'accepted',
  changed: ChangedPart | null,
): Generator<undefined, CheckedProjects> {
  const refused = new Map<ProjectSlug, readonly Diagnostic[]>();
  const lookedUp = new Map(changed?.known.lookedUp);
  const slugs = changed === null ? snapshot.projects.keys() : projectsToCheck(snapshot, changed);
  let count = 0;
  for (const slug of slugs) {
    const project = snapshot.projects.get(slug);
    if (project === undefined) {
      lookedUp.delete(slug);
      continue;
    }
    if (standing === 'new' && count > most) break;
    const people = new LookedUpPeople(snapshot.people);
    const found = checkProject({ ...snapshot, people }, project);
    lookedUp.set(slug, people.handles());
    if (found.length > 0) refused.set(slug, found);
    count += found.length;
    yield;
  }
  return { refused, lookedUp };
}

function checkSize(files: ReadonlyMap<string, Uint8Array>): Diagnostic | null {
  const at = { file: '.', line: 1, column: 1 };
  if (files.size > snapshotFilesMax) {
    const message = `The repository has ${files.size} files; at most ${snapshotFilesMax} are read.`;
    return diagnosticAt(at, 'file.count', message, 'Remove files that are no longer needed.');
  }
  let total = 0;
  for (const bytes of files.values()) total += bytes.length;
  if (total <= snapshotSizeBytesMax) return null;
  const message = `The repository has ${total} bytes; at most ${snapshotSizeBytesMax} are read.`;
  return diagnosticAt(at, 'file.size', message, 'Remove files that are no longer needed.');
}
