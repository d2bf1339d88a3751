/** Who asks, by their token, and how often they may. */

export interface Viewer {
  /** null: without a token. */
  readonly token: string | null;
  /** null: nobody, or a token that belongs to no user. */
  readonly userId: number | null;
}

const portalToken = 'dev-portal';
const userToken = /^dev-user-(\d{1,12})$/;

/** Tokens that read what is public; none of them opens what is private. */
export class Tokens {
  readonly #made = new Map<string, number | null>();

  make(userId: number | null): string {
    const token = `ghu_reading${String(this.#made.size + 1).padStart(6, '0')}`;
    this.#made.set(token, userId);
    return token;
  }

  revoke(token: string): void {
    this.#made.delete(token);
  }

  /** null: a token that nobody gave. */
  viewer(authorization: string | undefined, isUser: (id: number) => boolean): Viewer | null {
    if (authorization === undefined) return { token: null, userId: null };
    const token = /^(?:bearer|token) +(\S{1,200})$/i.exec(authorization)?.[1];
    if (token === undefined) return null;
    if (token === portalToken) return { token, userId: null };
    const made = this.#made.get(token);
    if (made !== undefined) return { token, userId: made };
    const id = Number(userToken.exec(token)?.[1] ?? -1);
    return isUser(id) ? { token, userId: id } : null;
  }
}

export interface Limits {
  /** Answers within an hour, for each token. */
  withToken: number;
  /** For all that ask without. */
  withoutToken: number;
}

const windowSeconds = 3600;

/** Counts answers, each asker's own for an hour from their first. */
export class Allowances {
  readonly limits: Limits = { withToken: 5000, withoutToken: 60 };
  readonly #used = new Map<string | null, { used: number; readonly resetSeconds: number }>();

  isSpent(token: string | null, nowSeconds: number): boolean {
    return this.#window(token, nowSeconds).used >= this.#limit(token);
  }

  spend(token: string | null, nowSeconds: number): void {
    this.#window(token, nowSeconds).used += 1;
  }

  headers(token: string | null, nowSeconds: number): Record<string, string> {
    const { used, resetSeconds } = this.#window(token, nowSeconds);
    const limit = this.#limit(token);
    return {
      'x-ratelimit-limit': String(limit),
      'x-ratelimit-remaining': String(Math.max(0, limit - used)),
      'x-ratelimit-used': String(used),
      'x-ratelimit-reset': String(resetSeconds),
      'x-ratelimit-resource': 'core',
    };
  }

  #limit(token: string | null): number {
    return token === null ? this.limits.withoutToken : this.limits.withToken;
  }

  #window(token: string | null, nowSeconds: number): { used: number; readonly resetSeconds: number } {
    const known = this.#used.get(token);
    if (known !== undefined && nowSeconds < known.resetSeconds) return known;
    const fresh = { used: 0, resetSeconds: nowSeconds + windowSeconds };
    this.#used.set(token, fresh);
    return fresh;
  }
}
