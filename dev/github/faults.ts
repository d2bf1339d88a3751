/** What goes wrong on purpose. */

export type Mishap =
  /** Answers with a status of its own; `applied`: after having done what was asked. */
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly message?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly applied?: boolean;
      /** Said by a page for people, as what stands in front of the host does. */
      readonly page?: boolean;
    }
  /** The connection ends in the middle of the answer's body. */
  | { readonly kind: 'cut' }
  /** Half of the body, as if it were all. */
  | { readonly kind: 'halved' }
  /** A page for people, with status 200. */
  | { readonly kind: 'html' }
  /** A field is missing, in the answer or in every item of a list. */
  | { readonly kind: 'without'; readonly field: string }
  /** A list loses its last item but still counts it. */
  | { readonly kind: 'shortened' }
  /** The whole answer, with headers that something between has added or changed. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** No answer, until the fake stops. */
  | { readonly kind: 'silent' }
  /** Something else happens after the request has come and before it is carried out. */
  | { readonly kind: 'meanwhile'; readonly act: () => void };

export interface Fault {
  readonly method?: string;
  /** Of the path with its query, decoded. */
  readonly path: RegExp;
  /** How often it happens; once unless told. */
  readonly times?: number;
  readonly mishap: Mishap;
}

export class Faults {
  readonly #waiting: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#waiting.push({ fault, left: fault.times ?? 1 });
  }

  take(method: string, path: string): Mishap | null {
    const found = this.#waiting.find(
      ({ fault, left }) => left > 0 && (fault.method ?? method) === method && fault.path.test(path),
    );
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault.mishap;
  }
}

/** Secondary limits, as GitHub words them: 403 with `retry-after`. */
export const secondaryLimit = (retryAfterSeconds: number): Mishap => ({
  kind: 'status',
  status: 403,
  message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.',
  headers: { 'retry-after': String(retryAfterSeconds) },
});

/** The primary limit: 429, nothing remaining, a time of reset in Unix seconds. */
export const primaryLimit = (resetSeconds: number): Mishap => ({
  kind: 'status',
  status: 429,
  message: 'API rate limit exceeded for installation ID 1.',
  headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetSeconds) },
});
