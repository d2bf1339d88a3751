/** Health of certificates that the policy asks for: the operator issues them and has to know. */
import type { PolicySnapshot } from '#core/policy/index.ts';
import { dueCertificates } from '../../rulings/due-certificates/index.ts';
import { blockingRevocation } from '../../rulings/revocations/index.ts';
import type { HealthProbe, HealthReport } from '../health/index.ts';
import type { SignerContext } from '../intake/index.ts';
import { endsSoonDays } from './timestamps.ts';

/** For each certificate that policies of active projects name, and each own key that they sign with: when the one ends that lasts longest. */
function endsOf(
  snapshot: PolicySnapshot,
  { keys, revocations, now }: Pick<SignerContext, 'keys' | 'revocations' | 'now'>,
): readonly { readonly name: string; readonly endsAt: Date }[] {
  const all = keys.current();
  const of = Map.groupBy(all, ({ entry }) => `${entry.project}/${entry.name}`);
  const ends = new Map<string, Date>();
  for (const [slug, { project, policies }] of snapshot.projects) {
    if (project.value.status !== 'active') continue;
    for (const [, { value }] of policies)
      for (const own of [value.certificate, value.openpgpKey, value.rawKey]) {
        if (own === undefined) continue;
        const name = `${slug}/${own}`;
        const good = (of.get(name) ?? []).filter(
          (key) =>
            key.certificate.validToDate > now() && blockingRevocation(key, all, revocations.known()) === null,
        );
        const last = Math.max(...good.map(({ certificate }) => certificate.validToDate.getTime()));
        if (Number.isFinite(last)) ends.set(name, new Date(last));
      }
  }
  return [...ends]
    .map(([name, endsAt]) => ({ name, endsAt }))
    .sort((a, b) => a.endsAt.getTime() - b.endsAt.getTime());
}

export function watchCertificates(
  context: SignerContext,
  snapshotNow: () => PolicySnapshot | null,
): HealthProbe {
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
    const ends = endsOf(snapshot, context);
    const first = ends[0]?.endsAt ?? null;
    const measures = first === null ? {} : { first_end_timestamp_seconds: first.getTime() / 1000 };
    const soon = context.now().getTime() + endsSoonDays * 86_400_000;
    // What is issued by a command on this host is named by that; the rest comes from elsewhere, and takes longer.
    const ending = ends.filter(({ name, endsAt }) => endsAt.getTime() < soon && !missing.includes(name));
    if (ending.length > 0) {
      const named = ending.slice(0, 5).map(({ name, endsAt }) => `${name} at ${endsAt.toISOString()}`);
      const detail = `${ending.length} end and have no successor: ${named.join(', ')}; after that their requests are refused. Import or issue one: docs/guides/ceremony.md`;
      if (missing.length === 0) return { state: 'degraded', detail, measures };
    }
    if (missing.length === 0) {
      const detail = refused.length === 0 ? 'all exist' : `withheld: ${refused.slice(0, 3).join('; ')}`;
      return { state: 'ok', detail, measures };
    }
    const named = missing.slice(0, 5).join(', ');
    const command = 'npm run issue -- --ceremony ceremony.yaml --signer signer.yaml';
    const detail = `${missing.length} to be issued on this host with ${command}: ${named}`;
    return { state: 'degraded', detail, measures };
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
