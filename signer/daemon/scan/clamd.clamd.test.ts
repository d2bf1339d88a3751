import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testClamd, testFolder } from '../../../dev/test/index.ts';
import { eicar } from '../../../dev/stack/index.ts';
import { Unavailable } from '../../ground/availability/index.ts';
import { openClamd, parseVersion } from './clamd.ts';

describe('clamd as it answers', () => {
  let work: Awaited<ReturnType<typeof testFolder>>;
  beforeAll(async () => {
    work = await testFolder('scan');
  });
  afterAll(() => work.release());

  const scanner = () => openClamd({ ...testClamd(), timeoutSeconds: 30 });
  const file = async (name: string, content: string | Uint8Array): Promise<string> => {
    const path = join(work.folder, name);
    await writeFile(path, content);
    return path;
  };

  it('finds what is known and names it', async () => {
    const verdict = await scanner().scanFile(await file('eicar', eicar));
    expect(verdict).toMatchObject({ verdict: 'infected', viruses: [expect.stringMatching(/Eicar/)] });
  });

  it('finds what is at the very end of a file larger than any buffer on the way', async () => {
    // The test signature is anchored at offset 0, so the EICAR file goes in as a whole inside a tar member.
    const { default: tar } = await import('tar-stream');
    const pack = tar.pack();
    pack.entry({ name: 'big', size: 40 * 1024 * 1024 }, Buffer.alloc(40 * 1024 * 1024, 0x61));
    pack.entry({ name: 'last' }, eicar);
    pack.finalize();
    const path = join(work.folder, 'late.tar');
    const output = createWriteStream(path);
    pack.pipe(output);
    await once(output, 'finish');
    expect(await scanner().scanFile(path)).toMatchObject({ verdict: 'infected' });
  });

  it('scans a piece of a file by itself, and says of one that ends beyond it nothing', async () => {
    const before = 'harmless ';
    const path = await file('small', `${before}${eicar} and more`);
    const piece = (start: number, sizeBytes: number) => scanner().scanFile(`${path}@${start}+${sizeBytes}`);
    expect(await piece(before.length, eicar.length)).toMatchObject({ verdict: 'infected' });
    expect(await piece(0, before.length)).toEqual({ verdict: 'clean' });
    await expect(piece(before.length, 1000)).rejects.toThrow(Unavailable);
  });

  it('calls a harmless and an empty file clean', async () => {
    expect(await scanner().scanFile(await file('harmless', 'hello'))).toEqual({ verdict: 'clean' });
    expect(await scanner().scanFile(await file('empty', ''))).toEqual({ verdict: 'clean' });
  });

  it('answers many scans at once, each with its own verdict', async () => {
    const paths = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        file(`many-${index}`, index % 3 === 0 ? eicar : `harmless ${index}`),
      ),
    );
    const verdicts = await Promise.all(paths.map((path) => scanner().scanFile(path)));
    expect(verdicts.map((verdict) => verdict.verdict)).toEqual(
      paths.map((_, index) => (index % 3 === 0 ? 'infected' : 'clean')),
    );
  });

  it('answers hundreds of small files over one connection, each with its own verdict', async () => {
    const contents = Array.from({ length: 300 }, (_none, at) => (at % 7 === 3 ? eicar : `harmless ${at}`));
    contents[5] = '';
    const pieces = contents.map((content, at) => {
      const start = contents.slice(0, at).join('').length;
      return `small@${start}+${content.length}`;
    });
    await file('small', contents.join(''));
    const own = await file('own', eicar);
    const verdicts = await scanner().scanFiles([
      ...pieces.map((piece) => join(work.folder, piece)),
      own,
      join(work.folder, pieces[3] ?? ''),
    ]);
    expect(verdicts.map(({ verdict }) => verdict)).toEqual([
      ...contents.map((content) => (content === eicar ? 'infected' : 'clean')),
      'infected',
      'infected',
    ]);
  });

  it('sends nothing that is too large for a session, and says so', async () => {
    const tooMany = (async function* () {
      yield await Promise.resolve(Buffer.alloc(64 * 1024 + 1));
    })();
    await expect(scanner().scanEach(tooMany)).rejects.toThrow(/65537 bytes in a session/);
  });

  it('reports the engine’s version, and that there is no database', async () => {
    expect(parseVersion(await scanner().version())).toMatchObject({
      engine: expect.stringMatching(/^\d+\.\d+/) as string,
      builtAt: null,
    });
  });

  it('is unavailable if nothing listens', async () => {
    const down = openClamd({ host: '127.0.0.1', port: 1, timeoutSeconds: 5 });
    await expect(down.scanFile(await file('unread', 'x'))).rejects.toBeInstanceOf(Unavailable);
    await expect(down.version()).rejects.toBeInstanceOf(Unavailable);
  });

  it('is unavailable if another program answers, or nothing is answered', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    const odd = openClamd({ host: '127.0.0.1', port, timeoutSeconds: 5 });
    const answer = await odd.scanFile(await file('odd', 'x')).catch((error: unknown) => error);
    // Whatever the other side says, it is never "clean".
    expect(answer instanceof Unavailable || (answer as { verdict: string }).verdict === 'not-scanned').toBe(
      true,
    );
    server.close();

    const silent = createServer((socket) => socket.on('error', () => undefined));
    silent.listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const mute = openClamd({
      host: '127.0.0.1',
      port: (silent.address() as { port: number }).port,
      timeoutSeconds: 1,
    });
    await expect(mute.scanFile(await file('mute', 'x'))).rejects.toBeInstanceOf(Unavailable);
    silent.close();
  });
});

describe('clamd’s version', () => {
  it('contains engine, database number and its date', () => {
    expect(parseVersion('ClamAV 1.4.6/27500/Mon Nov  2 09:26:36 2026\n')).toEqual({
      engine: '1.4.6',
      version: 27500,
      builtAt: new Date('2026-11-02T09:26:36Z'),
    });
  });

  it('refuses any other text', () => {
    for (const text of ['', 'HTTP/1.1 200 OK', 'ClamAV'])
      expect(() => parseVersion(text)).toThrow(Unavailable);
  });
});
