import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareStackPaths, removeServiceFolder, startClamd } from '../../../dev/stack/index.ts';
import { testClamd, testFolder } from '../../../dev/test/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { openClamd, type Clamd } from './clamd.ts';
import { openScanner } from './proven-scanner.ts';

const mebibyte = 1024 ** 2;
const config = { timeoutSeconds: 60, streamSizeBytesMax: 12 * mebibyte };

let work: Awaited<ReturnType<typeof testFolder>>;
beforeAll(async () => {
  work = await testFolder('proof');
});
afterAll(() => work.release());

/** A clamd of the test's own, with lines of clamd.conf instead of the stack's. */
async function withClamd<T>(
  settings: Readonly<Record<string, string>>,
  use: (address: { host: string; port: number }) => Promise<T>,
): Promise<T> {
  const paths = prepareStackPaths(join(work.folder, `clamd-${Object.keys(settings).join('-')}`));
  const clamd = await startClamd(paths, { signatures: 'test', settings });
  try {
    return await use(clamd);
  } finally {
    await clamd.stop();
    removeServiceFolder(paths.clamav);
  }
}

const messageOf = (error: unknown): string =>
  error instanceof Unavailable ? `${error.message} | ${error.fix}` : `no Unavailable: ${String(error)}`;

describe('a scanner is tested', () => {
  it('finds every canary with the settings of the guide, and is used', async () => {
    const scanner = openScanner({ ...testClamd(), ...config });
    const proof = await scanner.prove();
    expect(proof).toMatchObject({ streamSizeBytesMax: 12 * mebibyte, canaries: 9 });
    expect(await scanner.status()).toMatchObject({ state: 'proven' });
    const file = join(work.folder, 'harmless');
    await writeFile(file, 'hello');
    expect(await scanner.scan(file)).toEqual({ verdict: 'clean' });
  });

  it('stays tested where a scan was stopped on this side', async () => {
    const scanner = openScanner({ ...testClamd(), ...config });
    await scanner.prove();
    const file = join(work.folder, 'stopped');
    await writeFile(file, Buffer.alloc(2 * mebibyte));
    await expect(scanner.scan(file, AbortSignal.abort())).rejects.toThrow(Unavailable);
    expect(await scanner.scan(file)).toEqual({ verdict: 'clean' });
  });

  it('stays tested where a file is not as it was inspected, which is no fault of clamd’s', async () => {
    const scanner = openScanner({ ...testClamd(), ...config });
    await scanner.prove();
    const file = join(work.folder, 'small');
    await writeFile(file, 'small');
    for (const scan of [() => scanner.scan(`${file}@1+9`), () => scanner.scanEach([`${file}@1+9`])])
      await expect(scan()).rejects.toMatchObject({ component: 'inspector' });
    expect(await scanner.scan(file)).toEqual({ verdict: 'clean' });
  });

  it.each([
    ['MaxFileSize', '10M', 'at the end of 12582912 bytes', 'StreamMaxLength'],
    ['StreamMaxLength', '10M', 'at the end of 12582912 bytes', 'scanner.streamSizeBytesMax'],
    ['MaxScanSize', '12M', 'at the end of 12582912 bytes', 'MaxScanSize'],
    ['AlertExceedsMax', 'no', 'layers of gzip', 'AlertExceedsMax yes'],
    ['MaxRecursion', '4', 'archives in archives', 'MaxRecursion'],
    ['ScanArchive', 'no', 'archives in archives', 'ScanArchive yes'],
    ['ScanPDF', 'no', 'in a PDF', 'ScanPDF yes'],
    ['ScanMail', 'no', 'in a mail', 'ScanMail yes'],
  ])(
    'is not used with %s %s, and says which canary it missed and what to set',
    async (name, value, canary, fix) => {
      await withClamd({ [name]: value }, async (address) => {
        const scanner = openScanner({ ...address, ...config });
        const message = await scanner.prove().then(() => 'proven', messageOf);
        expect(message).toContain('is not used');
        expect(message).toContain(canary);
        expect(message).toContain(fix);
        expect(await scanner.status()).toMatchObject({
          state: 'failed',
          detail: message.replace(' | ', '; '),
        });
        const file = join(work.folder, 'unread');
        await writeFile(file, 'hello');
        await expect(scanner.scan(file)).rejects.toBeInstanceOf(Unavailable);
      });
    },
  );

  it('is not used if it truncates the largest canary silently, and the error says what to set', async () => {
    const real = testClamd();
    const server = createServer((socket) => {
      const onward = connect(real.port, real.host);
      let sizeBytes = 0;
      for (const one of [socket, onward]) one.on('error', () => undefined);
      socket.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes < 10 * mebibyte) return;
        socket.resetAndDestroy();
        onward.destroy();
      });
      socket.pipe(onward).pipe(socket);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const scanner = openScanner({ host: '127.0.0.1', port, ...config });
      const message = await scanner.prove().then(() => 'proven', messageOf);
      expect(message).toContain('is not used');
      expect(message).toContain('StreamMaxLength');
    } finally {
      server.close();
    }
  });

  it.each([
    ['OK', 'EICAR by itself'],
    ['Everything.Eicar FOUND', 'a harmless file'],
    ['Heuristics.Limits.Exceeded.MaxFileSize FOUND', 'a harmless file'],
  ])('is not used if something answers %s to everything', async (answer, canary) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      let tail = Buffer.alloc(0);
      socket.on('data', (chunk: Buffer) => {
        tail = Buffer.concat([tail, chunk]).subarray(-64);
        if (tail.includes('VERSION')) socket.end('ClamAV 1.4.6\n');
        else if (tail.subarray(-4).equals(Buffer.alloc(4))) socket.end(`stream: ${answer}\0`);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    try {
      const scanner = openScanner({ host: '127.0.0.1', port, ...config, timeoutSeconds: 5 });
      expect(await scanner.prove().catch(messageOf)).toContain(`canary “${canary}”`);
    } finally {
      server.close();
    }
  });
});

describe('a proof', () => {
  /** The real clamd, with a VERSION and a clock that the test sets, counting what is tried. */
  function watched() {
    const real = openClamd({ ...testClamd(), timeoutSeconds: 60 });
    const state = {
      version: 'ClamAV 1.4.6/1/Mon Nov  2 09:26:36 2026',
      now: new Date(),
      tried: 0,
      down: false,
      inSession: (contents: AsyncIterable<Uint8Array>) => contents,
    };
    const clamd: Clamd = {
      version: () =>
        state.down
          ? Promise.reject(new Unavailable('scanner', 'down', 'start it'))
          : Promise.resolve(state.version),
      scanFile: (file) =>
        state.down ? Promise.reject(new Unavailable('scanner', 'down', 'start it')) : real.scanFile(file),
      scanFiles: (files) => real.scanFiles(files),
      scanEach: (contents) => real.scanEach(state.inSession(contents)),
      scanStream(content) {
        state.tried += 1;
        return real.scanStream(content);
      },
    };
    const small = { ...testClamd(), timeoutSeconds: 60, streamSizeBytesMax: mebibyte };
    return { state, scanner: openScanner(small, () => state.now, clamd) };
  }

  it('is none where clamd answers one file of a session with the verdict on another', async () => {
    const { state, scanner } = watched();
    state.inSession = async function* (contents) {
      const all: Uint8Array[] = [];
      for await (const content of contents) all.push(content);
      yield* all.toReversed();
    };
    await expect(scanner.prove()).rejects.toThrow(/in a session/);
  });

  it('is valid for the same version for a day, and shared by concurrent callers', async () => {
    const { state, scanner } = watched();
    await Promise.all([scanner.prove(), scanner.prove(), scanner.prove()]);
    await scanner.prove();
    expect(state.tried).toBe(9);
    state.now = new Date(state.now.getTime() + 23 * 3_600_000);
    await scanner.prove();
    expect(state.tried).toBe(9);
    state.now = new Date(state.now.getTime() + 3_600_000);
    await scanner.prove();
    expect(state.tried).toBe(18);
  });

  it('expires with the engine or database that it was made for', async () => {
    const { state, scanner } = watched();
    await scanner.prove();
    state.version = 'ClamAV 1.4.6/2/Tue Nov  3 09:26:36 2026';
    expect(await scanner.status()).toMatchObject({ state: 'proving' });
    expect(await scanner.prove()).toMatchObject({ version: 2 });
    expect(state.tried).toBe(18);
  });

  it('expires if the scanner was unavailable: it may come back as another', async () => {
    const { state, scanner } = watched();
    await scanner.prove();
    const file = join(work.folder, 'away');
    await writeFile(file, 'hello');
    state.down = true;
    await expect(scanner.scan(file)).rejects.toThrow('down');
    state.down = false;
    await expect(scanner.scan(file)).rejects.toThrow('not been tested');
    await scanner.prove();
    expect(state.tried).toBe(18);
    expect(await scanner.scan(file)).toEqual({ verdict: 'clean' });
  });
});
