/** The command against the portal's own routes, over a line that can be cut. What the signer would write is written here. */
import { randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { releaseOf, servePortal, stateOf, type ServedPortal } from '../action/portal.fixture.ts';
import { startTokenService, type TokenService } from '../dev/github/index.ts';
import { testFolder } from '../dev/test/index.ts';
import { describeFailure } from './describe-failure.ts';
import { portalCommand } from './portal-command.ts';

const policy = ['--project', 'esbuild-demo', '--policy', 'test-signing'];
let service: TokenService;
let on: ServedPortal;
let folder: Awaited<ReturnType<typeof testFolder>>;
let line: Line;
let file = '';
let bytes: Buffer;
beforeAll(async () => {
  service = await startTokenService();
  on = await servePortal(service.keysUrl);
  folder = await testFolder('command');
  line = await openLine(new URL(on.url));
});
afterAll(async () => {
  line.close();
  await on.close();
  await service.stop();
  await folder.release();
});
beforeEach(async () => {
  bytes = randomBytes(9000);
  file = join(folder.folder, 'app.tgz');
  await writeFile(file, bytes);
});

interface Line {
  readonly url: string;
  /** Cuts the next connection that sends, or is sent, a piece of more than `bytes`, behind that byte. */
  readonly cut: { sent: number | null; received: number | null };
  readonly close: () => void;
}

async function openLine(portal: URL): Promise<Line> {
  const cut: Line['cut'] = { sent: null, received: null };
  const server: Server = createServer((near) => {
    const far = connect(Number(portal.port), portal.hostname);
    const pass = (from: typeof near, to: typeof near, name: keyof Line['cut']): void => {
      from.on('data', (chunk: Buffer) => {
        const at = cut[name];
        if (at === null || chunk.length <= at) {
          to.write(chunk);
          return;
        }
        cut[name] = null;
        to.end(chunk.subarray(0, at), () => from.destroy());
      });
      from.on('close', () => to.destroy());
      from.on('error', () => to.destroy());
    };
    pass(near, far, 'sent');
    pass(far, near, 'received');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, cut, close: () => void server.close() };
}

async function run(...args: readonly string[]) {
  let out = '';
  let err = '';
  const io = {
    say: (text: string) => void (out += `${text}\n`),
    note: (text: string) => void (err += `${text}\n`),
    screen: { write: (text: string) => void (err += text), isTerminal: false },
  };
  try {
    return { status: await portalCommand([...args, '--url', line.url, '--token', on.token], io), out, err };
  } catch (error) {
    const { text, status } = describeFailure(error);
    return { status, out, err: `${err}${text}\n` };
  }
}

interface Told {
  readonly id: string;
  readonly status: string;
  readonly file: string | null;
}
const submitted = async (): Promise<string> => {
  const { out, err } = await run('submit', file, ...policy, '--json');
  return out === '' ? err : (JSON.parse(out) as Told).id;
};

describe('over a line that is cut', () => {
  it('a file arrives whole, and what was released as well', async () => {
    line.cut.sent = 4000;
    const first = await run('submit', file, ...policy, '--json');
    expect(first.err).toContain('Trying again in');
    expect(first.status).toBe(0);
    const { id } = JSON.parse(first.out) as Told;
    const signed = randomBytes(20_000);
    await releaseOf(on, id, signed);
    line.cut.received = 5000;
    const output = join(folder.folder, 'signed');
    const { status, out, err } = await run('wait', id, '--output', output);
    expect(err).toContain('Trying again in');
    expect(out).toContain(`written to ${join(output, 'widget.tgz')}`);
    expect(status).toBe(0);
    expect(await readFile(join(output, 'widget.tgz'))).toEqual(signed);
    expect(await readdir(output)).toEqual(['widget.tgz']);
  });
});

describe('a request', () => {
  it('is waited for by a look that the portal holds', async () => {
    const id = await submitted();
    setTimeout(() => void stateOf(on, id, 'waiting-for-approval', 'Two people are asked.'), 1000);
    const { status, out } = await run('wait', id, '--until', 'gate', '--timeout', '60');
    expect(out).toContain('Two people are asked.');
    expect(status).toBe(0);
  });

  it('submitted again attaches; submitted once more after a refusal, it is another', async () => {
    const id = await submitted();
    expect(await submitted()).toBe(id);
    await stateOf(on, id, 'denied', 'Refused.');
    const again = await run('resubmit', id, '--json');
    expect([again.status, (JSON.parse(again.out) as Told).id === id]).toEqual([0, false]);
    const other = await run('resubmit', id, '--configuration', 'no-such');
    expect(other.err).toContain('CONFIGURATION_OF_POLICY');
  });

  it('is cancelled, and not once it has ended', async () => {
    const id = await submitted();
    expect(await run('cancel', id, '--reason', 'Built from the wrong tag.')).toMatchObject({
      status: 0,
      err: expect.stringContaining('The signer is asked to end it') as string,
    });
    await writeFile(file, randomBytes(9000));
    const ended = await submitted();
    await stateOf(on, ended, 'completed', 'Signed.');
    expect(await run('cancel', ended, '--reason', 'Late.')).toMatchObject({
      status: 1,
      err: expect.stringContaining('REQUEST_ENDED') as string,
    });
  });

  it('is listed by project, status and age', async () => {
    const id = await submitted();
    const list = (...more: readonly string[]) => run('list', '--project', 'esbuild-demo', '--json', ...more);
    const idsOf = ({ out }: { readonly out: string }) =>
      (JSON.parse(out) as { readonly requests: readonly Told[] }).requests.map((request) => request.id);
    expect(idsOf(await list('--status', 'received', '--since', '2026-01-01'))).toContain(id);
    expect(idsOf(await list('--since', '2100-01-01'))).toEqual([]);
    expect((await list('--status', 'lost')).status).toBe(1);
  });
});

it('a superseding submission needs a build’s identity token', async () => {
  expect((await run('submit', file, ...policy, '--supersede')).err).toContain('SOURCE_REF_UNKNOWN');
});
