/** The commands that talk to the portal. */
import { portalAddress } from './address.ts';
import { approve } from './approve.ts';
import { usualPatience, type Portal } from './client/index.ts';
import { credentials } from './credentials.ts';
import { failureJson, jsonText } from './json-view.ts';
import { readPortalArguments, type PortalArguments } from './options.ts';
import { savePastRequests } from './past-requests.ts';
import { plain } from './plain.ts';
import type { PortalIo } from './portal-io.ts';
import { isAboutRequests, requestCommand, type RequestVerb } from './request-commands.ts';
import { stopSigning } from './stop.ts';
import { createToken, describeToken, listTokens, revokeToken } from './tokens.ts';
import type { PortalVerb } from './verbs.ts';

/** Arguments, the command first → does it → the exit status: 1 where a request was refused or failed. */
export async function portalCommand(
  args: readonly string[],
  { say, note, screen }: PortalIo,
): Promise<0 | 1> {
  // Whatever it is that is said: much of it comes from a portal, which may be anybody.
  const io: PortalIo = { say: (line) => say(plain(line)), note: (line) => note(plain(line)), screen };
  const given = readPortalArguments(args);
  try {
    return await carryOut(given, io);
  } catch (error) {
    if (given.values.json === true) io.say(jsonText(failureJson(error)));
    throw error;
  }
}

async function carryOut(given: PortalArguments, io: PortalIo): Promise<0 | 1> {
  const { verb, values } = given;
  const { env: environment } = process;
  const url = await portalAddress(values.url, {
    environment: environment['COUNTERSIGN_URL'],
    folder: process.cwd(),
  });
  const patience = {
    ...usualPatience,
    seconds: given.retrySeconds,
    onPause: ({ error, milliseconds }: { readonly error: Error; readonly milliseconds: number }) =>
      io.note(plain(`${error.message} Trying again in ${Math.ceil(milliseconds / 1000)} s.`)),
  };
  const portal: Portal = { url, token: credentials(values.token, { environment, portalUrl: url, patience }) };
  if (isAboutRequests(verb))
    return requestCommand(verb, { portal, given, io, going: { patience }, environment });
  await otherCommand(verb, portal, given, io);
  return 0;
}

async function otherCommand(
  verb: Exclude<PortalVerb, RequestVerb>,
  portal: Portal,
  { values, needed, id, limit, days, timeoutSeconds }: PortalArguments,
  { say, note }: PortalIo,
): Promise<void> {
  switch (verb) {
    case 'past-requests': {
      const { count, leftOut } = await savePastRequests(portal, limit, needed('output'));
      say(`${needed('output')}: ${count} requests${leftOut === 0 ? '' : `; ${leftOut} older ones left out`}`);
      return;
    }
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
      return;
    case 'stop':
    case 'resume':
      await stopSigning({
        portal,
        reason: needed('reason'),
        keyFile: needed('key'),
        say,
        action: verb === 'stop' ? 'stop' : 'lift',
        project: values.project ?? null,
        waitSeconds: values.timeout === undefined ? 60 : timeoutSeconds,
      });
      return;
    case 'tokens list': {
      const tokens = await listTokens({ portal, project: needed('project'), keyFile: needed('key') });
      for (const one of tokens) say(describeToken(one));
      if (tokens.length === 0) say(`${needed('project')} has no API tokens`);
      return;
    }
    case 'tokens create': {
      const made = await createToken({
        portal,
        project: needed('project'),
        keyFile: needed('key'),
        name: needed('name'),
        policies: (values.policies ?? '').split(',').filter((part) => part !== ''),
        days,
      });
      // Beside the token, so that it alone can be piped to where it belongs.
      note(`${made.name} (${made.id}), until ${made.expiresAt}. It is shown this once:`);
      say(made.token);
      return;
    }
    case 'tokens revoke': {
      const common = { portal, project: needed('project'), keyFile: needed('key') };
      say(`revoked ${await revokeToken({ ...common, token: id, reason: values.reason ?? '' })}`);
      return;
    }
  }
}
