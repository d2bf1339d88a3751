/**
 * Where refs of a repository point, asked of its Git host by the signer itself: one request of Git protocol v2 over a kept
 * connection instead of two processes here and two there. Its answer may be missing for any reason, and then git asks.
 */
import type { Logger } from 'pino';
import { uploadPackAt } from './address.ts';
import { openExchange, type ExchangeLimits } from './exchange.ts';
import { lsRefsRequest, refsOf, type ObjectFormat } from './messages.ts';

export { formatOf } from './messages.ts';

export interface RefsHost {
  /** → objects by full name, of these refs and perhaps others; null: git has to ask. Never rejects. */
  refs(names: readonly string[], format: ObjectFormat): Promise<ReadonlyMap<string, string> | null>;
}

interface RefsHostOptions extends Partial<ExchangeLimits> {
  readonly log: Pick<Logger, 'info'>;
  /** Milliseconds of a clock that only goes forward. */
  readonly clock?: () => number;
}

const limits: ExchangeLimits = { timeoutMilliseconds: 5_000, answerBytesMax: 64 * 1024 };
/** A host that can't answer isn't asked twice at each check. */
const silenceMilliseconds = 5 * 60_000;

/** null: the address is one for git alone. */
export function openRefsHost(url: string, options: RefsHostOptions): RefsHost | null {
  const { log, clock = () => performance.now(), ...given } = options;
  const address = uploadPackAt(url);
  if (address === null) return null;
  const exchange = openExchange(address, { ...limits, ...given });
  let silentUntil = -Infinity;

  const decline = (error: unknown): null => {
    silentUntil = clock() + silenceMilliseconds;
    const reason = (error instanceof Error ? error.message : String(error)).slice(0, 200);
    log.info({ reason }, 'the Git host can’t be asked for refs in one request; git asks for some minutes');
    return null;
  };

  return {
    async refs(names, format) {
      if (clock() < silentUntil) return null;
      try {
        const exchanged = await exchange(lsRefsRequest(names, format));
        if ('answer' in exchanged) return refsOf(exchanged.answer, format);
        return exchanged.onKeptConnection ? null : decline(exchanged.error);
      } catch (error) {
        return decline(error);
      }
    },
  };
}
