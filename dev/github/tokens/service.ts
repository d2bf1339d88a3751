/**
 * The token service of GitHub Actions on loopback: jobs ask it for identity tokens as runners let them (ACTIONS_ID_TOKEN_REQUEST_URL),
 * it signs them with keys that it publishes and changes, and it misbehaves on demand.
 */
import { createSign, generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exampleRun } from '../../build-system/claims.ts';
import { claimsOf, type Claims, type TokenRun } from './claims.ts';

export const tokenIssuer = 'https://token.actions.githubusercontent.com';
const tokenSeconds = 300;

interface Key {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** Making one takes longer than most tests: those of a process are used by all of its services, in order. */
const made: Key[] = [];
function keyNumber(index: number): Key {
  made[index] ??= { kid: `key-${index}`, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  return made[index];
}

/** How the next questions for keys are answered. */
export type KeysMishap = 'silent' | 'drip' | 'html' | 'huge' | 'redirect' | 'not-json' | 'no-keys' | number;

export interface TokenService {
  readonly url: string;
  readonly issuer: string;
  readonly keysUrl: string;
  /** How often keys were asked for. */
  readonly looks: () => number;
  /** A job begins: what its runner has in the environment. */
  startJob(run?: Partial<TokenRun>): {
    readonly ACTIONS_ID_TOKEN_REQUEST_URL: string;
    readonly ACTIONS_ID_TOKEN_REQUEST_TOKEN: string;
  };
  /** A token as the service makes it, at any time and with any change. */
  sign(claims: Claims, header?: Readonly<Record<string, unknown>>): string;
  claims(audience: string, run?: Partial<TokenRun>, at?: Date): Claims;
  /** Signs with another key from now on; the last one stays published until `withdraw`. */
  rotate(): void;
  withdraw(): void;
  misbehave(mishap: KeysMishap | null): void;
  stop(): Promise<void>;
}

const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function signJwt(
  key: KeyObject,
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
): string {
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createSign('sha256').update(signed).sign(key, 'base64url')}`;
}

export async function startTokenService({ port = 0 } = {}): Promise<TokenService> {
  let current = 0;
  let published = [keyNumber(0)];
  let mishap: KeysMishap | null = null;
  let looks = 0;
  const jobs = new Map<string, Partial<TokenRun>>();

  const claims: TokenService['claims'] = (audience, run = {}, at = new Date()) => {
    const seconds = Math.floor(at.getTime() / 1_000);
    return {
      ...claimsOf({ ...exampleRun, actorId: '900001', ...run }),
      iss: tokenIssuer,
      aud: audience,
      jti: randomUUID(),
      iat: seconds,
      nbf: seconds - 10,
      exp: seconds + tokenSeconds,
    };
  };
  const sign: TokenService['sign'] = (all, header = {}) => {
    const { kid, privateKey } = keyNumber(current);
    return signJwt(privateKey, { typ: 'JWT', alg: 'RS256', kid, x5t: kid, ...header }, all);
  };

  function giveToken(request: IncomingMessage, url: URL, response: ServerResponse): void {
    const run = jobs.get((request.headers.authorization ?? '').replace(/^bearer /i, ''));
    if (run === undefined) {
      answer(response, 401, { message: 'Bad credentials' });
      return;
    }
    const { uri } = { ...exampleRun, ...run }.repository;
    const audience = url.searchParams.get('audience') ?? uri.split('/').slice(0, -1).join('/');
    const value = sign(claims(audience, run));
    answer(response, 200, { count: value.length, value });
  }

  function giveKeys(response: ServerResponse): void {
    looks += 1;
    const keys = published.map(({ kid, publicKey }) => {
      const { n, e } = publicKey.export({ format: 'jwk' });
      return { kty: 'RSA', alg: 'RS256', use: 'sig', kid, x5t: kid, n, e };
    });
    if (mishap === null) answer(response, 200, { keys });
    else spoil(response, mishap);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (url.pathname === '/.well-known/jwks') giveKeys(response);
    else if (url.pathname === '/_apis/pipelines/1/runs/1/idtoken') giveToken(request, url, response);
    else answer(response, 404, { message: 'Not Found' });
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    issuer: tokenIssuer,
    keysUrl: `${url}/.well-known/jwks`,
    looks: () => looks,
    startJob(run = {}) {
      const token = randomUUID();
      jobs.set(token, run);
      return {
        // It has a query already: an audience is appended with &.
        ACTIONS_ID_TOKEN_REQUEST_URL: `${url}/_apis/pipelines/1/runs/1/idtoken?api-version=2.0`,
        ACTIONS_ID_TOKEN_REQUEST_TOKEN: token,
      };
    },
    sign,
    claims,
    rotate() {
      current += 1;
      published = [keyNumber(current), ...published].slice(0, 2);
    },
    withdraw() {
      published = [keyNumber(current)];
    },
    misbehave(next) {
      mishap = next;
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

function spoil(response: ServerResponse, mishap: KeysMishap): void {
  const json = { 'content-type': 'application/json' };
  switch (mishap) {
    case 'silent':
      return;
    case 'drip': {
      response.writeHead(200, json).write('{"keys":[');
      const drops = setInterval(() => response.write(' '), 50);
      response.on('close', () => clearInterval(drops));
      return;
    }
    case 'html':
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Sign in to the proxy</html>');
      return;
    case 'huge':
      response.writeHead(200, json).end(`{"keys":[],"x":"${'x'.repeat(1024 * 1024)}"}`);
      return;
    case 'redirect':
      response.writeHead(302, { location: '/.well-known/other' }).end();
      return;
    case 'not-json':
      response.writeHead(200, json).end('{"keys":[');
      return;
    case 'no-keys':
      response.writeHead(200, json).end('{"keys":[{"kty":"EC","crv":"P-256"}]}');
      return;
    default:
      answer(response, mishap, { message: 'Server Error' });
  }
}
