import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventStream, type SentEvent } from './event-stream.ts';

describe('a stream of events', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const events = async function* (): AsyncGenerator<SentEvent> {
    yield { id: 'a', name: 'status', data: { text: 'two\nlines' } };
    yield { id: 'b', name: 'status', data: 2 };
  };

  it('names and numbers them, and ends with its source', async () => {
    const done = vi.fn();
    const answer = eventStream(events, done);
    expect(await answer.text()).toBe(
      'retry: 3000\n\nid: a\nevent: status\ndata: {"text":"two\\nlines"}\n\nid: b\nevent: status\ndata: 2\n\n',
    );
    expect(done).toHaveBeenCalledOnce();
  });

  it('says that it is there while nothing happens, and gives its place back as the reader leaves', async () => {
    const done = vi.fn();
    let left = false;
    const waiting = async function* (signal: AbortSignal): AsyncGenerator<SentEvent> {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      left = true;
    };
    const reader = eventStream(waiting, done).body?.getReader();
    await reader?.read();
    vi.advanceTimersByTime(15_000);
    const { value } = (await reader?.read()) ?? {};
    expect(new TextDecoder().decode(value)).toBe(': still here\n\n');
    await reader?.cancel();
    await vi.advanceTimersByTimeAsync(1);
    expect(left).toBe(true);
    expect(done).toHaveBeenCalledOnce();
  });

  it('ends where its source fails', async () => {
    const done = vi.fn();
    const failing = async function* (): AsyncGenerator<SentEvent> {
      yield { id: 'a', name: 'status', data: 1 };
      throw new Error('the database is away');
    };
    expect(await eventStream(failing, done).text()).toMatch(/data: 1\n\n$/);
    expect(done).toHaveBeenCalledOnce();
  });
});
