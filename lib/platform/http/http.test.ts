import { describe, expect, it } from 'vitest';
import { isError } from '#core/error/index.ts';
import { CodeHostError } from '../code-host/index.ts';
import {
  currentRequest,
  ExplainedError,
  FieldReader,
  isExplained,
  isOutage,
  newWork,
  withRequest,
} from './index.ts';

class RoomError extends ExplainedError<'INVALID'> {
  static override readonly errorName = 'RoomError';
  constructor() {
    super({ code: 'INVALID', message: 'It is so.', fix: 'Do this.' });
  }
}

describe('an error', () => {
  it('is recognised even if another copy of its class made it, as bundlers make them', async () => {
    const again = '?another-copy';
    const other = (await import(/* @vite-ignore */ `./explained-error.ts${again}`)) as {
      ExplainedError: typeof ExplainedError;
    };
    expect(other.ExplainedError).not.toBe(ExplainedError);
    class ElsewhereError extends other.ExplainedError {
      static override readonly errorName = 'RoomError';
    }
    const error = new ElsewhereError({ code: 'INVALID', message: 'm', fix: 'f' });
    expect(error instanceof ExplainedError).toBe(false);
    expect([isExplained(error), isError(error, RoomError), isError(error, CodeHostError)]).toEqual([
      ...[true, true, false],
    ]);
  });

  it.each([new Error('x'), { code: 'A', fix: 'f', message: 'm' }, null, 'RoomError'])(
    'without an explanation isn’t shown: %j',
    (error) => {
      expect([isExplained(error), isError(error, RoomError)]).toEqual([false, false]);
    },
  );
});

describe('an outage', () => {
  const withCode = (code: string): Error => Object.assign(new Error('x'), { code });
  it.each([
    ['a connection refused', withCode('ECONNREFUSED'), true],
    ['one further down', new Error('a', { cause: new Error('b', { cause: withCode('57P01') }) }), true],
    ['the adapter’s word', new Error('a', { cause: { kind: 'DatabaseNotReachable' } }), true],
    ['a pool that gave up', new Error('timeout exceeded when trying to connect'), true],
    ['a code host that is down', new CodeHostError('UNAVAILABLE', 'x'), true],
    ['a code host that has no such repository', new CodeHostError('NOT_FOUND', 'x'), false],
    ['a constraint', withCode('P2002'), false],
    ['a bug', new TypeError('x is not a function'), false],
  ])('is distinguished from a fault: %s', (_, error, expected) => {
    expect(isOutage(error)).toBe(expected);
  });

  it('is searched for only a few causes deep', () => {
    const loop: Error & { cause?: unknown } = new Error('x');
    loop.cause = loop;
    expect(isOutage(loop)).toBe(false);
  });
});

describe('a form’s fields', () => {
  it('are read with all their mistakes, each reported once', () => {
    const reader = new FieldReader();
    const rules = { label: 'Name', charactersMax: 3 };
    expect(reader.text('name', ' ab ', rules)).toBe('ab');
    expect(reader.text('other', 'abcd', { ...rules, label: 'Other' })).toBe('');
    reader.refuse('other', 'AGAIN', 'Not said.');
    expect(reader.choice('kind', 'b', ['a', 'b'], 'Choose.')).toBe('b');
    expect(reader.choice('kind', '', ['a', 'b'], 'Choose.')).toBeNull();
    expect(reader.problems).toEqual([
      { field: 'other', code: 'TOO_LONG', message: 'Other: 4 characters; at most 3.' },
      { field: 'kind', code: 'MISSING', message: 'Choose.' },
    ]);
  });
});

describe('the request at work', () => {
  it('is available to the code that handles it, and to nothing else', async () => {
    const request = { id: 'a', outcome: null, outage: false, action: 'none' as const, work: newWork() };
    const seen = await withRequest(request, async () => {
      await Promise.resolve();
      return currentRequest();
    });
    expect(seen).toBe(request);
    expect(currentRequest()).toBeNull();
  });
});
