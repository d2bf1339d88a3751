import { Client } from 'pg';
import { PgBoss } from 'pg-boss';

/**
 * Jobs of the signer, `{requestId}` each. A job only says that there is something to look at: the signer takes it off
 * the queue, and finds what is to be done in the tables, with the job or without.
 */
const signing = {
  retryLimit: 2,
  expireInSeconds: 120,
  retentionSeconds: 24 * 3600,
  deleteAfterSeconds: 24 * 3600,
} as const;

/** Asks the signer to check the policy repository. It also checks periodically, so a lost job does no harm. */
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

/**
 * Jobs of the portal lie in tables of their own: whoever works on jobs may change pg-boss's tables, and the signer works
 * with nothing that the portal may change.
 */
type QueueOptions = NonNullable<Parameters<PgBoss['createQueue']>[1]>;

const schemas: readonly {
  readonly schema: string;
  readonly queues: Readonly<Record<string, QueueOptions>>;
}[] = [
  { schema: 'pgboss', queues: { signing, policy: { ...policy, policy: 'short' } } },
  { schema: 'portal_jobs', queues: { evidence: { ...evidence, policy: 'short' } } },
];

/** Earlier versions had these beside the signer's; what was in them comes again by itself. */
const gone = ['signing-dead-letter', 'evidence'];

/** Creates or updates pg-boss's tables and the queues as the owner, since the other roles may not change a schema. */
export async function prepareQueues(ownerUrl: string): Promise<void> {
  for (const { schema, queues } of schemas) {
    await withBoss(ownerUrl, schema, async (boss) => {
      for (const [name, options] of Object.entries(queues)) await prepareQueue(boss, name, options);
      for (const name of gone) {
        if (!(name in queues) && (await boss.getQueue(name)) !== null) await boss.deleteQueue(name);
      }
    });
    await boundJobs(ownerUrl, schema);
  }
}

async function prepareQueue(boss: PgBoss, name: string, options: QueueOptions): Promise<void> {
  if ((await boss.getQueue(name)) === null) return boss.createQueue(name, options);
  // How jobs are told apart is fixed when a queue is created; the rest may change with an update.
  const { policy: _fixed, ...changeable } = options;
  await boss.updateQueue(name, { ...changeable, deadLetter: null, heartbeatSeconds: null });
  // Jobs that were done, which nobody reads again.
  await boss.deleteStoredJobs(name);
}

async function withBoss(
  ownerUrl: string,
  schema: string,
  work: (boss: PgBoss) => Promise<void>,
): Promise<void> {
  const boss = new PgBoss({
    connectionString: ownerUrl,
    schema,
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
    await work(boss);
  } finally {
    await boss.stop({ graceful: false, close: true });
  }
  if (failures[0] !== undefined) throw failures[0];
}

/** A job is one id. Whoever may write jobs must not be able to write one that no process can read in. */
async function boundJobs(ownerUrl: string, schema: string): Promise<void> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const table = `${client.escapeIdentifier(schema)}.job_common`;
    await client.query(`
      ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS countersign_small_job;
      ALTER TABLE ${table} ADD CONSTRAINT countersign_small_job CHECK (
        length(coalesce(data::text, '')) <= 4096 AND length(coalesce(group_id, '')) <= 256
        AND length(coalesce(group_tier, '')) <= 256) NOT VALID`);
  } finally {
    await client.end();
  }
}
