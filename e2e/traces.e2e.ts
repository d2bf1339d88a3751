/** Traces of a portal as it is built, at a collector that reads messages as OpenTelemetry's own message types do. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@playwright/test';
import { approve } from '../cli/approve.ts';
import { waitFor } from '../cli/client/index.ts';
import { submitArtifact } from '../cli/submit.ts';
import { startCollector, type ReceivedSpan } from '../dev/otlp/index.ts';
import { startAnotherPortal } from './another-portal.ts';
import { buildPackage, demoToken, keyOf, project } from './two-portals.ts';

const steps = [
  ...['received', 'policy', 'origin', 'inspection', 'scan'],
  ...['approval', 'recheck', 'signing', 'verification', 'release'],
];

test('a release is one trace, from the call that made it to the keyholder and the timestamp authority', async () => {
  await using collector = await startCollector();
  await using portal = await startAnotherPortal({ traces: { url: collector.url, sampleRatio: 0 } });
  using built = await buildPackage('traced');
  const at = { url: portal.url, token: demoToken() };
  const { id } = await submitArtifact({
    portal: at,
    idempotencyKey: null,
    parameters: {},
    project,
    policy: 'release-signing',
    artifact: built.file,
    bundle: built.bundleFile,
  });
  await waitFor(at, id, { timeoutSeconds: 400, until: 'gate' });
  const keyFile = keyOf('demo-approver');
  await approve({ portal: at, id, decision: 'approve', keyFile, artifact: null, say: () => undefined });
  await waitFor(at, id, { timeoutSeconds: 400 });
  const traceId = id.replaceAll('-', '');
  const ofRequest = (): readonly ReceivedSpan[] => collector.spans.filter((span) => span.traceId === traceId);
  await expect
    .poll(() => ofRequest().map(({ name }) => name), { timeout: 60_000 })
    .toContain('signing request');
  const spans = ofRequest();
  const named = (name: string): readonly ReceivedSpan[] => spans.filter((span) => span.name === name);
  const [root] = named('signing request');
  expect(root).toMatchObject({ service: 'countersign-signer', parentSpanId: null, failed: false });
  expect(root?.attributes).toMatchObject({
    'countersign.request_id': id,
    'countersign.project': project,
    'countersign.outcome': 'released',
  });
  expect(named('wait for queue').length + named('wait for approval').length).toBe(named('pass').length);
  for (const step of steps) expect(named(step).length, step).toBeGreaterThan(0);
  const ids = new Map(spans.map((span) => [span.spanId, span]));
  for (const span of spans.filter(({ parentSpanId }) => parentSpanId !== null)) {
    const parent = ids.get(span.parentSpanId ?? '');
    expect(parent, `${span.name} has its parent in the trace`).toBeDefined();
    expect(span.start >= (parent?.start ?? 0n) && span.end <= (parent?.end ?? 0n), span.name).toBe(true);
  }
  const parentOf = (name: string): string | undefined => ids.get(named(name)[0]?.parentSpanId ?? '')?.name;
  expect(parentOf('keyholder')).toBe('signing');
  expect(parentOf('timestamp')).toBe('signing');
  // The artifact is scanned as a whole beside its inspection.
  expect(['inspection', 'scan']).toContain(parentOf('scanner'));
  // The call that made it is traced whatever the ratio, links to it, and shares its ids with log and answer.
  const calls = collector.spans.filter(({ service }) => service === 'countersign-portal');
  expect(calls.map(({ name }) => name)).toEqual(['POST /api/v1/requests']);
  const [call] = calls;
  expect(call?.links).toEqual([{ traceId, spanId: root?.spanId }]);
  expect(call?.attributes['countersign.database.statements']).toBeGreaterThan(3);
  const line = portal
    .log()
    .split('\n')
    .find((one) => one.includes('signing request created'));
  expect(JSON.parse(line ?? '{}')).toMatchObject({
    requestId: id,
    traceId: call?.traceId,
    httpRequestId: call?.attributes['countersign.http_request_id'],
  });
  expect(collector.wrong).toEqual([]);
  const metrics = await (await fetch(`${portal.url}/metrics`)).text();
  const sent = /countersign_portal_trace_spans_total\{outcome="sent"\} (\d+)/.exec(metrics)?.[1];
  expect(Number(sent)).toBe(collector.spans.length);
});

test('a collector that takes connections and answers nothing holds no page and no end of the portal up', async () => {
  const silent = createServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const traces = { url: `http://127.0.0.1:${port}/v1/traces`, sampleRatio: 1 };
  const shutdown = { delaySeconds: 0, answersSeconds: 1, transfersSeconds: 1 };
  await using portal = await startAnotherPortal({ traces, shutdown });
  for (let count = 0; count < 50; count += 1) {
    const answer = await fetch(`${portal.url}/requests`);
    expect(answer.status).toBe(200);
    await answer.text();
  }
  expect(await portal.restart()).toBe(0);
  silent.close();
});
