/** The commands that talk to the portal: submit, status, approve, deny, download, tokens, stop, resume, past-requests. */
import { portalAddress } from './address.ts';
import { approve } from './approve.ts';
import { saveArtifact } from './download.ts';
import { readPortalArguments, type PortalArguments } from './options.ts';
import { savePastRequests } from './past-requests.ts';
import { readReasons, readRequest, type Portal, type RequestView } from './portal.ts';
import { describeRequest } from './show.ts';
import { stopSigning } from './stop.ts';
import { submitArtifact, waitFor } from './submit.ts';
import { createToken, describeToken, listTokens, revokeToken } from './tokens.ts';

export interface PortalIo {
  /** A line of standard output. */
  readonly say: (line: string) => void;
  /** A line beside the result. */
  readonly note: (line: string) => void;
}

/** Arguments, the command first → does it → the exit status: 1 where a request was refused or failed. */
export async function portalCommand(args: readonly string[], io: PortalIo): Promise<0 | 1> {
  const given = readPortalArguments(args);
  const { verb, values, needed, id } = given;
  const { say, note } = io;
  const url = await portalAddress(values.url, {
    environment: process.env['COUNTERSIGN_URL'],
    folder: process.cwd(),
  });
  const token = values.token ?? process.env['COUNTERSIGN_TOKEN'] ?? '';
  const portal: Portal = { url, token: token.trim() === '' ? null : token.trim() };
  switch (verb) {
    case 'past-requests': {
      const { count, leftOut } = await savePastRequests(portal, given.limit, needed('output'));
      say(`${needed('output')}: ${count} requests${leftOut === 0 ? '' : `; ${leftOut} older ones left out`}`);
      return 0;
    }
    case 'submit':
      return submitCommand(portal, given, io);
    case 'status':
      await show(portal, await readRequest(portal, id), say);
      return 0;
    case 'approve':
    case 'deny':
      await approve({
        portal,
        id,
        decision: verb,
        keyFile: needed('key'),
        say,
        artifact: values.artifact ?? null,
      });
      return 0;
    case 'stop':
    case 'resume':
      await stopSigning({
        portal,
        reason: needed('reason'),
        keyFile: needed('key'),
        say,
        action: verb === 'stop' ? 'stop' : 'lift',
        project: values.project ?? null,
        waitSeconds: values.timeout === undefined ? 60 : given.timeoutSeconds,
      });
      return 0;
    case 'download': {
      const despite = values['despite-revocation'] === true;
      await saveArtifact(portal, { id, file: needed('output'), despite });
      say(`written to ${needed('output')}`);
      return 0;
    }
    case 'tokens list': {
      const tokens = await listTokens({ portal, project: needed('project'), keyFile: needed('key') });
      for (const one of tokens) say(describeToken(one));
      if (tokens.length === 0) say(`${needed('project')} has no API tokens`);
      return 0;
    }
    case 'tokens create': {
      const made = await createToken({
        portal,
        project: needed('project'),
        keyFile: needed('key'),
        name: needed('name'),
        policies: (values.policies ?? '').split(',').filter((part) => part !== ''),
        days: given.days,
      });
      // Beside the token, so that it alone can be piped to where it belongs.
      note(`${made.name} (${made.id}), until ${made.expiresAt}. It is shown this once:`);
      say(made.token);
      return 0;
    }
    case 'tokens revoke': {
      const common = { portal, project: needed('project'), keyFile: needed('key') };
      say(`revoked ${await revokeToken({ ...common, token: id, reason: values.reason ?? '' })}`);
      return 0;
    }
  }
}

const reasonsMax = 50;

async function show(portal: Portal, view: RequestView, say: PortalIo['say']): Promise<void> {
  const reasons = await readReasons(portal, view, reasonsMax);
  for (const line of describeRequest(view, portal.url, reasons)) say(line);
}

async function submitCommand(
  portal: Portal,
  { values, needed, parameters, timeoutSeconds }: PortalArguments,
  { say, note }: PortalIo,
): Promise<0 | 1> {
  const submitted = await submitArtifact({
    portal,
    project: needed('project'),
    policy: needed('policy'),
    artifact: needed('artifact'),
    bundle: values.bundle ?? null,
    parameters,
    idempotencyKey: values['idempotency-key'] ?? null,
  });
  const view =
    values.wait === true
      ? await waitFor(portal, submitted.id, { timeoutSeconds, note })
      : await readRequest(portal, submitted.id);
  await show(portal, view, say);
  return view.status === 'denied' || view.status === 'failed' ? 1 : 0;
}
