/**
 * Jobs for the signer, on pg-boss. The portal only sends, and only inside the transaction that writes
 * the row the job is about: either both are there or neither is.
 */
import { PgBoss, fromPrisma } from 'pg-boss';
import type { Transaction } from '../db/index.ts';

export interface SigningQueue {
  /** Asks the signer to look at a request (again). */
  wake(transaction: Transaction, requestId: string): Promise<void>;
  /** Asks the signer to look at the policy repository now. Asked often, it looks once. */
  followPolicy(): Promise<void>;
  close(): Promise<void>;
}

const signingQueueName = 'signing';
const policyQueueName = 'policy';

/**
 * The queue itself is created by the migrations: this role may insert jobs and alter nothing, so
 * pg-boss is told to neither migrate nor supervise. It starts on first use, so that a portal comes up
 * (and says what is wrong) while the database is down.
 */
export function openSigningQueue(input: { readonly url: string }): SigningQueue {
  const boss = new PgBoss({
    // For its own look-ups only: every job is sent over the caller's transaction.
    connectionString: input.url,
    max: 1,
    application_name: 'countersign-portal-queue',
    migrate: false,
    createSchema: false,
    supervise: false,
    schedule: false,
    registerInstance: false,
  });
  // pg-boss emits background failures; without a listener they would end the process.
  boss.on('error', () => undefined);
  let starting: Promise<unknown> | null = null;
  const started = async (): Promise<void> => {
    starting ??= boss.start();
    try {
      await starting;
    } catch (error) {
      starting = null;
      throw error;
    }
  };
  return {
    async wake(transaction, requestId) {
      await started();
      await boss.send(signingQueueName, { requestId }, { db: fromPrisma(transaction) });
    },
    async followPolicy() {
      await started();
      // One waiting job is enough, however many ask.
      await boss.send(policyQueueName, {}, { singletonKey: 'follow' });
    },
    async close() {
      if (starting !== null) await boss.stop({ graceful: false });
    },
  };
}
