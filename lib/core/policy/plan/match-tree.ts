import { checkCounts, isSigned, pinnedFindings, unexpectedEntry } from '../../artifact/index.ts';
import type { CompiledElement, ContainerContext } from '../../artifact/index.ts';
import { kindUnderName, kindWords, maySign, programPhrase } from '../../formats/kind/index.ts';
import { formats } from '../../formats/registry.ts';
import { fail } from '../../wire/finding/index.ts';
import type { Finding } from '../../wire/finding/index.ts';
import { parseSha256Hex } from '../../ids/index.ts';
import type { CompiledPolicy } from './compile-policy.ts';
import type { PastEntry } from './past-request.ts';

export interface TreeMatch {
  readonly findings: readonly Finding[];
  /** A fact that a rule needs and that wasn't recorded; null: all were. */
  readonly missing: string | null;
}

interface Walk {
  readonly policy: CompiledPolicy;
  /** Entries by the path of the container they lie in. */
  readonly contents: ReadonlyMap<string, readonly PastEntry[]>;
  readonly findings: Finding[];
  missing: string | null;
}

/** Matches the entries of an artifact against a configuration, as the inspector does, without the bytes. */
export function matchTree(policy: CompiledPolicy, entries: readonly PastEntry[]): TreeMatch {
  const contents = new Map<string, PastEntry[]>();
  for (const entry of entries) {
    if (entry.path.length === 0) continue;
    const container = keyOf(entry.path.slice(0, -1));
    const list = contents.get(container);
    if (list === undefined) contents.set(container, [entry]);
    else list.push(entry);
  }
  const walk: Walk = { policy, contents, findings: [], missing: null };
  const { root } = policy.matcher;
  const own = entries.find((entry) => entry.path.length === 0);
  if (root.opened) matchContainer(walk, root, []);
  if (own !== undefined && isJudgedItself(root)) matchLeaf(walk, root, own);
  else if (isJudgedItself(root)) walk.missing ??= 'What was read from the file itself was not recorded.';
  return { findings: walk.findings, missing: walk.missing };
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);
/** Of what is only opened, the entries say all. */
const isJudgedItself = (element: CompiledElement): boolean =>
  !element.opened || isSigned(element) || element.check !== null || element.upstream !== null;

function matchContainer(walk: Walk, element: CompiledElement, containerPath: readonly string[]): void {
  const { matcher, effective } = walk.policy;
  const context: ContainerContext = {
    matcher,
    container: element.index,
    containerPath,
    locations: effective.artifactLocations,
  };
  const counts = new Map<number, number>();
  const paths: string[] = [];
  for (const entry of walk.contents.get(keyOf(containerPath)) ?? []) {
    const pathInContainer = entry.path.at(-1) ?? '';
    if (entry.type === 'directory') continue;
    paths.push(pathInContainer);
    const matched = matcher.matchEntry(element.index, pathInContainer);
    if (matched === null) {
      walk.findings.push(unexpectedEntry({ ...context, pathInContainer }));
      continue;
    }
    counts.set(matched.index, (counts.get(matched.index) ?? 0) + 1);
    if (isJudgedItself(matched)) matchLeaf(walk, matched, entry);
    if (!matched.opened) continue;
    if (walk.contents.has(keyOf(entry.path))) matchContainer(walk, matched, entry.path);
    else walk.missing ??= `What is inside ${pathInContainer} was not recorded: it wasn't opened then.`;
  }
  walk.findings.push(...checkCounts({ ...context, counts, paths }));
}

function matchLeaf(walk: Walk, element: CompiledElement, entry: PastEntry): void {
  const policy = walk.policy.effective.artifactLocations[element.pointer] ?? null;
  const { path, facts } = entry;
  const sha256 = entry.sha256 === null ? null : parseSha256Hex(entry.sha256);
  const { sign, check } = element;
  const { findings, missing } = formats[element.type].rejudge(facts, { sign, check, policy, path, sha256 });
  walk.findings.push(...findings);
  if (sha256 !== null) walk.findings.push(...pinnedFindings(element, { path, policy, sha256 }));
  else if (element.upstream?.sha256 !== undefined)
    walk.missing ??= `The digest of ${path.at(-1) ?? 'the file'} was not recorded.`;
  if (isSigned(element) && facts?.type === element.type) matchKind(walk, entry, path.at(-1) ?? 'The file');
  walk.missing ??= missing;
  if (element.signedInside)
    walk.missing ??= `Whether every program inside ${path.at(-1) ?? 'the file'} was signed was not recorded.`;
}

function matchKind(walk: Walk, { path, facts }: PastEntry, name: string): void {
  const { program } = walk.policy.effective.project;
  const recorded = facts?.kind ?? null;
  if (recorded === null) {
    if (program !== 'executables')
      walk.missing ??= `Whether ${name} is a program or a library was not recorded.`;
    return;
  }
  const { kind } = kindUnderName({ kind: recorded, because: '' }, name.split('/').at(-1) ?? name);
  if (maySign(program, kind)) return;
  walk.findings.push(
    fail({
      path,
      policy: walk.policy.effective.locateProject(['program']),
      rule: 'inspection.kind',
      message: `${name} is ${kindWords[kind]}, and the program ${program} signs ${programPhrase(program)}.`,
      fix: 'Take `sign` off it, or apply for the program executables.',
    }),
  );
}
