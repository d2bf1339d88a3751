/** `countersign validate`: is this folder a policy? Schema, references, floors and lint. */
import path from 'node:path';
import { parseCommitSha } from '#core/ids/index.ts';
import { loadSnapshot } from '#core/policy/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { lintSnapshot, type KnownOwnKey } from '../../lib/policy-tools/lint/index.ts';
import { readFolder } from './read-folder.ts';
import { formatReport, hasErrors } from './report.ts';
import type { ReportEntry, ReportFormat } from './report.ts';

export interface Output {
  readonly text: string;
  readonly exitCode: 0 | 1;
}

/** A folder isn't a commit; nothing that is shown here names one. */
const noCommit = parseCommitSha('0'.repeat(40));

export async function validate(
  folder: string,
  format: ReportFormat,
  ownKeys: readonly KnownOwnKey[] | null = null,
): Promise<Output> {
  const { entries, snapshot } = await check(folder, new Date(), ownKeys);
  const prefix = path.relative(process.cwd(), path.resolve(folder)).split(path.sep).join('/');
  const text = formatReport(entries, format, prefix);
  const failed = hasErrors(entries);
  if (format !== 'text') return { text, exitCode: failed ? 1 : 0 };
  return { text: `${text}${summary(entries, snapshot)}\n`, exitCode: failed ? 1 : 0 };
}

export interface FolderCheck {
  readonly entries: readonly ReportEntry[];
  readonly snapshot: PolicySnapshot | null;
}

export async function check(
  folder: string,
  now: Date,
  ownKeys: readonly KnownOwnKey[] | null = null,
): Promise<FolderCheck> {
  const { files, diagnostics } = await readFolder(folder);
  if (diagnostics.length > 0) return { entries: diagnostics.map(asError), snapshot: null };
  return checkFiles(files, now, ownKeys);
}

/** The same of files that lie in no folder yet. */
export function checkFiles(
  files: ReadonlyMap<string, Uint8Array>,
  now: Date,
  ownKeys: readonly KnownOwnKey[] | null = null,
): FolderCheck {
  const loaded = loadSnapshot(files, noCommit);
  if (!loaded.ok) return { entries: loaded.diagnostics.map(asError), snapshot: null };
  const { snapshot } = loaded;
  // Which certificates the signer holds isn't known here; what the lint says about them, the portal says.
  const found = lintSnapshot({ snapshot, certificates: null, ownKeys, now });
  return { entries: found.map(({ severity, ...one }) => ({ ...one, level: severity })), snapshot };
}

const asError = (one: Omit<ReportEntry, 'level'>): ReportEntry => ({ ...one, level: 'error' });

function summary(entries: readonly ReportEntry[], snapshot: PolicySnapshot | null): string {
  const count = (level: ReportEntry['level'], word: string): string => {
    const found = entries.filter((entry) => entry.level === level).length;
    return `${found} ${word}${found === 1 ? '' : 's'}`;
  };
  if (snapshot === null) return `Not a valid policy: ${count('error', 'error')}.`;
  const policies = [...snapshot.projects.values()].reduce(
    (sum, projectSnapshot) => sum + projectSnapshot.policies.size,
    0,
  );
  const what = `${snapshot.projects.size} projects, ${policies} policies, ${snapshot.people.size} people`;
  const lint = `${count('error', 'error')}, ${count('warning', 'warning')} and ${count('note', 'note')} of the lint`;
  return `Valid: ${what}; ${lint}.`;
}
