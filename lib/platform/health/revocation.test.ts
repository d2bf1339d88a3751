import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { authorityStateName, writeAuthorityState } from '#core/wire/authority-state/index.ts';
import { revocationStates } from './revocation.ts';

const now = new Date('2026-11-28T12:00:00Z');
let folder: string;
let server: Server;
beforeEach(() => {
  server = createServer();
  folder = mkdtempSync(join(tmpdir(), 'countersign-revocation-states-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await new Promise((resolve) => (server.listening ? server.close(resolve) : resolve(null)));
});

const authority = async () => (await revocationStates({ publicationDir: folder }, now))[0];
const worked = (secondsAgo: number, pollSeconds = 2) =>
  writeFileSync(
    join(folder, authorityStateName),
    writeAuthorityState({ workedAt: new Date(now.getTime() - secondsAgo * 1000), pollSeconds }),
  );

it('an authority that worked a moment ago is ok, and one that hasn’t for minutes is down, by its own pace', async () => {
  worked(60);
  expect(await authority()).toMatchObject({ component: 'revocation-authority', state: 'ok' });
  worked(91);
  expect(await authority()).toMatchObject({
    state: 'down',
    detail: expect.stringContaining('last worked at') as unknown,
  });
  worked(91, 60);
  expect(await authority()).toMatchObject({ state: 'ok' });
  worked(301, 60);
  expect(await authority()).toMatchObject({ state: 'down' });
});

it('an authority that said nothing, or nothing readable, is down', async () => {
  expect(await authority()).toMatchObject({ state: 'down' });
  for (const text of ['', '{', '{"version":2}', `{"version":1,"workedAt":"${'x'.repeat(5000)}"}`]) {
    writeFileSync(join(folder, authorityStateName), text);
    expect(await authority(), text.slice(0, 20)).toMatchObject({ state: 'down' });
  }
});

it('a responder is what it says of itself, and down where nobody answers', async () => {
  let answer: readonly [number, string] = [200, 'list 7 is valid until then'];
  server = createServer((request, response) => {
    expect(request.url).toBe('/healthz');
    response.writeHead(answer[0]).end(answer[1]);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const responderUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const responder = async () => (await revocationStates({ responderUrl }, now))[0];
  expect(await responder()).toEqual({ component: 'responder', state: 'ok', detail: answer[1] });
  answer = [503, '/var/lib/countersign/pki contains no list yet\nmore'];
  expect(await responder()).toEqual({
    component: 'responder',
    state: 'down',
    detail: '(folder) contains no list yet',
  });
  answer = [404, 'x'.repeat(10_000)];
  expect(await responder()).toMatchObject({ state: 'down', detail: 'answers 404' });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await responder()).toMatchObject({
    state: 'down',
    detail: expect.stringContaining('doesn’t answer') as unknown,
  });
});

it('nobody is asked about what the configuration doesn’t name', async () => {
  expect(await revocationStates({}, now)).toEqual([]);
});
