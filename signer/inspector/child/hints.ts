/** What hints in refusals may cost in one inspection: a hostile artifact can be wrong in a hundred thousand places. */
import { NearMissWork, type CompiledElement } from '#core/artifact/index.ts';
import type { RandomAccessSource } from '#core/formats/random-access.ts';
import type { Sha256Hex } from '#core/ids/index.ts';
import type { Finding, PolicyLocation } from '#core/wire/finding/index.ts';
import { nearType } from './near-type.ts';

const insideMax = 5;
const typesMax = 20;

export class Hints {
  readonly nearMisses = new NearMissWork();
  #inside = insideMax;
  #types = typesMax;
  readonly #typed = new Set<string>();

  /** Whether one more unexpected file may be opened to see what is in it. */
  mayOpen(): boolean {
    this.#inside -= 1;
    return this.#inside >= 0;
  }

  /** What a file is that isn't of the declared type. */
  async onType(
    source: RandomAccessSource,
    element: CompiledElement,
    about: {
      readonly path: readonly string[];
      readonly sha256: Sha256Hex;
      readonly policy: PolicyLocation | null;
    },
  ): Promise<readonly Finding[]> {
    const place = about.path.join('\n');
    if (this.#types === 0 || this.#typed.has(place)) return [];
    this.#types -= 1;
    this.#typed.add(place);
    const hint = await nearType(source, element, about);
    return hint === null ? [] : [hint];
  }
}
