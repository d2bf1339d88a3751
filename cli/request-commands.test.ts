import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakePortal, problem } from './client/portal.fixture.ts';
import { describeFailure } from './describe-failure.ts';
import { portalCommand } from './portal-command.ts';
import { showTransfer } from './progress.ts';
import { describeRequest } from './show.ts';

const id = '0190b0f0-0000-7000-8000-000000000001';
const bytes = randomBytes(5000);
let portal: FakePortal;
let folder = '';
let file = '';

beforeEach(async () => {
  portal = await FakePortal.start();
  folder = await mkdtemp(path.join(os.tmpdir(), 'commands-'));
  file = path.join(folder, 'app.zip');
  await writeFile(file, bytes);
});
afterEach(async () => {
  portal.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The command as main.ts calls it. */
async function run(...args: readonly string[]) {
  let out = '';
  let err = '';
  const io = {
    say: (line: string) => void (out += `${line}\n`),
    note: (line: string) => void (err += `${line}\n`),
    screen: { write: (text: string) => void (err += text), isTerminal: false },
  };
  try {
    const own = ['--url', portal.url, '--token', 'csn_x', '--retry-for', '0'];
    return { status: await portalCommand([...args, ...own], io), out, err };
  } catch (error) {
    const { text, status } = describeFailure(error);
    return { status, out, err: `${err}${text}\n` };
  }
}

const submission = (...more: readonly string[]) =>
  run('submit', file, '--project', 'a', '--policy', 'b', ...more);
const only = () => [...portal.requests.values()][0];
/** When the request is looked at first, this happens to it. */
const then = (act: (request: string) => void): void => {
  portal.onLook = ({ id: seen }) => {
    portal.onLook = () => undefined;
    act(seen);
  };
};

describe('submit', () => {
  it('names where the attestation is kept in place of sending it, with a token of its own variable alone', async () => {
    const from = ['--bundle-from', 'github', '--bundle-run', '4711'];
    const asked = async (environment: Readonly<Record<string, string>>): Promise<unknown> => {
      for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
      await submission(...from, '--idempotency-key', Object.keys(environment).join());
      vi.unstubAllEnvs();
      return [...portal.requests.values()].at(-1)?.submission;
    };
    const named = { host: 'github', runId: '4711' };
    expect(await asked({ GITHUB_TOKEN: 'of-the-job', GH_TOKEN: 'of-the-desk' })).toMatchObject({
      bundleFrom: named,
    });
    expect(JSON.stringify([...portal.requests.values()])).not.toMatch(/of-the-(?:job|desk)/);
    expect(await asked({ COUNTERSIGN_BUNDLE_TOKEN: 'lent' })).toMatchObject({
      bundleFrom: { ...named, token: 'lent' },
    });
  });

  it('sends all that was said, and tells the request', async () => {
    await writeFile(path.join(folder, 'bundle.json'), '{"a":1}');
    const more = ['--bundle', path.join(folder, 'bundle.json'), '--supersede', '--configuration', 'c'];
    const { status, out, err } = await submission(...more, '--param', 'version=1.2', '--parameter', 'os=win');
    const asked = only();
    expect(asked?.submission).toMatchObject({
      project: 'a',
      policy: 'b',
      artifact: { name: 'app.zip' },
      bundle: { a: 1 },
      parameters: { version: '1.2', os: 'win' },
      supersedes: true,
      configuration: 'c',
    });
    expect(out).toContain(`${asked?.id ?? ''}  received\n${portal.url}/requests/`);
    expect(err).toContain('submitted');
    expect(status).toBe(0);
    expect((await submission(...more, '--param', 'version=1.2', '--parameter', 'os=win')).err).toContain(
      'there already',
    );
    expect(portal.requests.size).toBe(1);
  });

  it('waits, fetches what was released, and has one document for programs', async () => {
    then((request) => portal.release(request, bytes));
    const output = path.join(folder, 'signed');
    const { status, out } = await submission('--wait', '--output', output, '--json');
    const told = JSON.parse(out) as { readonly file: string };
    expect(told).toEqual({
      version: 1,
      id: only()?.id,
      url: `${portal.url}/requests/${only()?.id ?? ''}`,
      status: 'completed',
      outcome: null,
      summary: null,
      artifact: 'release.zip',
      reasons: [],
      reasonCount: 0,
      release: { name: 'signed.zip', sha256: expect.any(String) as string, sizeBytes: 5000 },
      file: path.join(output, 'signed.zip'),
    });
    expect(await readFile(told.file)).toEqual(bytes);
    expect(status).toBe(0);
  });

  it.each(['denied', 'failed'])('that ends %s exits with 1 and fetches nothing', async (end) => {
    then((request) => portal.set(request, end));
    const { status, out } = await submission('--wait', '--output', path.join(folder, 'signed'));
    expect(out).toContain(`  ${end}\n`);
    expect(status).toBe(1);
  });

  it('says in the document what a portal refused, by code, fix and exit status', async () => {
    portal.before = (_, response) => {
      problem(response, 403, 'BUILD_NOT_ALLOWED', {
        findings: [
          {
            rule: 'origin.ref',
            outcome: 'fail',
            message: 'Built from a branch.',
            expected: 'refs/tags/v*',
            found: 'refs/heads/main',
            fix: 'Tag the commit.',
            policy: { file: 'projects/a/policies/b.yaml', line: 9, column: 5 },
            path: [],
          },
        ],
      });
      return true;
    };
    const { status, out, err } = await submission('--json');
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      error: {
        code: 'REFUSED',
        exitStatus: 1,
        problem: {
          status: 403,
          code: 'BUILD_NOT_ALLOWED',
          fix: 'Do this.',
          findings: [{ rule: 'origin.ref', policy: { line: 9 }, fix: 'Tag the commit.' }],
        },
      },
    });
    expect(err).toMatch(
      /403 BUILD_NOT_ALLOWED[^]*- Built from a branch\. \[origin\.ref\][^]*b\.yaml:9:5[^]*Tag the commit/,
    );
    expect(status).toBe(1);
  });

  it('takes one file, and --output with --wait alone', async () => {
    expect((await run('submit', '--project', 'a', '--policy', 'b')).err).toContain('FILE is missing');
    expect((await submission('--artifact', 'other.zip')).err).toContain('takes one file');
    expect((await submission('--output', 'x')).err).toContain('--output goes with --wait');
  });
});

describe('the exit status', () => {
  it('is what docs/guides/command.md says', async () => {
    const guide = await readFile(
      path.join(import.meta.dirname, '..', 'docs', 'guides', 'command.md'),
      'utf8',
    );
    const told = [...guide.matchAll(/^\| (\d+) +\| /gm)].map(([, number]) => Number(number));
    expect(told).toEqual([0, 1, 2, 3, 4, 5, 70, 130, 141]);
    portal.set(id, 'signing');
    const answers = (status: number) => {
      portal.before = (_, response) => {
        problem(response, status, 'SOME_CODE');
        return true;
      };
    };
    expect((await run('status', id)).status).toBe(0);
    expect((await run('wait', id, '--timeout', '1')).status).toBe(3);
    expect((await run('status', 'nonsense')).status).toBe(2);
    expect((await run('status', id.replace('1', '2'))).status).toBe(1);
    answers(401);
    expect((await run('status', id)).status).toBe(5);
    answers(503);
    expect((await run('status', id)).status).toBe(4);
  });
});

describe('a request', () => {
  it('is waited for up to the gate, or to its end', async () => {
    portal.set(id, 'waiting-for-approval');
    expect(await run('wait', id, '--until', 'gate')).toMatchObject({ status: 0 });
    then(() => portal.release(id, bytes));
    const { status, out } = await run('wait', id, '--output', folder);
    expect(out).toContain(`written to ${path.join(folder, 'signed.zip')}`);
    expect(status).toBe(0);
    expect((await run('wait', id, '--until', 'never')).err).toContain('--until is gate or done, not never');
  });

  it('is cancelled with a reason, and not too late', async () => {
    portal.set(id, 'waiting-for-approval');
    expect((await run('cancel', id)).err).toContain('--reason is missing');
    expect(await run('cancel', id, '--reason', 'old')).toMatchObject({
      status: 0,
      out: expect.stringContaining(`${id}  cancelled`) as string,
    });
    expect(JSON.parse((await run('status', id, '--json')).out)).toMatchObject({
      status: 'denied',
      outcome: 'cancelled',
    });
    portal.set(id, 'completed');
    expect(await run('cancel', id, '--reason', 'old')).toMatchObject({
      status: 1,
      err: expect.stringContaining('TOO_LATE') as string,
    });
  });

  it('is submitted once more under another policy', async () => {
    portal.set(id, 'denied');
    const { out, status } = await run(
      'resubmit',
      id,
      '--policy',
      'test-signing',
      '--configuration',
      'c',
      '--param',
      'a=b',
    );
    expect(out).toContain('received');
    expect(status).toBe(0);
    expect([...portal.requests.values()][1]?.submission).toEqual({
      policy: 'test-signing',
      configuration: 'c',
      parameters: { a: 'b' },
    });
  });

  it('is listed in lines and for programs', async () => {
    portal.set(id, 'denied');
    const { out } = await run('list', '--project', 'a', '--since', '2026-11-30');
    expect(out).toBe(`${id}  denied                  a/b\n`);
    expect(portal.asked[0]?.[1]).toBe(
      '/api/v1/requests?limit=25&project=a&since=2026-11-30T00%3A00%3A00.000Z',
    );
    expect(JSON.parse((await run('list', '--json')).out)).toEqual({
      version: 1,
      requests: [
        { id, status: 'denied', outcome: null, project: 'a', policy: 'b', artifact: null, createdAt: null },
      ],
      more: false,
    });
    expect((await run('list', '--since', 'yesterday')).err).toContain('--since is a date');
  });

  it('can’t be cancelled by a portal that is older', async () => {
    portal.before = (_, response) => {
      problem(response, 404, 'NOT_FOUND');
      return true;
    };
    expect((await run('cancel', id, '--reason', 'x')).err).toContain('The portal is older than this command');
  });
});

describe('progress', () => {
  const total = 100 * 1024 * 1024;
  const shown = (isTerminal: boolean): string => {
    let text = '';
    let now = 0;
    const transfer = showTransfer({ write: (more) => void (text += more), isTerminal }, 'app.zip', () => now);
    for (let step = 0; step <= 20; step += 1) {
      transfer.onProgress({ phase: 'upload', bytes: (total / 20) * step, total });
      now += 1000;
    }
    transfer.end();
    return text;
  };

  it('is a bar on a terminal, which is cleared', () => {
    const text = shown(true);
    expect(text).toContain('Uploading   ████████████░░░░░░░░░░░░  50 %  50 of 100 MiB, 5.0 MiB/s, 10 s left');
    expect(text.endsWith('\r\u001b[2K')).toBe(true);
  });

  it('is a line now and then in a log, without anything that a terminal obeys', () => {
    expect(shown(false)).toBe(
      'Uploading app.zip: 50 %, 50 of 100 MiB, 5.0 MiB/s, 10 s left\nUploading app.zip: 100 %, 100 of 100 MiB, 5.0 MiB/s, 0 s left\n',
    );
  });
});

describe('what a request looks like in a terminal', () => {
  it('says which of its files the store no longer has, since when and why', () => {
    const view = {
      id,
      status: 'denied',
      summary: null,
      removedFiles: [
        { file: 'artifact', rule: 'denied', days: 90, removedAt: '2026-11-29T04:00:00.000Z' },
        { file: 'bundle', rule: 'some\u001b[31mday', days: 1, removedAt: '2026-11-29T04:00:00.000Z' },
      ],
      trace: { passes: [] },
    };
    const lines = describeRequest(view, 'https://sign.example', { reasons: [], total: 0 });
    expect(lines.slice(1, -1)).toEqual([
      'removed: the file as it was uploaded, on 2026-11-29, by the foundation’s rule for requests that were refused or cancelled (90 days)',
      expect.stringMatching(
        /^removed: the proof of origin that came with it, on 2026-11-29, by [^\u001b]*\(1 day\)$/,
      ),
    ]);
    // Portals of before don't say.
    const { removedFiles: _, ...before } = view;
    expect(describeRequest(before, 'https://sign.example', { reasons: [], total: 0 })).toHaveLength(2);
  });
});
