/**
 * Jobs on pg-boss: for the signer, and for the portal itself. They are sent inside the transaction that writes the row
 * the job is about: either both are there or neither is.
 */
import { PgBoss, fromPrisma } from 'pg-boss';
import { z } from 'zod';
import type { Transaction } from '../db/index.ts';

export interface JobQueue {
  /** Asks the signer to look at a request (again). */
  wake(transaction: Transaction, requestId: string): Promise<void>;
  /** Asks the signer to look at the policy repository now. Asked often, it looks once. */
  followPolicy(): Promise<void>;
  /** Asks the portal's own worker to collect what the code host knows of an application's repository. */
  collectEvidence(transaction: Transaction, applicationId: number): Promise<void>;
  /** Works on those jobs in this process, one at a time. A job whose work rejects comes again later. */
  workOnEvidence(work: (applicationId: number) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}

const signingQueueName = 'signing';
const policyQueueName = 'policy';
const evidenceQueueName = 'evidence';
const evidenceJob = z.object({ applicationId: z.number().int().positive() });
const pollingSeconds = 2;

/**
 * The queue itself is created by the migrations: this role may insert jobs and alter nothing, so
 * pg-boss is told to neither migrate nor supervise. It starts on first use, so that a portal comes up
 * (and says what is wrong) while the database is down.
 */
export function openJobQueue(input: { readonly url: string }): JobQueue {
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
    async collectEvidence(transaction, applicationId) {
      await started();
      const options = { db: fromPrisma(transaction), singletonKey: String(applicationId) };
      await boss.send(evidenceQueueName, { applicationId }, options);
    },
    async workOnEvidence(work) {
      await started();
      await boss.work(evidenceQueueName, { pollingIntervalSeconds: pollingSeconds }, async ([job]) => {
        if (job !== undefined) await work(evidenceJob.parse(job.data).applicationId);
      });
    },
    async close() {
      if (starting !== null) await boss.stop({ graceful: false });
    },
  };
}
