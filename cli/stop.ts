/** `countersign stop` and `resume`: the statement is written and signed here; the portal only passes it on. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  StatementError,
  stopDigest,
  stopNamespace,
  stopStatement,
  type StopAction,
} from '#core/approval/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import { sshSign } from './approve.ts';
import type { Portal } from './client/index.ts';
import { CliError } from './error.ts';
import { plain } from './plain.ts';
import { handInStop, readStops, type StopsView } from './portal.ts';

export interface StopInput {
  readonly portal: Portal;
  readonly action: StopAction;
  /** null: all projects. */
  readonly project: string | null;
  readonly reason: string;
  /** Private key file, or a public key whose private half an SSH agent holds. */
  readonly keyFile: string;
  readonly say: (line: string) => void;
  /** How long to wait until all running signers have confirmed. */
  readonly waitSeconds: number;
}

const pollMilliseconds = 1000;

export async function stopSigning(input: StopInput): Promise<void> {
  const { portal, action, keyFile, say } = input;
  const text = write(input);
  await handInStop(portal, text, await sshSign(keyFile, text, stopNamespace));
  const whose = input.project === null ? 'everybody’s signing' : `signing for ${input.project}`;
  say(action === 'stop' ? `${whose} stops within seconds` : `${whose} goes on within seconds`);
  say(new URL('/emergency-stop', portal.url).href);
  await (action === 'stop' ? awaitStop(input, stopDigest(text)) : awaitLift(input));
}

/** Reports when each signer has the stop in force. Throws CliError TIMEOUT where a running one doesn't confirm in time. */
async function awaitStop({ portal, say, waitSeconds }: StopInput, digest: string): Promise<void> {
  const confirmed = new Set<string>();
  const find = ({ stops }: StopsView) => stops.find((stop) => stop.digest === digest);
  const seen = await poll(portal, waitSeconds, (view) => {
    for (const { signer, at } of find(view)?.confirmed ?? []) {
      if (!confirmed.has(signer)) say(plain(`confirmed by ${signer} at ${at}`));
      confirmed.add(signer);
    }
    const found = find(view);
    return found?.awaited.length === 0;
  });
  for (const signer of seen.signers.filter((each) => !each.works && !confirmed.has(each.name)))
    say(
      plain(`${signer.name} was last seen at ${signer.seenAt}; it reads the stop before it signs anything`),
    );
  const found = find(seen);
  if (found?.awaited.length === 0) return;
  const missing =
    found?.awaited ?? seen.signers.filter((signer) => signer.works).map((signer) => signer.name);
  const who =
    missing.length === 0 ? 'no signer that works was found' : `not confirmed by ${missing.join(', ')}`;
  throw new CliError(
    'TIMEOUT',
    plain(
      `${who} after ${waitSeconds} s. The statement is on the record; in need, stop it on the signer’s host`,
    ),
  );
}

/**
 * Waits until no stop by statement is left that this lifts; stops of hosts are named, since a statement doesn't lift
 * them.
 */
async function awaitLift({ portal, project, say, waitSeconds }: StopInput): Promise<void> {
  const now = new Date().toISOString();
  const left = (view: StopsView) =>
    view.stops.filter((stop) => stop.project === project && stop.givenOn === null && stop.at <= now);
  const seen = await poll(portal, waitSeconds, (view) => left(view).length === 0);
  for (const stop of seen.stops.filter((each) => each.project === project && each.givenOn !== null))
    say(plain(`still stopped on the host of ${stop.givenOn ?? ''}, and lifted there: ${stop.reason}`));
  const [first] = left(seen);
  if (first === undefined) return;
  const names = first.confirmed.map((confirmation) => confirmation.signer).join(', ');
  throw new CliError('TIMEOUT', plain(`still stopped at ${names} after ${waitSeconds} s: ${first.reason}`));
}

async function poll(
  portal: Portal,
  seconds: number,
  isDone: (view: StopsView) => boolean,
): Promise<StopsView> {
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const view = await readStops(portal);
    if (isDone(view) || performance.now() >= until) return view;
    await sleep(pollMilliseconds);
  }
}

function write({ action, project, reason }: StopInput): string {
  try {
    const at = new Date().toISOString();
    return stopStatement({
      action,
      project: project === null ? null : parseProjectSlug(project),
      reason,
      at,
    });
  } catch (error) {
    if (error instanceof StatementError || error instanceof IdentifierError)
      throw new CliError('USAGE', error.message, error);
    throw error;
  }
}
