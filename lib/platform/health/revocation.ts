/** Whether revocations get to everybody: the revocation authority, by what it says in its publication, and the responder, asked itself. */
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import {
  authorityStateBytesMax,
  authorityStateName,
  readAuthorityState,
} from '#core/wire/authority-state/index.ts';
import type { Portal } from '../portal/index.ts';
import type { ComponentState } from './signer-states.ts';

/** Several rounds of the authority, and no less than a restart takes. */
const roundsMax = 5;
const silenceSecondsMin = 90;
const answerMilliseconds = 4000;
const detailCharactersMax = 200;

type Configured = Pick<Portal['config'], 'publicationDir' | 'responderUrl'>;

/** Only what the configuration names: foundations with a public CA have neither. */
export async function revocationStates(
  { publicationDir, responderUrl }: Configured,
  now: Date,
): Promise<readonly ComponentState[]> {
  return Promise.all([
    ...(publicationDir === undefined ? [] : [authorityState(publicationDir, now)]),
    ...(responderUrl === undefined ? [] : [responderState(responderUrl)]),
  ]);
}

async function authorityState(folder: string, now: Date): Promise<ComponentState> {
  const component = 'revocation-authority';
  const bytes = await readStart(join(folder, authorityStateName)).catch(() => null);
  const state = bytes === null ? null : readAuthorityState(bytes);
  if (state === null)
    return { component, state: 'down', detail: 'has said nothing yet in the folder that it publishes' };
  const silentSeconds = (now.getTime() - state.workedAt.getTime()) / 1000;
  const worked = `last worked at ${state.workedAt.toISOString()}`;
  const isSilent = silentSeconds > Math.max(silenceSecondsMin, roundsMax * state.pollSeconds);
  if (isSilent)
    return { component, state: 'down', detail: `${worked}: new revocations aren’t published until it does` };
  return { component, state: 'ok', detail: worked };
}

async function readStart(file: string): Promise<Uint8Array> {
  const handle = await open(file);
  try {
    const buffer = new Uint8Array(authorityStateBytesMax + 1);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

async function responderState(url: string): Promise<ComponentState> {
  const component = 'responder';
  try {
    const answer = await fetch(`${url}/healthz`, {
      redirect: 'error',
      signal: AbortSignal.timeout(answerMilliseconds),
    });
    const detail = await startOf(answer);
    return answer.status === 200
      ? { component, state: 'ok', detail }
      : { component, state: 'down', detail: answer.status === 503 ? detail : `answers ${answer.status}` };
  } catch {
    return { component, state: 'down', detail: 'doesn’t answer: lists and status answers are not served' };
  }
}

/** One line: what is behind the address may be anything. Its folder is the operator's own affair. */
async function startOf(answer: Response): Promise<string> {
  const reader = answer.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  await reader?.cancel();
  const text = new TextDecoder().decode((value ?? new Uint8Array()).subarray(0, 4 * detailCharactersMax));
  return (text.split('\n')[0] ?? '').replace(/(?:^|(?<= ))\/\S+/g, '(folder)').slice(0, detailCharactersMax);
}
