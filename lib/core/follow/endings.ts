/** Paths by how they end: found by halving, so that a list of as many names as there are files costs no square of them. */

const reversed = (text: string): string => text.split('').reverse().join('');

export class Endings {
  /** Backwards, and in order: what ends alike stands together. */
  readonly #paths: readonly { readonly backwards: string; readonly path: string }[];

  constructor(paths: readonly string[]) {
    this.#paths = paths
      .map((path) => ({ backwards: reversed(`/${path}`), path }))
      .sort((one, other) => (one.backwards < other.backwards ? -1 : 1));
  }

  /** Those of which `/` and the path end like this. */
  *endingWith(ending: string): Generator<string> {
    const wanted = reversed(ending);
    for (let at = this.#firstFrom(wanted); at < this.#paths.length; at += 1) {
      const { backwards, path } = this.#paths[at] ?? { backwards: '', path: '' };
      if (!backwards.startsWith(wanted)) return;
      yield path;
    }
  }

  #firstFrom(wanted: string): number {
    let [low, high] = [0, this.#paths.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#paths[middle]?.backwards ?? '') < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
