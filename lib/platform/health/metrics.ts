/**
 * Numbers for a monitoring system, in the Prometheus text format. Labels contain no names or texts of users, only the names
 * that operators give their signers.
 */
import { Gauge, Registry } from 'prom-client';
import { finalStatuses, openStatuses } from '#core/wire/request/index.ts';
import { exposeProcess } from '../http-metrics/index.ts';
import { readPolicySync } from '../policy-sync/index.ts';
import type { Portal } from '../portal/index.ts';
import { readSigners } from '../signers/index.ts';
import { exposeSigners } from './signer-metrics.ts';
import { readMeasures } from './measures.ts';
import { checkReadiness } from './readiness.ts';

const problems = ['rewritten', 'unsigned', 'invalid', 'unreachable', 'stale', 'silent'] as const;

/** One registry for each answer: values that could not be read are absent, never left over from the last time. */
export async function exposeMetrics(
  portal: Portal,
): Promise<{ readonly text: string; readonly contentType: string }> {
  const registry = new Registry();
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `countersign_${name}`, help, labelNames: [...labelNames], registers: [registry] });
  const read = await Promise.allSettled([
    describeSync(portal, gauge),
    describeComponents(portal, gauge),
    describeRequests(portal, gauge),
    describeMeasures(portal, gauge),
    describeSigners(portal, gauge),
  ]);
  const signers = await exposeSigners(portal).catch(() => ({ text: '', unreadable: 1 }));
  const failures = read.map((result) => (result.status === 'rejected' ? 1 : (result.value ?? 0)));
  const failed = failures.reduce((sum, one) => sum + one, signers.unreadable);
  gauge('metrics_unreadable', 'How many groups of these metrics could not be read just now').set(failed);
  const texts = [await registry.metrics(), await exposeProcess(), signers.text];
  return { text: `${texts.map((text) => text.trim()).join('\n')}\n`, contentType: registry.contentType };
}

type MakeGauge = <Label extends string>(
  name: string,
  help: string,
  labelNames?: readonly Label[],
) => Gauge<Label>;

async function describeSync(portal: Portal, gauge: MakeGauge): Promise<void> {
  const { sync, health, problem, checkedAt, accepted, datedAt, alarmAt } = await readPolicySync(portal);
  const states = gauge('policy_sync', 'Whether the signer’s policy is the repository’s newest commit', [
    'state',
  ]);
  for (const state of ['Synced', 'OutOfSync', 'Unknown'] as const)
    states.set({ state }, Number(state === sync));
  const healths = gauge('policy_health', 'Whether somebody has to do something about the policy', ['state']);
  for (const state of ['Healthy', 'Degraded'] as const) healths.set({ state }, Number(state === health));
  const trouble = gauge('policy_problem', 'Why the newest commit is not in force', ['problem']);
  for (const one of problems) trouble.set({ problem: one }, Number(one === problem));
  if (datedAt !== null) {
    const help = 'The date of the commit in force';
    gauge('policy_dated_timestamp_seconds', help).set(datedAt.getTime() / 1000);
  }
  if (alarmAt !== null) {
    const help = 'When the policy in force is too old, unless a newer one comes';
    gauge('policy_alarm_timestamp_seconds', help).set(alarmAt.getTime() / 1000);
  }
  if (checkedAt !== null) {
    const help = 'When the signer last checked the policy repository';
    gauge('policy_checked_timestamp_seconds', help).set(checkedAt.getTime() / 1000);
  }
  const row =
    accepted === null ? null : await portal.db.acceptedSnapshot.findUnique({ where: { commit: accepted } });
  if (row !== null) {
    const help = 'When the signer accepted the policy in force';
    gauge('policy_accepted_timestamp_seconds', help).set(row.acceptedAt.getTime() / 1000);
  }
}

async function describeComponents(portal: Portal, gauge: MakeGauge): Promise<void> {
  const { components } = await checkReadiness(portal);
  const up = gauge('component_up', 'Whether a part works (1), works with limits (0.5) or is down (0)', [
    'component',
    'signer',
  ]);
  const values = { ok: 1, degraded: 0.5, down: 0 } as const;
  // The portal's own parts have no signer: Prometheus takes an empty label for none.
  for (const { component, signer = '', state } of components) up.set({ component, signer }, values[state]);
}

/** What is open, and what came to its end within an hour: by index, so that it doesn't cost more from year to year. */
async function describeRequests(portal: Portal, gauge: MakeGauge): Promise<void> {
  const hourAgo = new Date(portal.now().getTime() - 3_600_000);
  const [open, ended] = await Promise.all([
    portal.db.requestState.groupBy({
      by: ['status'],
      where: { status: { in: [...openStatuses] } },
      _count: true,
    }),
    portal.db.requestState.groupBy({
      by: ['status'],
      _count: true,
      where: { status: { in: [...finalStatuses] }, updatedAt: { gte: hourAgo } },
    }),
  ]);
  const describe = (
    [metric, help]: readonly [string, string],
    statuses: readonly string[],
    counted: typeof open,
  ) => {
    const requests = gauge(metric, help, ['status']);
    for (const status of statuses) {
      requests.set({ status }, counted.find((row) => row.status === status)?._count ?? 0);
    }
  };
  describe(
    ['signing_requests_open', 'Signing requests that are open, by where they stand'],
    openStatuses,
    open,
  );
  describe(
    ['signing_requests_ended_last_hour', 'Signing requests that came to an end within the last hour'],
    finalStatuses,
    ended,
  );
}

/** → how many parts reported what can't be read. */
async function describeMeasures(portal: Portal, gauge: MakeGauge): Promise<number> {
  const known = new Map<string, Gauge<'step' | 'signer'>>();
  const { measures, unreadable } = await readMeasures(portal);
  for (const { metric, step, signer, value } of measures) {
    const labels = step === null ? (['signer'] as const) : (['step', 'signer'] as const);
    const one = known.get(metric) ?? gauge(metric, 'What the signer measures: see the metrics guide', labels);
    known.set(metric, one);
    one.set(step === null ? { signer } : { step, signer }, value);
  }
  return unreadable;
}

async function describeSigners(portal: Portal, gauge: MakeGauge): Promise<void> {
  const { signers, stops } = await readSigners(portal);
  gauge('emergency_stops', 'Emergency stops in force at any signer').set(stops.length);
  gauge('emergency_stops_unconfirmed', 'Emergency stops that a signer which works hasn’t confirmed yet').set(
    stops.filter((stop) => stop.awaited.length > 0).length,
  );
  const seen = gauge('signer_seen_timestamp_seconds', 'When a signer reported last', ['signer']);
  const behind = gauge(
    'signer_behind',
    'Whether a signer takes no requests, since another one accepted a newer policy',
    ['signer'],
  );
  const lacking = gauge(
    'signer_revocations_unconfirmed',
    'Whether a signer hasn’t confirmed every revocation',
    ['signer'],
  );
  const about = gauge('signer_info', 'Always 1: which version of the program each signer runs', [
    'signer',
    'version',
  ]);
  for (const { name, seenAt, works, ...signer } of signers) {
    seen.set({ signer: name }, seenAt.getTime() / 1000);
    if (!works) continue;
    behind.set({ signer: name }, Number(signer.behind !== null));
    lacking.set({ signer: name }, Number(signer.lacksRevocations));
    if (signer.version !== null) about.set({ signer: name, version: signer.version }, 1);
  }
}
