/**
 * Jobs on pg-boss: for the signer, and for the portal itself. They are sent inside the transaction that writes the row
 * the job is about: either both are there or neither is.
 */
import { PgBoss, fromPrisma } from 'pg-boss';
import { z } from 'zod';
import type { Transaction } from '../db/index.ts';

export interface JobQueue {
  /** Asks the signer to process a request (again). */
  wake(transaction: Transaction, requestId: string): Promise<void>;
  /** Asks the signer to check the policy repository now. Repeated requests cause one check. */
  followPolicy(): Promise<void>;
  /** Asks the portal's own worker to collect evidence about an application's repository from the code host. */
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

/** Jobs for the signer: this role may add to them and change nothing there. */
const signerSchema = 'pgboss';
/** Jobs of the portal for itself. */
const ownSchema = 'portal_jobs';

export function openJobQueue(input: { readonly url: string }): JobQueue {
  const [signer, own] = [openBoss(input.url, signerSchema), openBoss(input.url, ownSchema)];
  return {
    async wake(transaction, requestId) {
      const boss = await signer.started();
      await boss.send(signingQueueName, { requestId }, { db: fromPrisma(transaction) });
    },
    async followPolicy() {
      const boss = await signer.started();
      // One waiting job is enough, however many callers ask.
      await boss.send(policyQueueName, {}, { singletonKey: 'follow' });
    },
    async collectEvidence(transaction, applicationId) {
      const boss = await own.started();
      const options = { db: fromPrisma(transaction), singletonKey: String(applicationId) };
      await boss.send(evidenceQueueName, { applicationId }, options);
    },
    async workOnEvidence(work) {
      const boss = await own.started();
      await boss.work(evidenceQueueName, { pollingIntervalSeconds: pollingSeconds }, async ([job]) => {
        if (job !== undefined) await work(evidenceJob.parse(job.data).applicationId);
      });
    },
    async close() {
      await Promise.all([signer.close(), own.close()]);
    },
  };
}

/**
 * The tables are created by the migrations, so pg-boss is told to neither migrate nor supervise. It starts on first use, so
 * that the portal starts (and reports what is wrong) while the database is down.
 */
function openBoss(
  url: string,
  schema: string,
): { readonly started: () => Promise<PgBoss>; readonly close: () => Promise<void> } {
  const boss = new PgBoss({
    // For its own look-ups only: every job is sent over the caller's transaction.
    connectionString: url,
    schema,
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
  return {
    async started() {
      starting ??= boss.start();
      try {
        await starting;
      } catch (error) {
        starting = null;
        throw error;
      }
      return boss;
    },
    async close() {
      if (starting !== null) await boss.stop({ graceful: false });
    },
  };
}
