/** What signers measure of themselves, in the Prometheus text format: each value with the name of its signer. */
import { z } from 'zod';
import type { Portal } from '../portal/index.ts';
import { heartbeatSecondsMax } from './signer-states.ts';

const name = z.string().regex(/^countersign_signer_[a-z][a-z0-9_]{0,80}$/);
const label = z.string().regex(/^[a-z][a-z_]{0,30}$/);
const metricsSchema = z
  .array(
    z.object({
      name,
      help: z.string().max(300),
      type: z.enum(['counter', 'gauge', 'histogram']),
      values: z
        .array(
          z.object({
            metricName: name.optional(),
            // JSON has no NaN: a mean of nothing.
            value: z.number().nullable(),
            labels: z.record(label, z.union([z.string().max(200), z.number()])),
          }),
        )
        .max(5_000),
    }),
  )
  .max(100);

type Metric = z.infer<typeof metricsSchema>[number];

const signersMax = 50;
/** A signer writes some tens of KB. */
const metricsBytesMax = 1024 * 1024;

/**
 * Of every signer that wrote within a minute. What one of them wrote that isn't shaped like metrics, or is too much, is left out and
 * counted: it takes nothing from the others.
 */
export async function exposeSigners(
  portal: Portal,
): Promise<{ readonly text: string; readonly unreadable: number }> {
  const since = new Date(portal.now().getTime() - heartbeatSecondsMax * 1000);
  const rows = await portal.db.$queryRaw<{ readonly signerId: string; readonly metrics: unknown }[]>`
    SELECT signer_id AS "signerId",
      CASE WHEN octet_length(metrics::text) <= ${metricsBytesMax} THEN metrics END AS metrics
    FROM signer.metrics WHERE written_at >= ${since} ORDER BY signer_id LIMIT ${signersMax}`;
  let unreadable = 0;
  // A metric's lines have to stand together, whichever signers they are of.
  const byName = new Map<string, { readonly metric: Metric; readonly lines: string[] }>();
  for (const { signerId, metrics } of rows) {
    const read = metricsSchema.safeParse(metrics);
    if (!read.success) unreadable += 1;
    for (const metric of read.data ?? []) {
      const one = byName.get(metric.name) ?? { metric, lines: [] };
      byName.set(metric.name, one);
      one.lines.push(
        ...metric.values
          .filter(({ value }) => value !== null)
          .map((value) => lineOf(metric, value, signerId)),
      );
    }
  }
  const text = [...byName.values()]
    .flatMap(({ metric, lines }) => [
      `# HELP ${metric.name} ${escaped(metric.help)}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...lines,
    ])
    .join('\n');
  return { text, unreadable };
}

function lineOf(metric: Metric, value: Metric['values'][number], signer: string): string {
  const said: Readonly<Record<string, string | number>> = { ...value.labels, signer };
  const labels = Object.entries(said).map(
    ([name, one]) => `${name}="${escaped(String(one)).replaceAll('"', String.raw`\"`)}"`,
  );
  return `${value.metricName ?? metric.name}{${labels.join(',')}} ${value.value ?? NaN}`;
}

/** Prometheus text format: backslashes and line ends in help and labels. */
const escaped = (text: string): string =>
  text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
