/** Findings of one inspection, bounded: a hostile archive may break a rule a hundred thousand times. */
import { fail, failures, type Finding } from '#core/wire/finding/index.ts';

const failuresMax = 200;
const othersMax = 1000;

export class FindingList {
  readonly #findings: Finding[] = [];
  readonly #known = new Set<string>();
  #failures = 0;
  #others = 0;

  add(...findings: readonly Finding[]): void {
    for (const finding of findings) {
      // What a container and its format find alike is said once, whether or not both know what the file hashes to.
      const known = finding.outcome === 'fail' ? JSON.stringify({ ...finding, sha256: undefined }) : null;
      if (known !== null && this.#known.has(known)) continue;
      const kept = finding.outcome === 'fail' ? ++this.#failures <= failuresMax : ++this.#others <= othersMax;
      if (!kept) continue;
      this.#findings.push(finding);
      if (known !== null) this.#known.add(known);
    }
  }

  get refused(): boolean {
    return this.#failures > 0;
  }

  all(): readonly Finding[] {
    const left = this.#failures - failures(this.#findings).length;
    if (left === 0) return this.#findings;
    const more = fail({
      rule: 'artifact.more-findings',
      message: `${left} more findings like these were left out.`,
      fix: 'Fix those that are listed, then submit again.',
    });
    return [...this.#findings, more];
  }
}
