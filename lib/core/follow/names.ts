/** Which file of a container a list means by a name. */
import { Endings } from './endings.ts';
import type { FileName } from './follow.ts';

export type Found =
  | { readonly kind: 'none' }
  /** `exact`: the whole name leads to it; otherwise only its end does, and it may be meant for another file. */
  | { readonly kind: 'one'; readonly path: string; readonly exact: boolean }
  /** In no order; there may be as many as files. */
  | { readonly kind: 'several'; readonly paths: Iterable<string> };

const none: Found = { kind: 'none' };

export class FileNames {
  readonly #paths: ReadonlySet<string>;
  readonly #lengths: ReadonlySet<number>;
  readonly #endings: Endings;
  /** What was found by its end: lists repeat names. */
  readonly #known = new Map<string, Found>();

  /** Paths of all files in a container. */
  constructor(all: readonly string[]) {
    this.#paths = new Set(all);
    this.#lengths = new Set(all.map(({ length }) => length));
    this.#endings = new Endings(all);
  }

  /** `list`: path of the file with the name in it. */
  find(name: FileName, list: string): Found {
    const folder = list.slice(0, list.lastIndexOf('/') + 1);
    const written = name.as === 'url' ? fromUrl(name.text) : name.text.replaceAll('\\', '/');
    if (written === '') return none;
    if (name.as === 'beside') {
      return this.#paths.has(folder + written) ? { kind: 'one', path: folder + written, exact: true } : none;
    }
    const places = [resolved(folder, written), resolved('', written)];
    const exact = [...new Set(places)].filter((path) => path !== null && this.#paths.has(path));
    const isLabel = name.as === 'label';
    const [first] = exact;
    if (first !== undefined && first !== null)
      return exact.length === 1
        ? { kind: 'one', path: first, exact: !isLabel }
        : { kind: 'several', paths: exact.flatMap((path) => path ?? []) };
    return this.#byEnd(written);
  }

  /** Files whose path ends like the name, or the name like their path: `dist/app.exe` and `app.exe`. */
  #byEnd(written: string): Found {
    const whole = `/${written.replace(/^(?:\.{0,2}\/)+/, '')}`;
    const found = this.#known.get(whole) ?? this.#lookFor(whole);
    this.#known.set(whole, found);
    return found;
  }

  #lookFor(whole: string): Found {
    const endings = this.#endings;
    const paths = this.#endsOf(whole);
    for (const path of endings.endingWith(whole)) {
      paths.add(path);
      if (paths.size > 1) break;
    }
    const [first] = paths;
    if (first === undefined) return none;
    if (paths.size === 1) return { kind: 'one', path: first, exact: false };
    const ends = this.#endsOf(whole);
    return {
      kind: 'several',
      paths: {
        *[Symbol.iterator]() {
          yield* ends;
          yield* endings.endingWith(whole);
        },
      },
    };
  }

  /** Paths that are the end of the name. */
  #endsOf(whole: string): Set<string> {
    const ends = new Set<string>();
    for (let at = whole.indexOf('/'); at >= 0; at = whole.indexOf('/', at + 1)) {
      if (!this.#lengths.has(whole.length - at - 1)) continue;
      const end = whole.slice(at + 1);
      if (this.#paths.has(end)) ends.add(end);
    }
    return ends;
  }
}

/** The last part of an address; of one without a host, the whole path. */
function fromUrl(url: string): string {
  const path = url.replace(/[?#].*$/s, '');
  const isWhole = /^[A-Za-z][A-Za-z0-9+.-]*:\/\//.test(path) || path.startsWith('//');
  const part = isWhole ? path.slice(path.lastIndexOf('/') + 1) : path.replaceAll('\\', '/');
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** null: it leads out of the container. */
function resolved(folder: string, written: string): string | null {
  if (written.startsWith('/')) return null;
  const parts: string[] = [];
  for (const part of (folder + written).split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return null;
    } else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}
