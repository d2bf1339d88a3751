/** The commands about signing requests: submit, status, wait, download, cancel, resubmit, list. */
import { rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import path from 'node:path';
import {
  cancel,
  ClientError,
  downloadResumable,
  isFinal,
  listRequests,
  readReasons,
  readRequest,
  resubmit,
  stateOf,
  waitFor,
  type Downloaded,
  type DownloadInput,
  type Going,
  type Patience,
  type Portal,
  type RequestView,
} from './client/index.ts';
import { CliError } from './error.ts';
import { whenInterrupted } from './interrupt.ts';
import { jsonText, requestJson } from './json-view.ts';
import type { PortalArguments } from './options.ts';
import { plain } from './plain.ts';
import type { PortalIo } from './portal-io.ts';
import { showTransfer } from './progress.ts';
import { describeRequest } from './show.ts';
import { submitArtifact } from './submit.ts';
import type { PortalVerb } from './verbs.ts';

const verbs = ['submit', 'status', 'wait', 'download', 'cancel', 'resubmit', 'list'] as const;
export type RequestVerb = (typeof verbs)[number];
export const isAboutRequests = (verb: PortalVerb): verb is RequestVerb => verbs.some((name) => name === verb);

interface Work {
  readonly portal: Portal;
  readonly given: PortalArguments;
  readonly io: PortalIo;
  readonly going: Going & { readonly patience: Patience };
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** → the exit status: 1 where it was waited for and ended otherwise than released. */
export async function requestCommand(verb: RequestVerb, work: Work): Promise<0 | 1> {
  const { portal, given, io, going } = work;
  switch (verb) {
    case 'submit':
      return follow(work, await submitted(work));
    case 'resubmit': {
      const { id, values, parameters } = given;
      const again = {
        ...(values.policy === undefined ? {} : { policy: values.policy }),
        ...(values.configuration === undefined ? {} : { configuration: values.configuration }),
        ...(Object.keys(parameters).length === 0 ? {} : { parameters }),
      };
      const made = await resubmit(portal, id, { again, ...going }).catch(explainOldPortal);
      return follow(work, made.id);
    }
    case 'status':
      await tell(work, await readRequest(portal, given.id, going), null);
      return 0;
    case 'wait': {
      const view = await waited(work, given.id);
      return finish(work, view);
    }
    case 'cancel': {
      await cancel(portal, given.id, { reason: given.needed('reason'), ...going }).catch(explainOldPortal);
      const view = await readRequest(portal, given.id, going);
      if (!isFinal(view))
        io.note(
          'The signer is asked to end it, and does so when it looks next, unless it is released by then.',
        );
      await tell(work, view, null);
      return 0;
    }
    case 'download': {
      const saved = await save(work, given.id, await placeFor(given.needed('output')));
      if (given.values.json === true) io.say(jsonText({ version: 1, id: given.id, ...saved }));
      else io.say(`written to ${saved.file}`);
      return 0;
    }
    case 'list':
      await list(work);
      return 0;
  }
}

/** Sends the file → the request's id, which is told at once: whoever interrupts can come back to it. */
async function submitted({ portal, given, io, going, environment }: Work): Promise<string> {
  const { values, needed, file } = given;
  const shown = showTransfer(io.screen, path.basename(file));
  let isKept = false;
  const forget = whenInterrupted(() => {
    shown.end();
    if (isKept) io.note('What arrived stays with the portal for a day: the same command goes on there.');
  });
  try {
    const { id, created } = await submitArtifact({
      portal,
      project: needed('project'),
      policy: needed('policy'),
      artifact: file,
      bundle: values.bundle ?? null,
      bundleFrom: withToken(given.bundleFrom, environment),
      parameters: given.parameters,
      idempotencyKey: values['idempotency-key'] ?? null,
      supersedes: values.supersede === true,
      configuration: values.configuration ?? null,
      onProgress: shown.onProgress,
      onKept: () => {
        isKept = true;
      },
      ...going,
    });
    shown.end();
    io.note(plain(`${id}  ${created === false ? 'the same request was there already' : 'submitted'}`));
    return id;
  } finally {
    forget();
    shown.end();
  }
}

/** Of its own variable, so that no token of the job's goes to a portal because it happens to be there. */
function withToken(
  from: PortalArguments['bundleFrom'],
  environment: Work['environment'],
): PortalArguments['bundleFrom'] {
  const token = (environment['COUNTERSIGN_BUNDLE_TOKEN'] ?? '').trim();
  return from === null || token === '' ? from : { ...from, token };
}

/** A request that was made: waits where that is asked for. */
async function follow(work: Work, id: string): Promise<0 | 1> {
  const { portal, given, going } = work;
  if (given.values.wait === true) return finish(work, await waited(work, id));
  const view = await readRequest(portal, id, going);
  await tell(work, view, null);
  return isRefused(view) ? 1 : 0;
}

async function waited({ portal, given, io }: Work, id: string): Promise<RequestView> {
  const again = `It goes on; ask again with: countersign wait ${id}`;
  const forget = whenInterrupted(() => io.note(again));
  try {
    return await waitFor(portal, id, {
      until: given.until,
      timeoutSeconds: given.timeoutSeconds,
      onState: (state) =>
        io.note(plain(`${id}  ${state instanceof ClientError ? state.message : state.status}`)),
    });
  } catch (error) {
    if (!(error instanceof ClientError && error.code === 'TIMEOUT')) throw error;
    throw new CliError('TIMEOUT', plain(`${error.message}. ${again}`), error);
  } finally {
    forget();
  }
}

/** Fetches what was released, and tells how it ended. */
async function finish(work: Work, view: RequestView): Promise<0 | 1> {
  const { output } = work.given.values;
  const saved =
    output !== undefined && view.status === 'completed'
      ? await save(work, view.id, { folder: output })
      : null;
  await tell(work, view, saved);
  return isRefused(view) ? 1 : 0;
}

const isRefused = ({ status }: RequestView): boolean => status === 'denied' || status === 'failed';

const reasonsMax = 50;

async function tell(
  { portal, given, io, going }: Work,
  view: RequestView,
  saved: Downloaded | null,
): Promise<void> {
  const reasons = await readReasons(portal, view, reasonsMax, going);
  if (given.values.json === true) {
    const file = saved?.file ?? null;
    io.say(jsonText(requestJson(view, reasons, { portalUrl: portal.url, file })));
    return;
  }
  for (const line of describeRequest(view, portal.url, reasons)) io.say(line);
  if (saved !== null) io.say(`written to ${saved.file}`);
}

/** A folder that is there, or whose name ends as a folder's does; else the name of a file. */
async function placeFor(output: string): Promise<DownloadInput['to']> {
  if (/[/\\]$/.test(output)) return { folder: output };
  const there = await stat(output).catch(() => null);
  return there?.isDirectory() === true ? { folder: output } : { file: output };
}

async function save(
  { portal, given, io, going }: Work,
  id: string,
  to: DownloadInput['to'],
): Promise<Downloaded> {
  const shown = showTransfer(io.screen, 'file' in to ? path.basename(to.file) : 'the release');
  let part: { readonly path: string; readonly position: number } | null = null;
  const forget = whenInterrupted(() => {
    shown.end();
    if (part === null) return;
    if (part.position === 0) rmSync(part.path, { force: true });
    else
      io.note(
        `${part.position} bytes are in ${part.path}; it goes on there with: countersign download ${id} --output ${'file' in to ? to.file : to.folder}`,
      );
  });
  try {
    return await downloadResumable(portal, {
      id,
      to,
      despite: given.values['despite-revocation'] === true,
      onProgress: shown.onProgress,
      onPart: (where) => {
        part = where;
      },
      ...going,
    });
  } finally {
    forget();
    shown.end();
  }
}

async function list({ portal, given, io, going }: Work): Promise<void> {
  const { values, since, limit } = given;
  const listing = { project: values.project, status: values.status, since, limit };
  const { requests, more } = await listRequests(portal, listing, going);
  if (values.json === true) {
    const some = requests.map(({ id, status, outcome, project, policy, createdAt, artifact }) => ({
      id,
      status,
      outcome: outcome ?? null,
      project,
      policy,
      artifact: artifact?.name ?? null,
      createdAt: createdAt ?? null,
    }));
    io.say(jsonText({ version: 1, requests: some, more }));
    return;
  }
  for (const { id, status, outcome, project, policy, createdAt, artifact } of requests)
    io.say(
      plain(
        `${id}  ${stateOf({ status, outcome }).padEnd(20)}  ${createdAt ?? ''}  ${project}/${policy}  ${artifact?.name ?? ''}`.trimEnd(),
      ),
    );
  if (requests.length === 0) io.note('no such requests');
  if (more) io.note(`… and older ones: --limit ${limit * 4} shows more`);
}

function explainOldPortal(error: unknown): never {
  if (error instanceof ClientError && error.problem?.code === 'NOT_FOUND')
    throw new CliError('REFUSED', 'The portal is older than this command, and can’t do that yet.', error);
  throw error;
}
