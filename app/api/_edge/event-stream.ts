/** Server-sent events (WHATWG HTML, section 9.2): named, numbered, with a heartbeat, until their source ends or the reader leaves. */

export interface SentEvent {
  readonly id: string;
  readonly name: string;
  readonly data: unknown;
}

const retryMilliseconds = 3_000;
/** Proxies end connections on which nothing comes for a minute. */
const heartbeatMilliseconds = 15_000;

/** `done` runs once, however it ends. */
export function eventStream(
  source: (signal: AbortSignal) => AsyncIterable<SentEvent>,
  done: () => void,
): Response {
  const ends = new AbortController();
  const encoder = new TextEncoder();
  let heart: NodeJS.Timeout | null = null;
  let isDone = false;
  const finish = (): void => {
    if (isDone) return;
    isDone = true;
    ends.abort();
    if (heart !== null) clearInterval(heart);
    done();
  };
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => {
        if (!isDone) controller.enqueue(encoder.encode(text));
      };
      send(`retry: ${retryMilliseconds}\n\n`);
      heart = setInterval(() => send(': still here\n\n'), heartbeatMilliseconds);
      heart.unref();
      const run = async (): Promise<void> => {
        for await (const { id, name, data } of source(ends.signal))
          send(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
      };
      // A source that fails ends the stream: the reader comes again, and is told what is wrong.
      void run()
        .catch(() => undefined)
        .finally(() => {
          const wasDone = isDone;
          finish();
          if (!wasDone) controller.close();
        });
    },
    cancel: finish,
  });
  return new Response(body, {
    headers: {
      'content-type': 'text/event-stream',
      // Neither this server nor a proxy is to hold it back to compress it.
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  });
}
