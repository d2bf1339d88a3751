import { Client } from 'pg';
import { PgBoss } from 'pg-boss';

const deadLetter = 'signing-dead-letter';

/**
 * Jobs of the signer, `{requestId}` each. A job only wakes the signer up: what it does follows from the journal, so a
 * job may come twice, and one that gave up is kept for an operator to send again.
 */
const signing = {
  retryLimit: 20,
  retryDelay: 2,
  retryBackoff: true,
  retryDelayMax: 300,
  /** longer than the signer's own limits for one pass together */
  expireInSeconds: 30 * 60,
  /** a signer that was killed stops sending these: its job is taken up again after a minute */
  heartbeatSeconds: 60,
  /** an approval may take weeks, and wakes the request up with a job of its own */
  retentionSeconds: 30 * 24 * 3600,
  deleteAfterSeconds: 7 * 24 * 3600,
  deadLetter,
} as const;

/** Asks the signer to look at the policy repository. It looks by itself as well, so a job that is lost loses nothing. */
const policy = {
  retryLimit: 2,
  retryDelay: 1,
  expireInSeconds: 120,
  retentionSeconds: 600,
  deleteAfterSeconds: 600,
} as const;

/**
 * Jobs of the portal, `{applicationId}` each: ask the code host about an application's repository. The host may still be
 * working something out, or ask to wait: then the job comes again.
 */
const evidence = {
  retryLimit: 6,
  retryDelay: 20,
  retryBackoff: true,
  retryDelayMax: 3600,
  expireInSeconds: 600,
  retentionSeconds: 3 * 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
} as const;

/** Creates or updates pg-boss's tables and the queue as the owner, since the other roles may not change a schema. */
export async function prepareQueue(ownerUrl: string): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    max: 2,
    supervise: false,
    schedule: false,
    registerInstance: false,
    openTelemetry: { enabled: false },
  });
  const failures: Error[] = [];
  boss.on('error', (error) => failures.push(error));
  await boss.start();
  try {
    if ((await boss.getQueue(deadLetter)) === null) {
      await boss.createQueue(deadLetter, { retentionSeconds: signing.retentionSeconds });
    }
    if ((await boss.getQueue('signing')) === null) await boss.createQueue('signing', signing);
    else await boss.updateQueue('signing', signing);
    // How jobs are told apart is fixed when a queue is created; the rest may change with an update.
    if ((await boss.getQueue('policy')) === null) {
      await boss.createQueue('policy', { ...policy, policy: 'short' });
    } else await boss.updateQueue('policy', policy);
    if ((await boss.getQueue('evidence')) === null) {
      await boss.createQueue('evidence', { ...evidence, policy: 'short' });
    } else await boss.updateQueue('evidence', evidence);
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
  if (failures[0] !== undefined) throw failures[0];
  await boundJobs(ownerUrl);
}

/** A job is one id. Whoever may write jobs must not be able to write one that no process can read in. */
async function boundJobs(ownerUrl: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`
      ALTER TABLE pgboss.job_common DROP CONSTRAINT IF EXISTS countersign_small_job;
      ALTER TABLE pgboss.job_common ADD CONSTRAINT countersign_small_job CHECK (
        length(coalesce(data::text, '')) <= 4096 AND length(coalesce(group_id, '')) <= 256
        AND length(coalesce(group_tier, '')) <= 256) NOT VALID`);
  } finally {
    await client.end();
  }
}
