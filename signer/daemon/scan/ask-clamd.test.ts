import { execFileSync } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { CutOff, openClamd } from './clamd.ts';

/** What clamd never says, or not so: the real one's answers are in clamd.clamd.test.ts. */
let server: Server | null = null;
afterEach(() => {
  server?.close();
  server = null;
});

async function listening(serve: (socket: Socket) => void, timeoutSeconds = 60) {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return openClamd({ host: '127.0.0.1', port, timeoutSeconds });
}

async function* chunks(...parts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const part of parts) yield await Promise.resolve(Buffer.from(part));
}

/** Reads to the end of the stream, as clamd does, and then answers. → what it was sent. */
function taking(answer: string): {
  readonly serve: (socket: Socket) => void;
  readonly sent: Promise<Buffer>;
} {
  const { promise: sent, resolve } = Promise.withResolvers<Buffer>();
  const serve = (socket: Socket): void => {
    let seen = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      if (!seen.subarray(-4).equals(Buffer.alloc(4))) return;
      resolve(seen);
      socket.end(answer);
    });
  };
  return { serve, sent };
}

describe('the stream sent to clamd', () => {
  it('contains each chunk with its length, no empty chunk, and a length of 0 at the end', async () => {
    const { serve, sent } = taking('stream: OK\0');
    const clamd = await listening(serve);
    expect(await clamd.scanStream(chunks('ab', '', 'cde', ''))).toEqual({ verdict: 'clean' });
    expect((await sent).toString('latin1')).toBe('zINSTREAM\0\0\0\0\x02ab\0\0\0\x03cde\0\0\0\0');
  });
});

describe('pieces of lent memory', () => {
  it('are with the system before the next is asked for, however slowly clamd reads', async () => {
    const pieceBytes = 1 << 20;
    const { promise: sent, resolve } = Promise.withResolvers<readonly number[]>();
    const clamd = await listening((socket) => {
      socket.pause();
      setTimeout(() => socket.resume(), 100);
      const seen: number[] = [];
      let bytes = 0;
      const whole = 'zINSTREAM\0'.length + 4 * (4 + pieceBytes) + 4;
      socket.on('data', (chunk: Buffer) => {
        for (const value of new Set(chunk)) if (value >= 0xf0) seen.push(value);
        bytes += chunk.length;
        if (bytes < whole) return;
        resolve([...new Set(seen)]);
        socket.end('stream: OK\0');
      });
    });
    const lent = Buffer.alloc(pieceBytes);
    const content = (async function* () {
      for (const value of [0xf0, 0xf1, 0xf2, 0xf3]) yield await Promise.resolve(lent.fill(value));
    })();
    expect(await clamd.scanStream(content)).toEqual({ verdict: 'clean' });
    expect(await sent).toEqual([0xf0, 0xf1, 0xf2, 0xf3]);
  });
});

describe('what is sent of a file that lies where the inspector writes', () => {
  it.each(['a link', 'a pipe', 'a folder'])('is nothing of %s', async (kind) => {
    const folder = await mkdtemp(join(tmpdir(), 'countersign-scan-'));
    try {
      const file = join(folder, 'file');
      await writeFile(join(folder, 'other'), 'secret');
      if (kind === 'a link') await symlink(join(folder, 'other'), file);
      if (kind === 'a pipe') execFileSync('mkfifo', [file]);
      const clamd = await listening((socket) => socket.resume(), 5);
      await expect(clamd.scanFile(kind === 'a folder' ? folder : file)).rejects.toThrow(/ELOOP|is no file/);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('clamd’s verdict on a file', () => {
  it.each([
    ['stream: Win.Test.EICAR_HDB-1 FOUND\0', { verdict: 'infected', viruses: ['Win.Test.EICAR_HDB-1'] }],
    ['stream: Heuristics.Limits.Exceeded.MaxFiles FOUND\0', { verdict: 'not-scanned', reason: 'limits' }],
    ['stream: Heuristics.Encrypted.Zip FOUND\0', { verdict: 'not-scanned', reason: 'encrypted' }],
    ['INSTREAM size limit exceeded. ERROR\0', { verdict: 'not-scanned', reason: 'limits' }],
    ['stream: Can’t allocate memory ERROR\0', { verdict: 'not-scanned', reason: 'other' }],
    ['stream: OKAY\0', { verdict: 'not-scanned', reason: 'other' }],
    ['other: OK\0', { verdict: 'not-scanned', reason: 'other' }],
    ['OK\0', { verdict: 'not-scanned', reason: 'other' }],
    ['\0', { verdict: 'not-scanned', reason: 'other' }],
    ['stream: x\nstream: OK\0', { verdict: 'not-scanned', reason: 'other' }],
  ])('%j is what it says and no more', async (answer, verdict) => {
    const clamd = await listening(taking(answer).serve);
    expect(await clamd.scanStream(chunks('x'))).toMatchObject(verdict);
  });

  it('isn’t accepted if it is clean before everything was sent', async () => {
    const gate = Promise.withResolvers<null>();
    const clamd = await listening((socket) => socket.once('data', () => socket.write('stream: OK\0')));
    const content = (async function* () {
      yield Buffer.from('harmless');
      await gate.promise;
      yield Buffer.from('the rest');
    })();
    expect(await clamd.scanStream(content)).toMatchObject({
      verdict: 'not-scanned',
      detail: 'clamd answered before it had everything, or incompletely',
    });
    gate.resolve(null);
  });

  it('isn’t accepted if it arrives at the moment the last chunk is read', async () => {
    const gate = Promise.withResolvers<null>();
    // The signer's own end of the connection: whoever listens to it first hears the answer first.
    const note = (message: unknown): void => {
      (message as { readonly socket: Socket }).socket.once('data', () => gate.resolve(null));
    };
    const clamd = await listening((socket) => socket.once('data', () => socket.write('stream: OK\0')));
    const content = (async function* () {
      yield Buffer.from('harmless');
      await gate.promise;
    })();
    subscribe('net.client.socket', note);
    try {
      expect(await clamd.scanStream(content)).toMatchObject({ verdict: 'not-scanned', reason: 'other' });
    } finally {
      unsubscribe('net.client.socket', note);
    }
  });

  it('isn’t accepted if it is clean and incomplete', async () => {
    const clamd = await listening(taking('stream: OK').serve);
    expect(await clamd.scanStream(chunks('x'))).toMatchObject({ verdict: 'not-scanned', reason: 'other' });
  });

  it('counts if the connection is closed right after it', async () => {
    const clamd = await listening((socket) =>
      socket.once('data', () =>
        socket.write('INSTREAM size limit exceeded. ERROR\0', () => socket.destroy()),
      ),
    );
    const endless = (async function* () {
      for (;;) yield await Promise.resolve(Buffer.alloc(65_536));
    })();
    const verdict = await clamd.scanStream(endless).catch((error: unknown) => error);
    // The system may throw away what came before a connection's reset; it is never clean.
    if (!(verdict instanceof CutOff))
      expect(verdict).toMatchObject({ verdict: 'not-scanned', reason: 'limits' });
  });

  it('is void if it never ends', async () => {
    const clamd = await listening((socket) => {
      const more = (): void => {
        while (socket.writable && socket.write('stream: OK stream: OK ')) continue;
      };
      socket.on('drain', more);
      more();
    });
    expect(await clamd.scanStream(chunks('x'))).toMatchObject({ verdict: 'not-scanned', reason: 'other' });
  });
});

describe('clamd is unavailable', () => {
  it.each<[string, (socket: Socket) => void]>([
    ['where it hangs up at once', (socket) => socket.destroy()],
    ['where it hangs up in the middle', (socket) => socket.once('data', () => socket.resetAndDestroy())],
    ['where it says nothing to its end', (socket) => socket.on('data', () => undefined).end()],
  ])('%s', async (_name, serve) => {
    const clamd = await listening(serve);
    await expect(clamd.scanStream(chunks('x'))).rejects.toMatchObject({ component: 'scanner' });
    await expect(clamd.version()).rejects.toMatchObject({ component: 'scanner' });
  });

  it('if it stops reading, and if it reads all and doesn’t answer', async () => {
    const endless = (async function* () {
      for (;;) yield await Promise.resolve(Buffer.alloc(1 << 20));
    })();
    const deaf = await listening((socket) => socket.pause(), 1);
    await expect(deaf.scanStream(endless)).rejects.toThrow(/no answer within 1 s/);
    server?.close();
    const mute = await listening((socket) => socket.on('data', () => undefined), 1);
    await expect(mute.scanStream(chunks('x'))).rejects.toThrow(/no answer within 1 s/);
  });

  it('if the file to send never arrives', async () => {
    const clamd = await listening((socket) => socket.on('data', () => undefined), 1);
    const never = (async function* () {
      yield Buffer.from('x');
      await new Promise(() => undefined);
    })();
    await expect(clamd.scanStream(never)).rejects.toThrow(/no answer within 1 s/);
  });

  it('and a file that can’t be read completely isn’t clean', async () => {
    const clamd = await listening(taking('stream: OK\0').serve);
    const broken = (async function* () {
      yield await Promise.resolve(Buffer.from('x'));
      throw new Error('the disk says no');
    })();
    await expect(clamd.scanStream(broken)).rejects.toThrow(/the disk says no/);
  });
});
