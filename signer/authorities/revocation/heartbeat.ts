/** Says beside what is published when the authority last did all of its work, for /readyz of a portal that reads the publication. */
import { join } from 'node:path';
import { authorityStateName, writeAuthorityState } from '#core/wire/authority-state/index.ts';
import { replaceFile } from '../../ground/durable-file/index.ts';

/** Between two: every round would be a write to the disk for nothing. */
const intervalMilliseconds = 10_000;

export class Heartbeat {
  readonly #file: string;
  readonly #pollSeconds: number;
  #writtenAt = -Infinity;

  constructor({ publication, pollSeconds }: { readonly publication: string; readonly pollSeconds: number }) {
    this.#file = join(publication, authorityStateName);
    this.#pollSeconds = pollSeconds;
  }

  /** After a round without any failure: one that failed is seen by the age of the last that didn't. */
  async worked(at: Date): Promise<void> {
    const since = at.getTime() - this.#writtenAt;
    if (since >= 0 && since < intervalMilliseconds) return;
    await replaceFile(
      this.#file,
      writeAuthorityState({ workedAt: at, pollSeconds: this.#pollSeconds }),
      0o644,
    );
    this.#writtenAt = at.getTime();
  }
}
