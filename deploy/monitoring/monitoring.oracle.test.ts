import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { testFolder } from '../../dev/test/index.ts';
import { lacksTools } from '../../dev/test/lacks.ts';

const file = (name: string): string => join(import.meta.dirname, name);
const guide = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'guides', 'metrics.md'), 'utf8');
const rulesSchema = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string(), expr: z.string() })) })),
});
const dashboardSchema = z.object({
  panels: z.array(z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })).min(1) })),
});
const rules = rulesSchema
  .parse(parse(readFileSync(file('alerts.yaml'), 'utf8')))
  .groups.flatMap((group) => group.rules);
const { panels } = dashboardSchema.parse(JSON.parse(readFileSync(file('dashboard.json'), 'utf8')));
const expressions = [
  ...rules.map(({ alert, expr }) => [alert, expr] as const),
  ...panels.flatMap(({ title, targets }) => targets.map(({ expr }) => [title, expr] as const)),
];

/** Where an ending may stand: after any whole word of the first name. */
const endings = (name: string): readonly string[] =>
  name.split('_').map((_, index, parts) => parts.slice(0, index + 1).join('_'));

/** Names in the guide's table, with those that it writes as endings of the one before. */
const described = new Set(
  [...guide.matchAll(/^\| (.*?) {2,}\||^\| (.*?) \|/gm)].flatMap((row) => {
    const names = [...(row[1] ?? row[2] ?? '').matchAll(/`([a-z_…]+)`/g)].map((name) => name[1] ?? '');
    const [first = ''] = names;
    return names.flatMap((name) =>
      name.startsWith('_') ? endings(first).map((stem) => stem + name) : [name],
    );
  }),
);
const isDescribed = (metric: string): boolean =>
  described.has(metric.replace(/_(bucket|count|sum)$/, '')) ||
  [...described].some((name) => name.endsWith('…') && metric.startsWith(name.slice(0, -1)));

describe.skipIf(lacksTools('promtool'))('the rules for alerts', () => {
  it('are rules to Prometheus itself', () => {
    const said = execFileSync('promtool', ['check', 'rules', file('alerts.yaml')], { encoding: 'utf8' });
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`);
    expect(rules.length).toBeGreaterThan(20);
  });

  it('and the dashboard’s expressions are ones that Prometheus can evaluate', async () => {
    const asRules = expressions.map(([, expr], index) => ({ record: `dashboard:expression:${index}`, expr }));
    const text = JSON.stringify({ groups: [{ name: 'dashboard', rules: asRules }] });
    const { folder, release } = await testFolder('rules');
    onTestFinished(release);
    const written = join(folder, 'dashboard.yaml');
    writeFileSync(written, text);
    const said = execFileSync('promtool', ['check', 'rules', written], { encoding: 'utf8' });
    expect(said).toContain(`SUCCESS: ${expressions.length} rules found`);
  });
});

describe('rules and dashboard', () => {
  it.each(expressions)('%s asks for metrics that the guide describes: %s', (_title, expr) => {
    const metrics = [...expr.matchAll(/countersign_[a-z_]+/g)].map(([name]) => name);
    expect(metrics.length).toBeGreaterThan(0);
    expect(metrics.filter((metric) => !isDescribed(metric))).toEqual([]);
  });
});
