/**
 * retention list: what the rules of retention in the portal's configuration would remove now, and what is kept although it is old enough.
 * It changes nothing: portals apply the rules by themselves. Exit status: 0 listed; 1 it could not be; 2 wrong usage.
 */
import { parseArgs } from 'node:util';
import { formatBytes } from '#core/text/size/index.ts';
import { ConfigurationError } from '../../lib/host/configuration/index.ts';
import { loadPortalConfig } from '../../lib/platform/config/index.ts';
import { openDatabase, passedTime } from '../../lib/platform/db/index.ts';
import { openReceived } from '../../lib/platform/storage/index.ts';
import { previewRetention, rulesOf, type PreviewedFile } from '../../lib/retention/index.ts';

const usage = `usage: retention list [--config FILE] [--kept] [--json]

What the rules of retention (retention in portal.yaml) would remove now. It changes nothing.
--config: the portal's configuration (default: $COUNTERSIGN_PORTAL_CONFIG)
--kept: also what is old enough and stays, with the reason
--json: one JSON object a line, and the sums last`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      config: { type: 'string' },
      kept: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (positionals.length !== 1 || positionals[0] !== 'list')
    throw new TypeError(`there is no command ${positionals.join(' ') || '(none)'}`);
  const { config: file = process.env['COUNTERSIGN_PORTAL_CONFIG'] } = values;
  const config = loadPortalConfig({ ...process.env, COUNTERSIGN_PORTAL_CONFIG: file });
  const rules = rulesOf(config);
  const write = (line: string): void => void process.stdout.write(`${line}\n`);
  if (rules.length === 0 && !values.json)
    write('No rule is configured (retention in portal.yaml): everything that a request uses is kept.');
  const db = openDatabase({ url: config.databaseUrl, connectionsMax: 2 });
  // A file that many requests used goes once.
  const going = new Map<string, number>();
  let kept = 0;
  try {
    const at = await passedTime(db, () => new Date());
    const ports = { db, store: openReceived(config.artifactStore), config, now: () => at };
    for await (const one of previewRetention(ports)) {
      if (one.sizeBytes === null) continue;
      if (one.keptFor === null) going.set(one.sha256, one.sizeBytes);
      else kept += 1;
      if (one.keptFor === null || values.kept) write(values.json ? jsonOf(one) : lineOf(one));
    }
  } finally {
    await db.$disconnect();
  }
  const bytes = [...going.values()].reduce((sum, size) => sum + size, 0);
  if (values.json) write(JSON.stringify({ files: going.size, bytes, kept }));
  else if (rules.length > 0)
    write(`${going.size} files would go, ${formatBytes(bytes)}. ${kept} that are old enough are kept.`);
  return 0;
}

const ruleText = ({ rule }: PreviewedFile): string => `${rule.name} ${rule.days} days ago or earlier`;

const lineOf = (one: PreviewedFile): string =>
  [
    one.keptFor === null ? 'goes' : 'kept',
    one.request.endedAt.toISOString(),
    `request ${one.request.id}`,
    one.request.project,
    one.file,
    formatBytes(one.sizeBytes ?? 0),
    one.sha256,
    one.keptFor ?? ruleText(one),
  ].join('  ');

const jsonOf = ({ request, rule, file, sha256, sizeBytes, keptFor }: PreviewedFile): string =>
  JSON.stringify({
    request: request.id,
    project: request.project,
    endedAt: request.endedAt.toISOString(),
    rule: rule.name,
    days: rule.days,
    file,
    sha256,
    sizeBytes,
    keptFor,
  });

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof TypeError && !(error instanceof ConfigurationError)) {
    process.stderr.write(`${error.message}\n${usage}\n`);
    process.exitCode = 2;
  } else {
    process.stderr.write(`retention: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  }
}
