/** The commands that talk to the portal: submit, status, approve, deny, download, tokens, stop, resume. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { approve } from './approve.ts';
import { stopSigning } from './stop.ts';
import { CliError } from './error.ts';
import { savePastRequests } from './past-requests.ts';
import { download, readReasons, readRequest, type Portal, type RequestView } from './portal.ts';
import { submitArtifact, waitFor } from './submit.ts';
import { createToken, describeToken, listTokens, revokeToken } from './tokens.ts';

export const portalUsage = `  countersign submit --project SLUG --policy SLUG --artifact FILE [--bundle FILE] [--wait]
  countersign status REQUEST
  countersign approve REQUEST --key FILE [--artifact FILE]    sign the approval statement with an SSH key
  countersign deny REQUEST --key FILE                          one denial ends the request
  countersign download REQUEST --output FILE [--despite-revocation]
  countersign stop (--project SLUG | --everything) --reason TEXT --key FILE     freezes signing, within seconds
  countersign resume (--project SLUG | --everything) --reason TEXT --key FILE   and lets it go on
  countersign tokens list --project SLUG --key FILE
  countersign tokens create --project SLUG --key FILE --name NAME [--days N] [--policies SLUG,SLUG]
                                                               prints the token, alone and once, to standard output
  countersign tokens revoke TOKEN-ID --project SLUG --key FILE [--reason TEXT]   at once
  countersign past-requests --output FILE [--limit N]          what the signer decided, for plan --requests

    --url URL            the portal; or COUNTERSIGN_URL (default http://127.0.0.1:3000)
    --token TOKEN        a project's API token; or COUNTERSIGN_TOKEN
    --idempotency-key K  the same key attaches to the same request
    --key FILE           your SSH key, as people/<handle>.yaml of the policy lists it; a .pub where an agent has the key
    --timeout SECONDS    how long --wait waits (default 600); the request itself never times out`;

const options = {
  project: { type: 'string' },
  policy: { type: 'string' },
  artifact: { type: 'string' },
  bundle: { type: 'string' },
  key: { type: 'string' },
  reason: { type: 'string' },
  everything: { type: 'boolean', default: false },
  output: { type: 'string' },
  url: { type: 'string' },
  token: { type: 'string' },
  'idempotency-key': { type: 'string' },
  timeout: { type: 'string', default: '600' },
  limit: { type: 'string', default: '1000' },
  name: { type: 'string' },
  days: { type: 'string', default: '90' },
  policies: { type: 'string', default: '' },
  wait: { type: 'boolean', default: false },
  'despite-revocation': { type: 'boolean', default: false },
} as const;

type Needed = 'project' | 'policy' | 'artifact' | 'key' | 'output' | 'reason' | 'name';

function readArguments(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    // parseArgs says what is wrong with which argument.
    throw new CliError('USAGE', `${(error as Error).message}\n\n${portalUsage}`, error);
  }
}

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

const reasonsMax = 50;

async function show(portal: Portal, view: RequestView): Promise<void> {
  say(`${view.id}  ${view.status}`);
  if (view.summary !== null) say(view.summary);
  const { standing } = view;
  if (standing !== null && standing !== undefined && standing.state !== 'good') {
    const { refused, state, revocation } = standing;
    say(refused ? 'REVOKED: don’t run it' : `stands: ${state}`);
    if (revocation !== null)
      say(`    certificate revoked as of ${revocation.effectiveAt}: ${revocation.url}`);
  }
  const { reasons, total } = await readReasons(portal, view, reasonsMax);
  for (const reason of reasons) {
    say(`- ${reason.message}`);
    if (reason.expected !== null) say(`    expected  ${reason.expected}`);
    if (reason.found !== null) say(`    found     ${reason.found}`);
    if (reason.fix !== null) say(`    fix       ${reason.fix}`);
  }
  if (total > reasons.length) say(`… and ${total - reasons.length} more, on this page:`);
  say(new URL(`/requests/${view.id}`, portal.url).href);
}

/** Arguments, the command first → does it; the exit code is set where a request didn't come to a release. */
export async function portalCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args);
  const portal: Portal = {
    url: values.url ?? process.env['COUNTERSIGN_URL'] ?? 'http://127.0.0.1:3000',
    token: values.token ?? process.env['COUNTERSIGN_TOKEN'] ?? null,
  };
  const [verb, id] = positionals;
  const needed = (name: Needed): string => {
    const value = values[name];
    if (value === undefined) throw new CliError('USAGE', `--${name} is missing\n\n${portalUsage}`);
    return value;
  };
  const requestId = (): string => {
    if (id === undefined) throw new CliError('USAGE', `the request's id is missing\n\n${portalUsage}`);
    return id;
  };
  switch (verb) {
    case 'past-requests': {
      const file = needed('output');
      const { count, leftOut } = await savePastRequests(portal, Number(values.limit), file);
      say(`${file}: ${count} requests${leftOut === 0 ? '' : `; ${leftOut} older ones left out`}`);
      return;
    }
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
      await show(portal, view);
      if (view.status === 'denied' || view.status === 'failed') process.exitCode = 1;
      return;
    }
    case 'status':
      await show(portal, await readRequest(portal, requestId()));
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
    case 'stop':
    case 'resume':
      if (values.everything === (values.project !== undefined))
        throw new CliError('USAGE', `either --project or --everything\n\n${portalUsage}`);
      return stopSigning({
        portal,
        action: verb === 'stop' ? 'stop' : 'lift',
        project: values.project ?? null,
        reason: needed('reason'),
        keyFile: needed('key'),
        say,
      });
    case 'tokens':
      return tokensCommand(portal, positionals.slice(1), { values, needed });
    case 'download':
      await pipeline(
        await download(portal, requestId(), { despite: values['despite-revocation'] }),
        createWriteStream(needed('output')),
      );
      say(`written to ${needed('output')}`);
      return;
    default:
      throw new CliError('USAGE', `unknown command ${verb ?? ''}\n\n${portalUsage}`);
  }
}

async function tokensCommand(
  portal: Portal,
  [verb, id]: readonly string[],
  {
    values,
    needed,
  }: {
    readonly values: ReturnType<typeof readArguments>['values'];
    readonly needed: (name: Needed) => string;
  },
): Promise<void> {
  const common = { portal, project: needed('project'), keyFile: needed('key') };
  switch (verb) {
    case 'list': {
      const tokens = await listTokens(common);
      for (const token of tokens) say(describeToken(token));
      if (tokens.length === 0) say(`${common.project} has no API tokens`);
      return;
    }
    case 'create': {
      const policies = values.policies.split(',').filter((one) => one !== '');
      const made = await createToken({
        ...common,
        name: needed('name'),
        policies,
        days: Number(values.days),
      });
      // Beside the token, so that it alone can be piped to where it belongs.
      process.stderr.write(`${made.name} (${made.id}), until ${made.expiresAt}. It is shown this once:\n`);
      say(made.token);
      return;
    }
    case 'revoke':
      if (id === undefined) throw new CliError('USAGE', `the token's id is missing\n\n${portalUsage}`);
      say(`revoked ${await revokeToken({ ...common, token: id, reason: values.reason ?? '' })}`);
      return;
    default:
      throw new CliError('USAGE', `tokens ${verb ?? ''}: list, create or revoke\n\n${portalUsage}`);
  }
}
