/**
 * Warns of lists that the configuration leaves as they are although files that they list get signed. Bounded: a hostile artifact may have
 * a hundred thousand files that look like lists, and none of this decides about it.
 */
import { join } from 'node:path';
import { findStaleIn, listFormatOf, type FileInContainer, type StaleList } from '#core/follow/index.ts';
import { info, staleListRule, type Finding } from '#core/wire/finding/index.ts';
import { readList } from './follow.ts';
import type { SeenFile, Surroundings } from './seen-file.ts';

/** Of one artifact. Files whose names say nothing are read only where they are small and may be text. */
const limits = { named: 200, others: 200, otherBytes: 1024 * 1024, bytes: 64 * 1024 * 1024, findings: 50 };
const textEndings = /(?:^|\/)[^./]+$|[.](?:json|jsonld|ya?ml|xml|txt|md|toml|ini|cfg|conf|csv|lst|html?)$/i;

export class StaleLists {
  readonly #around: Surroundings;
  readonly #left = { ...limits };

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Of one container: `files` are all that is in it. */
  async judge(
    path: readonly string[],
    seen: readonly SeenFile[],
    files: readonly FileInContainer[],
  ): Promise<readonly Finding[]> {
    if (!files.some(({ changes }) => changes)) return [];
    const changes = new Set(files.filter((file) => file.changes).map((file) => file.path));
    const find = findStaleIn(files);
    const findings: Finding[] = [];
    for (const one of seen) {
      // What changes is followed already, or is itself signed: it is none of those that stay.
      if (one.element.type !== 'file' || one.element.follows !== null || changes.has(one.place)) continue;
      if (this.#left.findings === 0 || !this.#mayRead(one)) continue;
      const bytes = await readList(join(this.#around.folder, one.file), one.sizeBytes);
      const found = await find(one.place, bytes);
      if (found === null) continue;
      this.#left.findings -= 1;
      findings.push(this.#warning([...path, one.place], one, found));
    }
    return findings;
  }

  #mayRead({ place, sizeBytes }: SeenFile): boolean {
    const format = listFormatOf(place);
    const left = this.#left;
    if (sizeBytes === 0 || sizeBytes > left.bytes) return false;
    if (format === null) {
      if (left.others === 0 || sizeBytes > left.otherBytes || !textEndings.test(place)) return false;
      left.others -= 1;
    } else {
      if (left.named === 0 || sizeBytes > format.sizeBytesMax) return false;
      left.named -= 1;
    }
    left.bytes -= sizeBytes;
    return true;
  }

  #warning(path: readonly string[], { element, sha256, place }: SeenFile, found: StaleList): Finding {
    const name = place.slice(place.lastIndexOf('/') + 1);
    // What upstream signed must stay as it is.
    const format = element.verifies ? null : found.format;
    return info({
      rule: staleListRule,
      message: `${name} states in line ${found.line} the ${found.what} of ${found.of}, which gets signed: that will be wrong after signing, and the configuration leaves ${name} as it is. ${adviceOf(format)}`,
      expected: format === null ? null : `follows: { format: ${format.id} }`,
      path,
      sha256,
      policy: this.#around.locate(element),
    });
  }
}

function adviceOf(format: StaleList['format']): string {
  if (format === null)
    return 'It is no list that the signer can write anew: make it from the released files, or leave it out.';
  if (format.id === 'tauri')
    return 'The signer can’t write that anew: leave it out, and make it from the released file with the developer’s key.';
  return `Add \`follows: { format: ${format.id} }\` to the line that expects it, or to one of its own above that, where it expects other files, too.`;
}
