/** Signed statements are executed once: a copied one can't be replayed. */
import { createHash } from 'node:crypto';
import { tokenCommandMilliseconds } from '#core/approval/index.ts';
import type { Transaction } from '../platform/db/index.ts';
import { isUniqueViolation } from '../platform/db/index.ts';
import { ApiTokensError } from './error.ts';

export interface SignedWord {
  /** The text that was signed. */
  readonly statement: string;
}

/** In the transaction of what the statement asks for. Remembered for as long as the statement would count. */
export async function useStatement(transaction: Transaction, word: SignedWord, now: Date): Promise<void> {
  const sha256 = createHash('sha256').update(word.statement, 'utf8').digest('hex');
  await transaction.usedStatement.deleteMany({ where: { expiresAt: { lt: now } } });
  // With a clock that is behind, a statement may count for twice as long.
  const expiresAt = new Date(now.getTime() + 3 * tokenCommandMilliseconds);
  try {
    await transaction.usedStatement.create({ data: { sha256, expiresAt } });
  } catch (cause) {
    if (!isUniqueViolation(cause)) throw cause;
    throw new ApiTokensError({
      code: 'ALREADY_DONE',
      message: 'This command was sent before and has been executed.',
      cause,
      fix: 'Write and sign a new one: countersign does so each time it is called.',
    });
  }
}
