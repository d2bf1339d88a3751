/** What became of one attempt. */

/**
 * taken: 2xx, and nothing else. gone: 410. unreadable: the portal can't read the webhook's address any more. pointless: this one message
 * has nobody left who waits for it.
 */
export type Outcome =
  | { readonly kind: 'unreadable' }
  | ({
      readonly kind: 'taken' | 'gone' | 'pointless' | 'not-taken';
      /** In milliseconds; 0: it didn't say. */
      readonly retryAfter: number;
    } & Result);

interface Result {
  readonly at: Date;
  readonly milliseconds: number;
  /** null: nobody answered, and `problem` says why. */
  readonly status: number | null;
  readonly answer: string;
  readonly problem: string | null;
}
