/** Health of certificates that the policy asks for: the operator issues them and has to know. */
import type { PolicySnapshot } from '#core/policy/index.ts';
import { dueCertificates } from '../../rulings/due-certificates/index.ts';
import type { HealthProbe, HealthReport } from '../health/index.ts';
import type { SignerContext } from '../intake/index.ts';

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
