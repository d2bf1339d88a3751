/** What the alerts say while a part is down: Prometheus evaluates the rules over what portals would tell then, minute by minute. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { testFolder } from '../../dev/test/index.ts';
import { lacksTools } from '../../dev/test/lacks.ts';

const alertsFile = join(import.meta.dirname, 'alerts.yaml');
const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ alert: z.string(), annotations: z.record(z.string(), z.string()) })),
      }),
    ),
  })
  .parse(parse(readFileSync(alertsFile, 'utf8')))
  .groups.flatMap((group) => group.rules);

/** Prometheus' tests begin in 1970: a time that goes with the clock, so many seconds away from it. */
const clock = (seconds = 0): string => `${seconds}+30x400`;
const steady = (value: number): string => `${value}+0x400`;
/** A counter, by how much it grows in half a minute. */
const grows = (by: number): string => `0+${by}x400`;

const parts = [
  ...['signer', 'sweep', 'policy', 'queue', 'requests'],
  ...['trust-roots', 'signer-database', 'clock', 'room'],
];
const up = (component: string): string => `countersign_component_up{component="${component}",signer="north"}`;
const steps = (outcome: string): string =>
  `countersign_signer_step_duration_seconds_count{step="scan",outcome="${outcome}",signer="north"}`;
const keyholder = (outcome: string): string =>
  `countersign_signer_port_duration_seconds_count{port="keyholder",outcome="${outcome}",signer="north"}`;
const stamps = (outcome: string): string =>
  `countersign_signer_timestamp_duration_seconds_count{authority="tsa.example",outcome="${outcome}",signer="north"}`;
const portal = 'countersign_portal_http_request_duration_seconds';
const pages = (status: string): string =>
  `${portal}_count{instance="one",method="GET",route="/projects",status="${status}"}`;
const pagesWithin = (seconds: string): string =>
  `${portal}_bucket{instance="one",method="GET",route="/projects",status="2xx",le="${seconds}"}`;
const room = (what: string): string =>
  `countersign_signer_folder_${what}_bytes{folder="released",signer="north"}`;
const problem = (name: string): string => `countersign_policy_problem{problem="${name}"}`;

/** Everything works, and something is done all the time. */
const well: Readonly<Record<string, string>> = {
  'countersign_policy_sync{state="Synced"}': steady(1),
  'countersign_policy_health{state="Degraded"}': steady(0),
  ...Object.fromEntries(
    ['rewritten', 'unsigned', 'invalid', 'unreachable', 'stale', 'silent'].map((name) => [
      problem(name),
      steady(0),
    ]),
  ),
  countersign_policy_checked_timestamp_seconds: clock(),
  countersign_policy_alarm_timestamp_seconds: clock(30 * 86_400),
  ...Object.fromEntries(parts.map((part) => [up(part), steady(1)])),
  'countersign_signer_behind{signer="north"}': steady(0),
  'countersign_signer_revocations_unconfirmed{signer="north"}': steady(0),
  countersign_emergency_stops: steady(0),
  countersign_emergency_stops_unconfirmed: steady(0),
  'countersign_signer_seen_timestamp_seconds{signer="north"}': clock(),
  countersign_metrics_unreadable: steady(0),
  [steps('pass')]: grows(30),
  [steps('retry')]: grows(0),
  [keyholder('ok')]: grows(30),
  [keyholder('RATE_LIMITED')]: grows(0),
  [stamps('ok')]: grows(30),
  [stamps('failed')]: grows(0),
  'countersign_certificates_first_end_timestamp_seconds{signer="north"}': clock(60 * 86_400),
  'countersign_timestamps_certificate_ends_timestamp_seconds{signer="north"}': clock(60 * 86_400),
  'countersign_released_files_missing{signer="north"}': steady(0),
  'countersign_released_files_changed{signer="north"}': steady(0),
  [room('free')]: steady(500),
  [room('size')]: steady(1000),
  [pages('2xx')]: grows(300),
  [pages('5xx')]: grows(0),
  [pagesWithin('0.1')]: grows(300),
  [pagesWithin('2.5')]: grows(300),
  [pagesWithin('+Inf')]: grows(300),
};

type Labels = Readonly<Record<string, string>>;
interface Fault {
  /** What else is told then; null: it is told no more. */
  readonly told: Readonly<Record<string, string | null>>;
  /** Alerts that fire → their labels, besides `alertname`, of each time series. */
  readonly fires: Readonly<Record<string, Labels | readonly Labels[]>>;
  /** When it is looked at. */
  readonly minutes?: number;
}

const north = { signer: 'north' };
const down = (component: string) => ({ PartDown: { component, signer: 'north' } });
const faults: Readonly<Record<string, Fault>> = {
  'the policy’s history was rewritten': {
    told: { [problem('rewritten')]: steady(1), 'countersign_policy_health{state="Degraded"}': steady(1) },
    fires: { PolicyHistoryRewritten: { problem: 'rewritten' }, PolicyNotFollowed: { state: 'Degraded' } },
  },
  'the Git host is gone': {
    told: { [problem('unreachable')]: steady(1), 'countersign_policy_health{state="Degraded"}': steady(1) },
    fires: { PolicyNotFollowed: { state: 'Degraded' } },
  },
  'the policy is too old': {
    told: { [problem('stale')]: steady(1), countersign_policy_alarm_timestamp_seconds: clock(-60) },
    fires: { PolicyTooOld: [{}, { problem: 'stale' }], PolicyToBeConfirmed: {} },
  },
  'the policy is about to be too old': {
    told: { countersign_policy_alarm_timestamp_seconds: clock(6 * 86_400) },
    fires: { PolicyToBeConfirmed: {} },
  },
  'a commit has had too few signatures for more than a day': {
    told: { [problem('unsigned')]: '1+0x3200' },
    fires: { PolicyWaitsForSignatures: { problem: 'unsigned' } },
    minutes: 25 * 60,
  },
  'a trust root could not be confirmed': {
    told: { [up('trust-roots')]: steady(0.5) },
    fires: { TrustRootNotConfirmed: { component: 'trust-roots', ...north } },
  },
  'a signer is behind another’s policy': {
    told: { 'countersign_signer_behind{signer="north"}': steady(1) },
    fires: { SignerBehind: north },
  },
  'a signer has not confirmed a revocation': {
    told: { 'countersign_signer_revocations_unconfirmed{signer="north"}': steady(1) },
    fires: { SignerBehind: north },
  },
  'all signers are gone': {
    told: {
      countersign_policy_checked_timestamp_seconds: steady(0),
      'countersign_signer_seen_timestamp_seconds{signer="north"}': steady(0),
      [up('signer')]: steady(0),
      [up('sweep')]: steady(0),
    },
    fires: {
      SignerSilent: {},
      OneSignerSilent: north,
      SignerDoesNotSweep: { component: 'sweep', ...north },
      PartDown: [
        { component: 'signer', ...north },
        { component: 'sweep', ...north },
      ],
    },
  },
  'one of two signers is gone': {
    told: {
      'countersign_signer_seen_timestamp_seconds{signer="south"}': steady(0),
      'countersign_component_up{component="signer",signer="south"}': steady(0),
    },
    fires: { OneSignerSilent: { signer: 'south' }, PartDown: { component: 'signer', signer: 'south' } },
  },
  'a signer’s clock is wrong': { told: { [up('clock')]: steady(0) }, fires: down('clock') },
  'somebody holds a table': {
    told: { [up('signer-database')]: steady(0.5) },
    fires: { SomebodyHoldsTheDatabase: { component: 'signer-database', ...north } },
  },
  'the queue’s tables can’t be used': {
    told: { [up('queue')]: steady(0) },
    fires: { QueueUnusable: { component: 'queue', ...north }, ...down('queue') },
  },
  'something was stopped, and a signer hasn’t confirmed it': {
    told: { countersign_emergency_stops: steady(1), countersign_emergency_stops_unconfirmed: steady(1) },
    fires: { SomethingIsStopped: {}, StopNotConfirmed: {} },
  },
  'requests that could be worked on wait for an hour': {
    told: { [up('requests')]: steady(0.5) },
    fires: { RequestsWaitForAPlace: { component: 'requests', ...north } },
  },
  'no portal answers': {
    told: Object.fromEntries(Object.keys(well).map((series) => [series, null])),
    fires: { CountersignMetricsMissing: {} },
  },
  'a portal can’t read its database': {
    told: { countersign_metrics_unreadable: steady(4), 'countersign_policy_sync{state="Synced"}': null },
    // Two reasons, two series.
    fires: { CountersignMetricsMissing: {} },
  },
  'a timestamp authority is down': {
    told: { [stamps('ok')]: grows(0), [stamps('failed')]: grows(3), [steps('retry')]: grows(6) },
    fires: { TimestampsFail: north, StepsAreTriedAgain: { step: 'scan' } },
  },
  'the key holder refuses': {
    told: { [keyholder('RATE_LIMITED')]: grows(1) },
    fires: { SignaturesFail: { outcome: 'RATE_LIMITED', ...north } },
  },
  'the scanner is down': {
    told: { [steps('retry')]: grows(6), [up('scanner')]: steady(0) },
    fires: { StepsAreTriedAgain: { step: 'scan' }, ...down('scanner') },
  },
  'room runs out': {
    told: { [room('free')]: steady(99) },
    fires: { RoomRunsOut: { folder: 'released', ...north } },
  },
  'a file system of a signer is full': {
    told: { [room('free')]: steady(0), [up('room')]: steady(0) },
    fires: {
      RoomRunsOut: { folder: 'released', ...north },
      NoRoom: { component: 'room', ...north },
      ...down('room'),
    },
  },
  'a certificate is about to end': {
    told: { 'countersign_certificates_first_end_timestamp_seconds{signer="north"}': clock(13 * 86_400) },
    fires: { CertificateEnds: north },
  },
  'a timestamp authority’s certificate is about to end': {
    told: { 'countersign_timestamps_certificate_ends_timestamp_seconds{signer="north"}': clock(13 * 86_400) },
    fires: { CertificateEnds: north },
  },
  'a released file is lost': {
    told: { 'countersign_released_files_missing{signer="north"}': steady(1) },
    fires: { ReleasedFileLost: north },
  },
  'a portal answers with errors': {
    told: { [pages('5xx')]: grows(10) },
    fires: { PortalAnswersWithErrors: { instance: 'one' } },
  },
  'a portal is slow': {
    told: { [pagesWithin('0.1')]: grows(100), [pagesWithin('2.5')]: grows(200) },
    fires: { PortalSlow: { instance: 'one' } },
  },
};

/** Names and numbers stand in annotations as templates. */
const filled = (text: string, labels: Labels): string =>
  text.replaceAll(/\{\{ \$labels\.([a-z]+) \}\}/g, (_, name: string) => labels[name] ?? '');

const testOf = (name: string, { told, fires, minutes = 60 }: Fault) => ({
  name,
  interval: '30s',
  input_series: Object.entries({ ...well, ...told }).flatMap(([series, values]) =>
    values === null ? [] : [{ series, values: minutes > 200 ? longer(values) : values }],
  ),
  alert_rule_test: rules.map(({ alert, annotations }) => {
    return {
      eval_time: `${minutes}m`,
      alertname: alert,
      exp_alerts: [fires[alert] ?? []].flat().map((labels: Labels) => ({
        exp_labels: labels,
        exp_annotations: Object.fromEntries(
          Object.entries(annotations).map(([key, text]) => [key, filled(text, labels)]),
        ),
      })),
    };
  }),
});
/** So that what is told goes on for as long as it is looked at. */
const longer = (values: string): string => values.replace(/x\d+$/, 'x3200');

describe.skipIf(lacksTools('promtool'))('alerts', () => {
  /** → what Prometheus’ own test of rules says is wrong. */
  async function judge(tests: readonly unknown[], changed = (text: string): string => text): Promise<string> {
    const { folder, release } = await testFolder('faults');
    writeFileSync(join(folder, 'alerts.yaml'), changed(readFileSync(alertsFile, 'utf8')));
    const file = join(folder, 'tests.yaml');
    writeFileSync(file, JSON.stringify({ rule_files: ['alerts.yaml'], evaluation_interval: '30s', tests }));
    try {
      execFileSync('promtool', ['test', 'rules', file], { encoding: 'utf8', stdio: 'pipe' });
      return '';
    } catch (error) {
      const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string };
      return `${stdout}${stderr}`;
    } finally {
      await release();
    }
  }

  const all = { ...faults, 'everything works': { told: {}, fires: {} } };
  let said: string;
  beforeAll(async () => {
    said = await judge(Object.entries(all).map(([name, fault]) => testOf(name, fault)));
  });

  it.each(Object.keys(all))('say that %s, and nothing else', (name) => {
    // Of each test that fails Prometheus says its name, what was expected and what it got.
    const [, ...failed] = said.split('FAILED:');
    expect(failed.filter((text) => text.includes(`name: ${name},`))).toEqual([]);
    if (failed.length === 0) expect(said).toBe('');
  });

  it('are each tried by a fault, and one that never fires is noticed', async () => {
    const tried = new Set(Object.values(faults).flatMap(({ fires }) => Object.keys(fires)));
    expect(rules.map(({ alert }) => alert).filter((alert) => !tried.has(alert))).toEqual([]);
    const [name, fault] = ['the policy is about to be too old', faults['the policy is about to be too old']];
    if (fault === undefined) throw new RangeError(name);
    const never = (text: string): string => text.replace('< 7 * 86400', '< 7 - 86400');
    expect(await judge([testOf(name, fault)], never)).toContain('PolicyToBeConfirmed');
  });
});
