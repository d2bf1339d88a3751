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

/** Of every signer that wrote within a minute; what one of them wrote that isn't shaped like metrics is left out. */
export async function exposeSigners(portal: Portal): Promise<string> {
  const since = new Date(portal.now().getTime() - heartbeatSecondsMax * 1000);
  const rows = await portal.db.signerMetrics.findMany({
    where: { writtenAt: { gte: since } },
    orderBy: { signerId: 'asc' },
    take: signersMax,
  });
  // A metric's lines have to stand together, whichever signers they are of.
  const byName = new Map<string, { readonly metric: Metric; readonly lines: string[] }>();
  for (const { signerId, metrics } of rows) {
    for (const metric of metricsSchema.parse(metrics)) {
      const one = byName.get(metric.name) ?? { metric, lines: [] };
      byName.set(metric.name, one);
      one.lines.push(
        ...metric.values
          .filter(({ value }) => value !== null)
          .map((value) => lineOf(metric, value, signerId)),
      );
    }
  }
  return [...byName.values()]
    .flatMap(({ metric, lines }) => [
      `# HELP ${metric.name} ${escaped(metric.help)}`,
      `# TYPE ${metric.name} ${metric.type}`,
      ...lines,
    ])
    .join('\n');
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
