/** What becomes of the request, as far as this run waits for it: told to the runner, and fetched where it was signed. */
import path from 'node:path';
import {
  ClientError,
  downloadResumable,
  isFinal,
  readReasons,
  readRequest,
  stateOf,
  waitFor,
  type Portal,
  type RequestView,
} from '../cli/client/index.ts';
import type { Inputs } from './read-inputs.ts';
import { tell } from './report.ts';
import { portalOf, progressOf, type FoundRequest, type Step } from './submit-request.ts';
import type { SignedFile } from './summary.ts';

/** More reasons than a summary shows aren't asked for. */
const reasonsMax = 50;

/** → whether all is well: signed, or still on its way where nobody waits. */
export async function followRequest(step: Step, inputs: Inputs, found: FoundRequest): Promise<boolean> {
  const portal = portalOf(step, inputs);
  const view =
    inputs.wait === 'poll'
      ? await outcome(step, portal, inputs, found)
      : await readRequest(portal, found.id, step);
  const signed = view.status === 'completed' ? await signedFile(step, portal, inputs, view) : null;
  const isLost = isFinal(view) && view.status !== 'completed';
  const { reasons, total } = isLost
    ? await readReasons(portal, view, reasonsMax, step)
    : { reasons: [], total: 0 };
  tell.outcome(step, inputs, { view, found, reasons, total, signed });
  return !isLost;
}

/** Until it is decided. The summary is there from the beginning, so that a run which is cancelled has the link. */
async function outcome(
  step: Step,
  portal: Portal,
  inputs: Inputs,
  found: FoundRequest,
): Promise<RequestView> {
  return waitFor(portal, found.id, {
    timeoutSeconds: inputs.timeoutSeconds,
    signal: step.signal,
    onState(state) {
      if (state instanceof ClientError) {
        step.say(`The portal can’t be asked at the moment: ${state.message}`);
        return;
      }
      step.say(
        `${stateOf(state)}${state.summary === null || state.summary === '' ? '' : `: ${state.summary}`}`,
      );
      if (!isFinal(state))
        tell.outcome(step, inputs, { view: state, found, reasons: [], total: 0, signed: null });
    },
  });
}

async function signedFile(
  step: Step,
  portal: Portal,
  { output }: Inputs,
  view: RequestView,
): Promise<SignedFile | null> {
  if (output === null) {
    const { release } = view;
    return release === null || release === undefined
      ? null
      : { path: null, name: release.name, sha256: release.sha256 };
  }
  const folder = path.resolve(step.folder, output);
  const { file, name, sha256 } = await downloadResumable(portal, {
    id: view.id,
    to: { folder },
    signal: step.signal,
    onProgress: progressOf(step),
  });
  step.say(`${file}: SHA-256 ${sha256}`);
  return { path: path.relative(step.folder, file), name, sha256 };
}
