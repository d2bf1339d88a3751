/** Health of what the signer works with: emergency stops, clock, journal, key holder, revocations, scanner, policy. */
import { formatBytes } from '#core/text/size/index.ts';
import { describeActive, readPresences } from '../../rulings/emergency-stop/index.ts';
import { certifiedKeys, judgeAnswers, judgeList, withSameKeys } from '../../rulings/revocations/index.ts';
import type { JournalAnchor } from '../../ground/journal/index.ts';
import type { HealthProbe, HealthReport } from '../health/index.ts';
import type { SignerContext } from '../intake/index.ts';
import type { ScannerState } from '../scan/index.ts';

/** A worker that may not take requests isn't working, however well it runs. */
export function whileJournalHolds(journal: JournalAnchor, { component, probe }: HealthProbe): HealthProbe {
  return {
    component,
    async probe() {
      await journal.check();
      return probe();
    },
  };
}

interface PolicyState {
  /** Of the policy in force. */
  readonly checkAge: () => HealthReport;
  /** Why this signer takes no requests: others accepted a newer policy; null: it does. */
  readonly behind: () => string | null;
}

export function watchPorts(
  context: SignerContext,
  { checkAge, behind }: PolicyState,
): readonly HealthProbe[] {
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
      component: 'clock',
      probe: async () => {
        await context.clock.compare();
        const problem = context.clock.problem();
        return problem === null
          ? { state: 'ok', detail: 'agrees with the database’s' }
          : { state: 'down', detail: `${problem}: it takes no requests` };
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
        const isUsable = health.tokens.some(({ ok }) => ok);
        return { state: health.ok ? 'ok' : isUsable ? 'degraded' : 'down', detail: health.detail };
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
      component: 'trust-roots',
      probe: () => context.trustRoots.health(),
    },
    {
      component: 'release-store',
      probe: async () => {
        await context.releases.checkWritable();
        return { state: 'ok', detail: 'writable' };
      },
    },
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
        const late = behind();
        if (late !== null)
          return { state: 'down', detail: `behind, and takes no requests: ${late}; ${detail}`, ...measured };
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
  const proof = `found all ${canaries} canaries at ${provenAt.toISOString()}, files up to ${formatBytes(streamSizeBytesMax)}`;
  if (builtAt === null) {
    const detail = `ClamAV ${engine} with local signatures only (EICAR); ${proof}`;
    return { state: 'degraded', detail };
  }
  const detail = `ClamAV ${engine}, database ${version ?? '?'} of ${builtAt.toISOString()}; ${proof}`;
  return { state: 'ok', detail };
}

function watchRevocationList({ config, revocations, keys, now }: SignerContext): readonly HealthProbe[] {
  // As the authority publishes them.
  const published = () => withSameKeys(revocations.known(), certifiedKeys(keys.current()));
  const { revocationList, statusAnswers } = config;
  const probes: HealthProbe[] = [];
  if (revocationList !== undefined) {
    const probe = () => judgeList(revocationList, published(), now());
    probes.push({ component: 'revocation-list', probe });
  }
  if (statusAnswers !== undefined) {
    const probe = () => judgeAnswers(statusAnswers, published(), now());
    probes.push({ component: 'status-answers', probe });
  }
  return probes;
}
