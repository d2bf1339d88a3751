/** The countersign command: reads arguments, calls one verb, prints, sets the exit code. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { approve } from './approve.ts';
import { CliError } from './error.ts';
import { download, readRequest, reasonsOf, type Portal, type RequestView } from './portal.ts';
import { submitArtifact, waitFor } from './submit.ts';

const usage = `countersign – ask for signatures, approve them, fetch the results

  countersign submit --project SLUG --policy SLUG --artifact FILE [--bundle FILE] [--wait]
  countersign status REQUEST
  countersign approve REQUEST --key FILE [--artifact FILE]    sign the approval statement with an SSH key
  countersign deny REQUEST --key FILE                          one denial ends the request
  countersign download REQUEST --output FILE

  --url URL            the portal; or COUNTERSIGN_URL (default http://127.0.0.1:3000)
  --token TOKEN        a project's API token; or COUNTERSIGN_TOKEN
  --idempotency-key K  the same key attaches to the same request
  --timeout SECONDS    how long --wait waits (default 600); the request itself never times out

Exit status: 0 done; 1 refused, denied or failed; 2 wrong usage; 3 still running when --wait gave up.`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    project: { type: 'string' },
    policy: { type: 'string' },
    artifact: { type: 'string' },
    bundle: { type: 'string' },
    key: { type: 'string' },
    output: { type: 'string' },
    url: { type: 'string' },
    token: { type: 'string' },
    'idempotency-key': { type: 'string' },
    timeout: { type: 'string', default: '600' },
    wait: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

function needed(name: 'project' | 'policy' | 'artifact' | 'key' | 'output'): string {
  const value = values[name];
  if (value === undefined) throw new CliError('USAGE', `--${name} is missing\n\n${usage}`);
  return value;
}

function requestId(): string {
  const id = positionals[1];
  if (id === undefined) throw new CliError('USAGE', `the request's id is missing\n\n${usage}`);
  return id;
}

function show(portal: Portal, view: RequestView): void {
  say(`${view.id}  ${view.status}`);
  if (view.summary !== null) say(view.summary);
  for (const reason of reasonsOf(view)) {
    say(`- ${reason.message}`);
    if (reason.expected !== null) say(`    expected  ${reason.expected}`);
    if (reason.found !== null) say(`    found     ${reason.found}`);
    if (reason.fix !== null) say(`    fix       ${reason.fix}`);
  }
  say(new URL(`/requests/${view.id}`, portal.url).href);
}

async function main(): Promise<void> {
  const portal: Portal = {
    url: values.url ?? process.env['COUNTERSIGN_URL'] ?? 'http://127.0.0.1:3000',
    token: values.token ?? process.env['COUNTERSIGN_TOKEN'] ?? null,
  };
  const verb = values.help ? 'help' : (positionals[0] ?? 'help');
  switch (verb) {
    case 'help':
      say(usage);
      return;
    case 'submit': {
      const submitted = await submitArtifact({
        portal,
        project: needed('project'),
        policy: needed('policy'),
        artifact: needed('artifact'),
        bundle: values.bundle ?? null,
        idempotencyKey: values['idempotency-key'] ?? null,
      });
      const view = values.wait
        ? await waitFor(portal, submitted.id, { timeoutSeconds: Number(values.timeout) })
        : await readRequest(portal, submitted.id);
      show(portal, view);
      if (view.status === 'denied' || view.status === 'failed') process.exitCode = 1;
      return;
    }
    case 'status':
      show(portal, await readRequest(portal, requestId()));
      return;
    case 'approve':
    case 'deny':
      return approve({
        portal,
        id: requestId(),
        decision: verb,
        keyFile: needed('key'),
        artifact: values.artifact ?? null,
        say,
      });
    case 'download':
      await pipeline(await download(portal, requestId()), createWriteStream(needed('output')));
      say(`written to ${needed('output')}`);
      return;
    default:
      throw new CliError('USAGE', `unknown command ${verb}\n\n${usage}`);
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof CliError)) throw error;
  process.stderr.write(`countersign: ${error.message}\n`);
  process.exitCode = error.code === 'USAGE' ? 2 : error.code === 'TIMEOUT' ? 3 : 1;
});
