/** Opens all ports of the signer in order, and closes them in reverse. */
import about from '../../package.json' with { type: 'json' };
import type { Logger } from 'pino';
import type { PolicySnapshot } from '#core/policy/index.ts';
import { folderOf } from '../../lib/host/configuration/index.ts';
import type { SignerConfig } from '../ground/config/index.ts';
import { openDatabase } from '../ground/database/index.ts';
import { watchClock } from './clock/index.ts';
import { openCodeHosts } from './code-host/index.ts';
import { reportHealth } from './health/index.ts';
import { factsOf } from '../rulings/emergency-stop/index.ts';
import { createInspector, defaultInspectorLimits } from '../inspector/index.ts';
import {
  leaseSeconds,
  openTakingGate,
  openWakeQueue,
  processRequest,
  startWorker,
  type SignerContext,
} from './intake/index.ts';
import { openKeyHolder } from '../keyholder/index.ts';
import { keepResolvingClaims } from './claims/index.ts';
import { decidingPolicies } from './checks/index.ts';
import { openRegister } from './open-register.ts';
import { openStops } from './open-stops.ts';
import { openPolicySource } from '../policy-source/index.ts';
import {
  tellLimits,
  watchCertificates,
  watchDatabase,
  watchPolicyChecks,
  watchPorts,
  watchQueue,
  watchRequests,
  watchReports,
  watchRooms,
  watchSweep,
  watchTimestamps,
  watchWorker,
  whileJournalHolds,
} from './probes/index.ts';
import {
  keepWriting,
  measureKeyHolder,
  measurePolicy,
  measureScanner,
  measureTimestamps,
  openMeasures,
} from './measures/index.ts';
import { keepCheckingReleased } from './released/index.ts';
import { keepRemovingEntries } from './report/index.ts';
import { openSamples } from './samples/index.ts';
import { openScanner } from './scan/index.ts';
import { foldersOf, openRooms } from './rooms/index.ts';
import { anchorOf } from './stand-by.ts';
import { openSessionGuard } from './session-guard/index.ts';
import { openTimestampSource } from './signing/index.ts';
import { openTurns } from './turns/index.ts';
import { openArtifactStore, openReleasedFiles, openReleaseStore } from '../ground/store/index.ts';
import { openSigstoreRoots } from '../rulings/sigstore-roots/index.ts';
import { installedRoots, loadCertificates, openKeyRing } from '../rulings/trust/index.ts';

/** Of all signers together, more than there are: a limit of one’s own places would keep a second signer from a project’s requests. */
const placesMax = 1000;

export interface Signer {
  readonly context: SignerContext;
  close(): Promise<void>;
}

export async function openSigner(config: SignerConfig, log: Logger): Promise<Signer> {
  const now = (): Date => new Date();
  const database = openDatabase(config.databaseUrl, (error) => log.error({ err: error }, 'database'), {
    concurrency: config.concurrency,
  });
  const measures = openMeasures();
  const { keyHolder: hsm } = config;
  const opened = await openKeyHolder({
    module: hsm.module,
    tokenLabel: hsm.tokenLabel,
    pin: hsm.pin,
    furtherTokens: hsm.furtherTokens,
    registryFile: hsm.registry,
    journalFile: hsm.journal,
    segmentRecords: hsm.segmentRecords,
    softhsmConf: hsm.softhsmConf ?? null,
    moduleEnvironment: hsm.moduleEnvironment,
    fips: hsm.fips,
    rate: { signaturesPerMinuteMax: hsm.signaturesPerMinuteMax },
    purposes: ['release', 'test', 'raw', 'openpgp'],
    documents: config.workDirectory,
  });
  const keyHolder = measureKeyHolder(opened, measures);
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
      signer: config.signerId,
      log,
      now,
    }),
    config.policyRepository.pollSeconds,
    now,
  );
  const stamping = watchTimestamps(
    openTimestampSource({
      ...config.timestamp,
      trustedRoots: timestampRoots,
      onAnswer: measureTimestamps(measures),
    }),
    now,
  );
  const policy = measurePolicy(policyChecks.source, measures);
  const journal = anchorOf(config, database);
  let snapshot: PolicySnapshot | null = null;
  // A key holder knows only the keys that existed when it started.
  const keys = await openKeyRing(hsm.registry, () => keyHolder.restart());
  const revocations = await openRegister(config, { database, log, now, keys: () => keys.current() });
  const clock = watchClock({ database, now });
  const folders = foldersOf(config);
  const rooms = openRooms({ folders, signer: config.signerId, log });
  const gate = openTakingGate({ policy, clock, rooms, follow: () => follow(), now });
  let health: ReturnType<typeof reportHealth> | null = null;
  const { stops, heartbeat } = await openStops(config, {
    database,
    log,
    now,
    snapshot: () => snapshot,
    checkJournal: () => journal.check(),
    // A stop that is learned before anything is reported is in the first report.
    onChange: () => health?.refresh() ?? Promise.resolve(),
    facts: () => ({
      version: about.version,
      policyCommit: policy.status().accepted,
      behind: gate.behind(),
      revocations: {
        count: revocations.known().size,
        through: revocations.heldThrough(),
      },
    }),
  });
  const context: SignerContext = {
    config,
    log,
    database,
    policy,
    journal,
    revocations,
    stops,
    clock,
    artifacts: openArtifactStore(config.store.artifacts),
    releases: openReleaseStore(config.store.released),
    trustRoots: openSigstoreRoots({
      installed: await installedRoots(config.trustRoots),
      directory: config.sigstoreRoots,
      log,
      now,
    }),
    keys,
    keyHolder,
    timestamps: stamping.source,
    timestampRoots,
    codeHosts: openCodeHosts(config.codeHosts, now),
    scanner: measureScanner(openScanner(config.scanner, now), measures),
    inspector: createInspector({ workDir: config.workDirectory, keepsSpare: true, ...config.inspector }),
    measures,
    now,
  };
  // Operators should know where a fence is missing; `required` in the configuration makes it mandatory.
  log.info({ sandbox: await context.inspector.sandbox() }, 'the inspector’s fences on this machine');
  log.info({ unpacking: await context.inspector.unpacking() }, 'what opens installers on this machine');
  const follow = async (): Promise<void> => {
    await journal.check();
    await context.keys.refresh();
    snapshot = await policy.refresh();
    await context.revocations.learn(snapshot);
    // Not waited for: a mirror that doesn't answer holds nothing else up.
    void context.trustRoots.follow(snapshot);
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
  const { turns: rule, sweepSeconds } = config;
  const deciding = decidingPolicies();
  const turns = openTurns({
    database,
    leaseSeconds,
    now,
    signer: config.signerId,
    rule: { ...rule, perProjectMax: rule.perProjectMax ?? placesMax },
    projects: () => snapshot?.projects ?? null,
    policy: () => deciding(snapshot),
  });
  const guard = openSessionGuard({ url: config.databaseUrl, limits: config.portalSessions, log, now });
  const worker = startWorker({
    turns,
    mayTake: () => gate.mayTake(),
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
  const samples = openSamples({
    database,
    inspector: context.inspector,
    artifacts: context.artifacts,
    stopped: async () => (await stops.active()).map(({ entry }) => factsOf(entry).project),
    snapshot: () => snapshot,
    limits: config.samples,
    workDirectory: config.workDirectory,
    log,
    now,
  });
  const released = keepCheckingReleased({
    database,
    files: openReleasedFiles(config.store.released),
    readsBytes: folderOf(config.store.released) !== null,
    log,
    now,
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
    watchReports(database),
    watchDatabase(database, guard, now),
    tellLimits({
      artifactBytes: config.store.artifactSizeBytesMax,
      sampleBytes: config.samples.sizeBytesMax,
      unpack: defaultInspectorLimits,
      scannedFileBytes: config.scanner.streamSizeBytesMax,
    }),
    ...watchPorts(context, { checkAge: policyChecks.age, behind: () => gate.behind() }),
    stamping.probe,
    watchCertificates(context, () => snapshot),
    watchRooms(rooms),
    { component: 'released-files', probe: () => Promise.resolve(released.report()) },
  ];
  const resolving = keepResolvingClaims({
    database,
    signer: config.signerId,
    keyHolderJournal: hsm.journal,
    atWork: () => worker.status().atWork.map(({ requestId }) => requestId),
    checkJournal: async () => {
      await journal.check();
      const another = heartbeat.conflict();
      if (another !== null) throw new Error(another);
    },
    log,
    seconds: Math.max(sweepSeconds, 5),
  });
  const cleaning = keepRemovingEntries(database, log, now);
  const written = keepWriting({
    measures,
    database,
    signer: config.signerId,
    folders: { ...folders, artifacts: folderOf(config.store.artifacts) },
    log,
  });
  health = reportHealth({ database, signer: config.signerId }, probes, log);
  const reporting = health;
  return {
    context,
    async close() {
      clearInterval(poll);
      await queue.stop();
      await samples.stop();
      await worker.stop();
      await resolving.stop();
      await cleaning.stop();
      await released.stop();
      await written.stop();
      await context.inspector.close();
      await guard.stop();
      await heartbeat.stop();
      await context.trustRoots.stop();
      await reporting.stop();
      await keyHolder.close();
      await database.close();
    },
  };
}
