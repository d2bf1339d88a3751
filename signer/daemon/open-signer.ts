/** Opens all ports of the signer in order, and closes them in reverse. */
import type { Logger } from 'pino';
import { parseTrustRoot, type TrustRoot } from '#core/origin/index.ts';
import type { PolicySnapshot } from '#core/policy/index.ts';
import type { SignerConfig } from '../ground/config/index.ts';
import { openDatabase } from '../ground/database/index.ts';
import { reportHealth, type HealthProbe, type HealthReport } from './health/index.ts';
import type { JournalAnchor } from '../ground/journal/index.ts';
import { describeActive, readPresences } from '../rulings/emergency-stop/index.ts';
import { dueCertificates } from '../rulings/due-certificates/index.ts';
import { createInspector } from '../inspector/index.ts';
import {
  leaseSeconds,
  openWakeQueue,
  processRequest,
  startWorker,
  type SignerContext,
} from './intake/index.ts';
import { openKeyHolder } from '../keyholder/index.ts';
import { openRegister } from './open-register.ts';
import { openStops } from './open-stops.ts';
import { openPolicySource } from '../policy-source/index.ts';
import {
  watchDatabase,
  watchPolicyChecks,
  watchQueue,
  watchRequests,
  watchSweep,
  watchWorker,
} from './probes/index.ts';
import { judgeAnswers, judgeList } from '../rulings/revocations/index.ts';
import { openScanner, type ScannerState } from './scan/index.ts';
import { anchorOf } from './stand-by.ts';
import { openSessionGuard } from './session-guard/index.ts';
import { openTimestampSource } from './signing/index.ts';
import { openTurns } from './turns/index.ts';
import { openArtifactStore, openReleaseStore } from '../ground/store/index.ts';
import { loadCertificates, openKeyRing, readTrustRootText } from '../rulings/trust/index.ts';

export interface Signer {
  readonly context: SignerContext;
  close(): Promise<void>;
}

export async function openSigner(config: SignerConfig, log: Logger): Promise<Signer> {
  const now = (): Date => new Date();
  const database = openDatabase(config.databaseUrl, (error) => log.error({ err: error }, 'database'), {
    concurrency: config.concurrency,
  });
  const { keyHolder: hsm } = config;
  const keyHolder = await openKeyHolder({
    module: hsm.module,
    tokenLabel: hsm.tokenLabel,
    pin: hsm.pin,
    registryFile: hsm.registry,
    journalFile: hsm.journal,
    softhsmConf: hsm.softhsmConf ?? null,
    moduleEnvironment: hsm.moduleEnvironment,
    fips: hsm.fips,
    rate: { signaturesPerMinuteMax: hsm.signaturesPerMinuteMax },
    purposes: ['release', 'test', 'raw', 'openpgp'],
    documents: config.workDirectory,
  });
  const timestampRoots = await loadCertificates(config.timestamp.trustedRoots);
  const policyChecks = watchPolicyChecks(
    openPolicySource({
      clone: {
        directory: config.policyRepository.directory,
        url: config.policyRepository.url,
        ref: config.policyRepository.ref,
      },
      initialCommit: config.policyRepository.initialCommit,
      database,
      log,
      now,
    }),
    config.policyRepository.pollSeconds,
    now,
  );
  const policy = policyChecks.source;
  const journal = anchorOf(config, database);
  let snapshot: PolicySnapshot | null = null;
  const { stops, heartbeat } = await openStops(config, {
    database,
    log,
    now,
    snapshot: () => snapshot,
    checkJournal: () => journal.check(),
    onChange: () => health.refresh(),
  });
  const context: SignerContext = {
    config,
    log,
    database,
    policy,
    journal,
    revocations: await openRegister(config, { database, log, now }),
    stops,
    artifacts: openArtifactStore(config.store.artifacts),
    releases: openReleaseStore(config.store.released),
    trustRoots: await openTrustRoots(config.trustRoots),
    keys: await openKeyRing(hsm.registry),
    keyHolder,
    timestamps: openTimestampSource({ ...config.timestamp, trustedRoots: timestampRoots }),
    timestampRoots,
    scanner: openScanner(config.scanner, now),
    inspector: createInspector({ workDir: config.workDirectory, keepsSpare: true, ...config.inspector }),
    now,
  };
  // Operators should know where a fence is missing; `required` in the configuration makes it mandatory.
  log.info({ sandbox: await context.inspector.sandbox() }, 'the inspector’s fences on this machine');
  log.info({ unpacking: await context.inspector.unpacking() }, 'what opens installers on this machine');
  const follow = async (): Promise<void> => {
    await journal.check();
    // A key holder knows only the keys that existed when it started.
    if (await context.keys.refresh()) await keyHolder.restart();
    snapshot = await policy.refresh();
    await context.revocations.learn(snapshot);
  };
  const poll = setInterval(() => {
    follow().catch((error: unknown) =>
      log.warn({ err: error }, 'the policy repository could not be followed'),
    );
  }, config.policyRepository.pollSeconds * 1000);
  await follow().catch((error: unknown) =>
    log.warn({ err: error }, 'the policy repository could not be read yet'),
  );
  await heartbeat.beat();
  const { concurrency, turns: rule, sweepSeconds } = config;
  const turns = openTurns({
    database,
    leaseSeconds,
    now,
    signer: config.signerId,
    rule: { ...rule, perProjectMax: rule.perProjectMax ?? concurrency },
    projects: () => snapshot?.projects ?? null,
  });
  const guard = openSessionGuard({ url: config.databaseUrl, limits: config.portalSessions, log, now });
  const worker = startWorker({
    turns,
    config,
    log,
    now,
    async process(turn) {
      const end = await processRequest(context, turn);
      // Remembers the pass's entries at once; the probe of the journal does it periodically.
      await journal.keep(null).catch((error: unknown) => log.warn({ err: error }, 'the journal’s anchor'));
      return end;
    },
  });
  const queue = openWakeQueue({
    database,
    log,
    sweepSeconds,
    follow,
    onRequests: (ids) => worker.ask(ids),
  });
  const probes = [
    whileJournalHolds(journal, watchWorker(worker, now)),
    watchSweep(worker, sweepSeconds, now),
    watchRequests(database, now),
    watchQueue(queue),
    watchDatabase(database, guard, now),
    ...probesOf(context, policyChecks.age),
    watchCertificates(context, () => snapshot),
  ];
  const health = reportHealth(database, probes, log, now);
  return {
    context,
    async close() {
      clearInterval(poll);
      await queue.stop();
      await worker.stop();
      await context.inspector.close();
      await guard.stop();
      await heartbeat.stop();
      await health.stop();
      await keyHolder.close();
      await database.close();
    },
  };
}

async function openTrustRoots(named: SignerConfig['trustRoots']): Promise<ReadonlyMap<string, TrustRoot>> {
  const roots = new Map<string, TrustRoot>();
  for (const [name, source] of Object.entries(named)) {
    roots.set(name, parseTrustRoot(JSON.parse(await readTrustRootText(source)) as unknown));
  }
  return roots;
}

/** A worker that may not take requests isn't working, however well it runs. */
function whileJournalHolds(journal: JournalAnchor, { component, probe }: HealthProbe): HealthProbe {
  return {
    component,
    async probe() {
      await journal.check();
      return probe();
    },
  };
}

function probesOf(context: SignerContext, checkAge: () => HealthReport): readonly HealthProbe[] {
  return [
    {
      component: 'emergency-stop',
      probe: async () => {
        const presences = await readPresences(context.database).catch(() => null);
        const stopped = describeActive(await context.stops.active(), presences);
        return stopped === null
          ? { state: 'ok', detail: 'nothing is stopped' }
          : { state: 'degraded', detail: stopped };
      },
    },
    {
      component: 'journal',
      probe: async () => {
        // Where the key holder can't answer now, its head is remembered another time.
        const head = await context.keyHolder.health().then(
          (health) => health.journal,
          () => null,
        );
        return { state: 'ok', detail: `unbroken up to entry ${await context.journal.keep(head)}` };
      },
    },
    {
      component: 'keyholder',
      probe: async () => {
        const health = await context.keyHolder.health();
        return { state: health.ok ? 'ok' : 'down', detail: health.detail };
      },
    },
    {
      component: 'revocation-register',
      probe: async () => {
        await context.revocations.checkFile();
        return { state: 'ok', detail: `${context.revocations.known().size} certificates are revoked` };
      },
    },
    ...watchRevocationList(context),
    {
      component: 'unpacking',
      probe: async () => ({ state: 'ok', detail: await context.inspector.unpacking() }),
    },
    {
      component: 'scanner',
      probe: async () => describeScanner(await context.scanner.status()),
    },
    {
      component: 'policy',
      probe: async () => {
        const { sync, health, accepted, reason } = context.policy.status();
        const inForce = accepted === null ? 'no commit is in force yet' : `commit ${accepted} is in force`;
        const { state, detail: age, ...measured } = checkAge();
        const detail = `${sync}, ${health}: ${inForce}; ${age}${reason === null ? '' : `; ${reason}`}`;
        if (accepted === null) return { state: 'down', detail, ...measured };
        return { state: health === 'Healthy' ? state : 'degraded', detail, ...measured };
      },
    },
  ];
}

function describeScanner(scanner: ScannerState): HealthReport {
  if (scanner.state !== 'proven') {
    return { state: scanner.state === 'failed' ? 'down' : 'degraded', detail: scanner.detail };
  }
  const { engine, version, builtAt, canaries, streamSizeBytesMax, provenAt } = scanner.proof;
  const mebibytes = Math.floor(streamSizeBytesMax / 1024 ** 2);
  const proof = `found all ${canaries} canaries at ${provenAt.toISOString()}, files up to ${mebibytes} MiB`;
  if (builtAt === null) {
    const detail = `ClamAV ${engine} with local signatures only (EICAR); ${proof}`;
    return { state: 'degraded', detail };
  }
  const detail = `ClamAV ${engine}, database ${version ?? '?'} of ${builtAt.toISOString()}; ${proof}`;
  return { state: 'ok', detail };
}

/** Certificates that the policy asks for: the operator issues them and has to know. */
function watchCertificates(context: SignerContext, snapshotNow: () => PolicySnapshot | null): HealthProbe {
  let reported: { readonly of: readonly unknown[]; readonly report: HealthReport } | null = null;
  const reportOn = (snapshot: PolicySnapshot): HealthReport => {
    const { projects, refused } = dueCertificates({
      snapshot,
      keys: context.keys.current(),
      revocations: context.revocations.known(),
      now: context.now(),
      despite: new Set<string>(),
    });
    const missing = projects.flatMap(({ slug, certificates }) =>
      certificates.map(({ name }) => `${slug}/${name}`),
    );
    if (missing.length === 0) {
      const detail = refused.length === 0 ? 'all exist' : `withheld: ${refused.slice(0, 3).join('; ')}`;
      return { state: 'ok', detail };
    }
    const named = missing.slice(0, 5).join(', ');
    const command = 'npm run issue -- --ceremony ceremony.yaml --signer signer.yaml';
    const detail = `${missing.length} to be issued on this host with ${command}: ${named}`;
    return { state: 'degraded', detail };
  };
  return {
    component: 'certificates',
    probe: async () => {
      const snapshot = snapshotNow();
      if (snapshot === null) return { state: 'degraded', detail: 'no policy was read yet' };
      // Going through ten thousand projects takes a while, and they change rarely; so at most once a day, or after a change.
      const of = [
        snapshot,
        context.keys.current(),
        context.revocations.known(),
        context.now().toISOString().slice(0, 10),
      ];
      if (reported?.of.every((one, index) => one === of[index]) !== true)
        reported = { of, report: reportOn(snapshot) };
      return reported.report;
    },
  };
}

function watchRevocationList({ config, revocations, now }: SignerContext): readonly HealthProbe[] {
  const { revocationList, statusAnswers } = config;
  const probes: HealthProbe[] = [];
  if (revocationList !== undefined) {
    const probe = () => judgeList(revocationList, revocations.known(), now());
    probes.push({ component: 'revocation-list', probe });
  }
  if (statusAnswers !== undefined) {
    const probe = () => judgeAnswers(statusAnswers, revocations.known(), now());
    probes.push({ component: 'status-answers', probe });
  }
  return probes;
}
