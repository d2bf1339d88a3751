/** What is known of a kind of problem before one occurs (RFC 9457). */
export interface ProblemKind<Status extends number = number> {
  readonly status: Status;
  /** The status where the same is said in another place, such as of a name in the address in place of the body. */
  readonly elsewhere: readonly Status[];
  readonly title: string;
  /** When it is answered, in a sentence. */
  readonly meaning: string;
  /** What to do, in general; each answer says it of its own case. */
  readonly fix: string;
}

export const kind = <const Status extends number>(
  status: Status,
  title: string,
  says: Pick<ProblemKind, 'meaning' | 'fix'>,
  ...elsewhere: readonly Status[]
): ProblemKind<Status> => ({ status, elsewhere, title, ...says });
