import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { stopDigest } from '#core/approval/index.ts';
import { lacksTools } from '../dev/test/lacks.ts';
import { stopSigning } from './stop.ts';

let folder = '';
let server: http.Server;
let url = '';
let handedIn: { statement: string }[] = [];
/** What signers say, one answer after the other; the last one stays. */
let answers: ((digest: string) => unknown)[] = [];
let said: string[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-stop-'));
  [handedIn, answers, said] = [[], [], []];
  server = http.createServer((request, response) => {
    if (request.method !== 'POST') {
      const answer = answers.length > 1 ? answers.shift() : answers[0];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer?.(stopDigest(handedIn[0]?.statement ?? ''))));
      return;
    }
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      handedIn.push(JSON.parse(text) as { statement: string });
      response.statusCode = 201;
      response.end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

const seenAt = '2026-11-28T08:00:00.000Z';
const signers = [
  { name: 'one', seenAt, works: true },
  { name: 'two', seenAt, works: true },
  { name: 'away', seenAt, works: false },
];
const view = (
  digest: string,
  confirmed: readonly string[],
  awaited: readonly string[],
  givenOn: string | null = null,
) => ({
  signers,
  stops: [
    {
      digest,
      project: 'widget',
      reason: 'Malware.',
      at: seenAt,
      givenOn,
      awaited,
      confirmed: confirmed.map((signer) => ({ signer, at: seenAt })),
    },
  ],
});

async function run(action: 'stop' | 'lift', waitSeconds = 60): Promise<void> {
  const keyFile = join(folder, 'key');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', keyFile]);
  await stopSigning({
    portal: { url, token: null },
    action,
    project: 'widget',
    reason: 'Malware.',
    keyFile,
    waitSeconds,
    say: (line) => said.push(line),
  });
}

it.skipIf(lacksTools('ssh-keygen'))(
  'says which signers have confirmed a stop, and waits for those that are running',
  async () => {
    answers = [
      () => ({ signers, stops: [] }),
      (digest) => view(digest, ['one'], ['two']),
      (digest) => view(digest, ['one', 'two'], []),
    ];
    await run('stop');
    expect(said.filter((line) => line.startsWith('confirmed by'))).toEqual([
      `confirmed by one at ${seenAt}`,
      `confirmed by two at ${seenAt}`,
    ]);
    expect(said.at(-1)).toContain('away was last seen');
  },
);

it.skipIf(lacksTools('ssh-keygen'))(
  'exits with TIMEOUT and names the signer that hasn’t confirmed',
  async () => {
    answers = [(digest) => view(digest, ['one'], ['two'])];
    await expect(run('stop', 0)).rejects.toMatchObject({ code: 'TIMEOUT', message: /not confirmed by two/ });
    answers = [() => ({ signers: [], stops: [] })];
    handedIn = [];
    await expect(run('stop', 0)).rejects.toMatchObject({ message: /no signer that works/ });
  },
);

it.skipIf(lacksTools('ssh-keygen'))(
  'waits until a lift has taken effect, and names what only a host can lift',
  async () => {
    answers = [
      () => view('a'.repeat(64), ['one', 'two'], []),
      () => view('a'.repeat(64), ['one'], [], 'one'),
    ];
    await run('lift');
    expect(said.at(-1)).toContain('still stopped on the host of one');
    answers = [() => view('a'.repeat(64), ['two'], [])];
    await expect(run('lift', 0)).rejects.toMatchObject({ message: /still stopped at two/ });
  },
);
