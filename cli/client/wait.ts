/** Waiting for a request: the portal holds each look until something changes, where it can; else it is asked now and then. */
import { ClientError, isPassing } from './error.ts';
import { pause, type Going, type Patience } from './patience.ts';
import { callOnce, passOver, readAnswer, type Portal } from './portal.ts';
import { isFinal, requestPath, requestSchema, type RequestView } from './request-view.ts';

export interface WaitInput {
  /** `gate`: also until it waits for people. */
  readonly until?: 'gate' | 'done';
  readonly timeoutSeconds: number;
  /** Hears of each state once, and of a portal that can't be asked: the request goes on without it. */
  readonly onState?: (state: RequestView | ClientError) => void;
  readonly signal?: Going['signal'];
  readonly sleep?: Patience['sleep'];
}

/** How long the portal is asked to hold a look; it may hold it for less. */
const holdSeconds = 50;
/** For its answer beyond that; and for the answer to the last look, beyond the time that the caller waits. */
const answerSeconds = 60;
const lastAnswerSeconds = 5;
/** Between two looks that weren't held: short at first, then longer and longer. */
const pauseMilliseconds = { first: 300, most: 3000, growth: 1.1 };

/** Throws ClientError: TIMEOUT where it goes on for longer, REFUSED where there is no such request. */
export async function waitFor(portal: Portal, id: string, input: WaitInput): Promise<RequestView> {
  const { until = 'done', timeoutSeconds, onState, signal, sleep = pause } = input;
  const deadline = Date.now() + timeoutSeconds * 1000;
  let between = pauseMilliseconds.first;
  let told = '';
  let seen: Look | null = null;
  for (;;) {
    const left = Math.max(0, Math.ceil((deadline - Date.now()) / 1000));
    const began = Date.now();
    const hold = Math.min(holdSeconds, left);
    // A portal that answers nothing, or by drops, has no say in how long is waited.
    const within = Math.min(hold + answerSeconds, left + lastAnswerSeconds) * 1000;
    const looked = await look(portal, id, { seen, hold, within, signal });
    if (looked instanceof ClientError) {
      seen = null;
      if (told !== looked.message) onState?.(looked);
      told = looked.message;
    } else {
      seen = looked;
      if (told !== looked.view.status) onState?.(looked.view);
      told = looked.view.status;
      if (isFinal(looked.view)) return looked.view;
      if (until === 'gate' && looked.view.status === 'waiting-for-approval') return looked.view;
    }
    if (Date.now() >= deadline) throw tooLong(timeoutSeconds, looked);
    // A portal that claims to hold looks and doesn't isn't asked without end, either.
    if (!(looked instanceof ClientError) && looked.held && Date.now() - began >= pauseMilliseconds.first)
      continue;
    await sleep(between, signal);
    between = Math.min(between * pauseMilliseconds.growth, pauseMilliseconds.most);
  }
}

interface Look {
  readonly view: RequestView;
  readonly etag: string | null;
  /** The portal held it until something changed, or as long as it was asked to. */
  readonly held: boolean;
}

interface Looking {
  readonly seen: Look | null;
  readonly hold: number;
  /** Milliseconds until the answer has to be there. */
  readonly within: number;
  readonly signal: Going['signal'];
}

/** The request, or a failure that passes; everything else is thrown. */
async function look(
  portal: Portal,
  id: string,
  { seen, hold, within, signal }: Looking,
): Promise<Look | ClientError> {
  const isHeld = seen !== null && seen.etag !== null && hold > 0;
  const headers: Record<string, string> = isHeld
    ? { 'if-none-match': seen.etag, prefer: `wait=${hold}` }
    : {};
  try {
    const incoming = await callOnce(
      portal,
      requestPath(id),
      {
        method: 'GET',
        headers,
        identity: 'if-there',
        accepts: [304],
        stillMilliseconds: within,
        withinMilliseconds: within,
      },
      signal,
    );
    const held = isHeld && /\bwait\b/.test(incoming.header('preference-applied') ?? '');
    if (incoming.status === 304 && seen !== null) {
      await passOver(incoming);
      return { ...seen, held };
    }
    return { view: await readAnswer(incoming, requestSchema), etag: incoming.header('etag'), held };
  } catch (error) {
    if (isPassing(error)) return error;
    throw error;
  }
}

function tooLong(seconds: number, looked: Look | ClientError): ClientError {
  const stands =
    looked instanceof ClientError
      ? looked.message
      : `the request is ${looked.view.status}: ${looked.view.summary ?? ''}`;
  return new ClientError('TIMEOUT', `after ${seconds} s ${stands}`);
}
