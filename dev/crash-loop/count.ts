/** What a run of crashes has left, counted against what the HSM really gave. Pure: tests hand it runs that went wrong. */

/** One signature by a keyholder's own journal. */
export interface Given {
  /** Which keyholder. */
  readonly by: string;
  /** One file of one request. */
  readonly slot: string;
  readonly requestId: string;
  /** SHA-256 of the signature's octets. */
  readonly sha256: string;
}

export interface Left {
  readonly given: readonly Given[];
  /** Digests of signatures that the signer's journal has. */
  readonly logged: ReadonlySet<string>;
  /** How often the journal says of each request that it was released. */
  readonly releases: ReadonlyMap<string, number>;
  /** Requests that ended as they should, by the row that the portal shows. */
  readonly completed: readonly string[];
  /** Requests that didn't end though nothing was killed any more, and why. */
  readonly stuck: readonly string[];
  /** Released objects that aren't in the store, or have other bytes than their name says. */
  readonly filesWrong: readonly string[];
  /** Journals whose chains don't hold, with what was found. */
  readonly chainsBroken: readonly string[];
}

export interface Count {
  readonly signed: number;
  readonly unlogged: number;
  readonly doubled: number;
  readonly stuck: number;
  readonly broken: number;
  /** One line for each fault. */
  readonly faults: readonly string[];
}

export function count(left: Left): Count {
  const unlogged = left.given.filter(({ sha256 }) => !left.logged.has(sha256));
  const doubled: string[] = [];
  const bySlot = Map.groupBy(left.given, ({ slot }) => slot);
  for (const [slot, given] of bySlot) {
    const request = given[0]?.requestId ?? '?';
    const digests = new Set(given.map(({ sha256 }) => sha256));
    if (digests.size > 1) doubled.push(`request ${request}, ${slot}: ${digests.size} different signatures`);
    for (const [by, own] of Map.groupBy(given, (one) => one.by))
      if (own.length > 1) doubled.push(`request ${request}, ${slot}: ${by} signed ${own.length} times`);
  }
  for (const [request, times] of left.releases)
    if (times > 1) doubled.push(`request ${request}: released ${times} times`);
  const broken = [
    ...left.chainsBroken,
    ...left.filesWrong.map((file) => `released file ${file} isn’t what its name says`),
    ...left.completed
      .filter((request) => !left.releases.has(request))
      .map((request) => `request ${request}: completed, and the journal has no release of it`),
  ];
  return {
    signed: bySlot.size,
    unlogged: unlogged.length,
    doubled: doubled.length,
    stuck: left.stuck.length,
    broken: broken.length,
    faults: [
      ...unlogged.map(
        ({ by, requestId, slot, sha256 }) =>
          `unlogged: request ${requestId}, ${slot}: signature ${sha256} by ${by}`,
      ),
      ...doubled.map((one) => `doubled: ${one}`),
      ...left.stuck.map((one) => `stuck: ${one}`),
      ...broken.map((one) => `broken: ${one}`),
    ],
  };
}
