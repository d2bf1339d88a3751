/** For tests: snapshots of the seed with texts replaced, and snapshots whose documents hold any JSON at all. */
import type { CommitSha } from '../../ids/index.ts';
import { parseCommitSha } from '../../ids/index.ts';
import type { JsonValue } from '../../json/index.ts';
import { formatDiagnostic, loadSnapshot } from '../index.ts';
import type { PolicySnapshot } from '../index.ts';
import { decode, encode, seedWithKeys } from '../seed.fixture.ts';

export const baseCommit: CommitSha = parseCommitSha('ba'.repeat(20));
export const headCommit: CommitSha = parseCommitSha('4e'.repeat(20));
/** Without the foundation's floors, which would refuse half of the changes that are tried here. */
export const seed: ReadonlyMap<string, Uint8Array> = withoutFloors(seedWithKeys());

function withoutFloors(files: Map<string, Uint8Array>): ReadonlyMap<string, Uint8Array> {
  const text = decode(files.get('foundation.yaml')).replace(/^floors:\n(?:[ #].*\n|\n)*/m, '');
  return files.set('foundation.yaml', encode(text));
}

export const releasePolicy = 'projects/esbuild-demo/policies/release-signing.yaml';
export const artifactFile = 'projects/esbuild-demo/artifacts/windows-package.yaml';

export type Edits = Readonly<Record<string, readonly (readonly [string, string])[] | string | null>>;

/** The seed's files, edited: replacements, a whole new text, or null for a file that goes. */
export function edited(edits: Edits): Map<string, Uint8Array> {
  const files = new Map(seed);
  for (const [path, edit] of Object.entries(edits)) {
    if (edit === null) files.delete(path);
    else if (typeof edit === 'string') files.set(path, encode(edit));
    else {
      let text = decode(files.get(path));
      for (const [from, to] of edit) {
        if (!text.includes(from)) throw new Error(`${path} has no ${from}`);
        text = text.replace(from, to);
      }
      files.set(path, encode(text));
    }
  }
  return files;
}

export function snapshotOf(files: ReadonlyMap<string, Uint8Array>, commit: CommitSha): PolicySnapshot {
  const loaded = loadSnapshot(files, commit);
  if (!loaded.ok) throw new Error(loaded.diagnostics.map(formatDiagnostic).join('\n'));
  return loaded.snapshot;
}

export const base: PolicySnapshot = snapshotOf(seed, baseCommit);

export const changed = (edits: Edits): PolicySnapshot => snapshotOf(edited(edits), headCommit);

/** The snapshot with one value of one document set, valid or not: what a later schema might allow. */
export function withValue(
  snapshot: PolicySnapshot,
  file: string,
  path: readonly (string | number)[],
  value: JsonValue,
): PolicySnapshot {
  const swap = <Document extends { readonly file: string; readonly value: unknown }>(
    document: Document,
  ): Document =>
    document.file === file ? { ...document, value: set(document.value as JsonValue, path, value) } : document;
  const swapAll = <Key, Document extends { readonly file: string; readonly value: unknown }>(
    documents: ReadonlyMap<Key, Document>,
  ): ReadonlyMap<Key, Document> => new Map([...documents].map(([key, one]) => [key, swap(one)]));
  return {
    ...snapshot,
    foundation: swap(snapshot.foundation),
    trustRoot: swap(snapshot.trustRoot),
    people: swapAll(snapshot.people),
    projects: new Map(
      [...snapshot.projects].map(([slug, one]) => [
        slug,
        {
          ...one,
          project: swap(one.project),
          policies: swapAll(one.policies),
          artifacts: swapAll(one.artifacts),
        },
      ]),
    ),
  };
}

function set(
  document: JsonValue,
  [step, ...rest]: readonly (string | number)[],
  value: JsonValue,
): JsonValue {
  if (step === undefined) return value;
  const copy = structuredClone(document) as Record<string | number, JsonValue>;
  copy[step] = set(copy[step] ?? {}, rest, value);
  return copy;
}
