import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { Unavailable } from '../../ground/availability/index.ts';
import { openClamd, type Clamd } from './clamd.ts';

/** What clamd never says, or not so: the real one's sessions are in clamd.clamd.test.ts. */
let server: Server | null = null;
afterEach(() => {
  server?.close();
  server = null;
});

/** `answer`: how many files have arrived → what is said then. */
async function session(answer: (arrived: number) => string, timeoutSeconds = 60) {
  let seen = Buffer.alloc(0);
  let answered = 0;
  server = createServer((socket: Socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      for (; answered < seen.toString('latin1').split('zINSTREAM\0').length - 1;) {
        answered += 1;
        const text = answer(answered);
        if (text === 'END') socket.destroy();
        else socket.write(text);
      }
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { clamd: openClamd({ host: '127.0.0.1', port, timeoutSeconds }), sent: () => seen };
}

async function* contents(count: number): AsyncGenerator<Uint8Array> {
  for (let at = 1; at <= count; at += 1) yield await Promise.resolve(Buffer.from(`file ${at}`));
}

const scan = (clamd: Clamd, count: number) => clamd.scanEach(contents(count));

describe('a session with clamd', () => {
  it('sends each file as a command of its own, and ends', async () => {
    const { clamd, sent } = await session((arrived) => `${arrived}: stream: OK\0`);
    expect(await scan(clamd, 2)).toEqual([{ verdict: 'clean' }, { verdict: 'clean' }]);
    await expect
      .poll(() => sent().toString('latin1'))
      .toBe('zIDSESSION\0zINSTREAM\0\0\0\0\x06file 1\0\0\0\0zINSTREAM\0\0\0\0\x06file 2\0\0\0\0zEND\0');
  });

  it('takes answers by their numbers, in whatever order they come', async () => {
    const { clamd } = await session((arrived) =>
      arrived === 3 ? '3: stream: OK\x002: stream: Eicar FOUND\x001: stream: OK\0' : '',
    );
    const verdicts = await scan(clamd, 3);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['clean', 'infected', 'clean']);
  });

  it.each([
    ['has no number', 'stream: OK\0'],
    ['has the number of a file that was not sent yet', '2: stream: OK\0'],
    ['has the number 0', '0: stream: OK\0'],
    ['comes twice', '1: stream: OK\x001: stream: OK\0'],
    ['has no end', `1: ${'x'.repeat(5000)}`],
    ['is none, but the end of the connection', 'END'],
  ])('counts for nothing where an answer %s', async (_how, text) => {
    const { clamd } = await session(() => text, 1);
    await expect(scan(clamd, 1)).rejects.toThrow(/did not answer: (?:it|its) /);
  });

  it('counts for nothing where the connection ends before the last answer', async () => {
    const { clamd } = await session((arrived) => (arrived === 20 ? 'END' : `${arrived}: stream: OK\0`));
    await expect(scan(clamd, 30)).rejects.toBeInstanceOf(Unavailable);
  });

  it('has at most eight files under way', async () => {
    const { clamd, sent } = await session(() => '', 1);
    await expect(scan(clamd, 30)).rejects.toThrow(/no answer within 1 s/);
    expect(sent().toString('latin1').split('zINSTREAM').length - 1).toBe(8);
  });

  it('takes no more than a thousand files', async () => {
    const { clamd } = await session((arrived) => `${arrived}: stream: OK\0`);
    await expect(scan(clamd, 1001)).rejects.toThrow(/more than 1000 files/);
  });

  it('ends with the error of what is sent', async () => {
    const { clamd } = await session((arrived) => `${arrived}: stream: OK\0`);
    const broken = (async function* () {
      yield* contents(3);
      throw new Error('the disk says no');
    })();
    await expect(clamd.scanEach(broken)).rejects.toThrow(/the disk says no/);
  });
});
