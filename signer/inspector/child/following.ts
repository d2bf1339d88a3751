/** Lists that follow signatures, as an inspection finds them: what signing will change in them, and what is wrong with them before. */
import { join } from 'node:path';
import {
  figuresOf,
  followFormats,
  judgeElsewhere,
  judgeLists,
  type ExpectedField,
  type ListToJudge,
} from '#core/follow/index.ts';
import type { Finding } from '#core/wire/finding/index.ts';
import type { FollowAnswer } from '../answers.ts';
import { streamFile } from './file-source.ts';
import { readList } from './follow.ts';
import type { SeenFile, Surroundings } from './seen-file.ts';
import { changedBySigning } from './output-names.ts';
import { StaleLists } from './stale-lists.ts';

export class Following {
  readonly #around: Surroundings;
  /** Something gets signed, so that lists may be left behind. */
  readonly #signs: boolean;
  readonly #stale: StaleLists;
  readonly answers: FollowAnswer[] = [];
  readonly #lists: { readonly list: ListToJudge; readonly fields: readonly ExpectedField[] }[] = [];

  constructor(around: Surroundings) {
    this.#around = around;
    this.#signs = around.elements.some(({ sign, detached }) => sign !== null || detached !== null);
    this.#stale = new StaleLists(around);
  }

  /** What files of a container are noted in; null: no list can be wrong after signing. */
  notes(): SeenFile[] | null {
    return this.#signs ? [] : null;
  }

  /** When all of a container was seen. `targets`: those in it, at any depth. */
  async judge(
    path: readonly string[],
    seen: readonly SeenFile[],
    targets: readonly {
      readonly path: readonly string[];
      readonly element: number;
      readonly detached: boolean;
    }[],
  ): Promise<readonly Finding[]> {
    const { folder, elements, locate } = this.#around;
    const changed = new Set(
      changedBySigning(targets, elements).flatMap((target) => target.path[path.length] ?? []),
    );
    const files = seen.map(({ place, file, sizeBytes, sha256 }) => ({
      path: place,
      changes: changed.has(place),
      figures: figuresOf(sizeBytes, () => streamFile(join(folder, file)), sha256),
    }));
    const byPlace = new Map(seen.map((one) => [one.place, one]));
    const lists = seen.flatMap(({ place, file, element, sha256 }): ListToJudge[] => {
      if (element.follows === null) return [];
      const format = followFormats[element.follows];
      const read = () => readList(join(folder, file), format.sizeBytesMax);
      return [{ place, path: [...path, place], sha256, policy: locate(element), format, read }];
    });
    const { findings, changing } = await judgeLists(files, lists);
    for (const { place, fields } of changing) {
      const one = byPlace.get(place);
      if (one === undefined) continue;
      const { file, element, sha256, sizeBytes } = one;
      this.answers.push({ path: [...path, place], file, element: element.index, sha256, sizeBytes, fields });
    }
    for (const list of lists)
      this.#lists.push({ list, fields: changing.find(({ place }) => place === list.place)?.fields ?? [] });
    const rewritten = new Set(changing.map(({ place }) => place));
    const finished = files.map((file) => ({ ...file, changes: file.changes || rewritten.has(file.path) }));
    return [...findings, ...(await this.#stale.judge(path, seen, finished))];
  }

  /** When all of the artifact was seen. `changed`: what signing changes; `files`: all of them. */
  async judgeElsewhere(
    changed: readonly { readonly path: readonly string[] }[],
    files: readonly Pick<FollowAnswer, 'path' | 'file' | 'sha256' | 'sizeBytes'>[],
  ): Promise<readonly Finding[]> {
    if (this.#lists.length === 0) return [];
    const paths = new Set(
      changed.flatMap(({ path }) => path.map((_, depth) => keyOf(path.slice(0, depth + 1)))),
    );
    const all = files.flatMap(({ path, file, sha256, sizeBytes }) => {
      if (!paths.has(keyOf(path))) return [];
      const figures = figuresOf(sizeBytes, () => streamFile(join(this.#around.folder, file)), sha256);
      return [{ path: path.join(' → '), container: keyOf(path.slice(0, -1)), figures }];
    });
    const findings: Finding[] = [];
    for (const { list, fields } of this.#lists) {
      const own = keyOf(list.path.slice(0, -1));
      const others = all.filter(({ container }) => container !== own);
      if (others.length > 0) findings.push(...(await judgeElsewhere(list, fields, others)));
    }
    return findings;
  }
}

const keyOf = (path: readonly string[]): string => JSON.stringify(path);
