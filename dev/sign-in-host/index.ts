/**
 * Signing in as GitHub does it (docs.github.com, “Authorizing OAuth apps”), or GitLab (docs.gitlab.com, “OAuth 2.0 identity provider API”), on
 * loopback: a page that asks, a code, a token, the person. It holds what it is sent to the rules, and says of each refusal why.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Authorizations, type Account, type App, type Asked } from './authorizations.ts';
import { dialects, type HostKind } from './dialects.ts';

export type { Account } from './authorizations.ts';

export interface SignInHost extends AsyncDisposable {
  readonly url: string;
  /** What was refused, in the host's words. */
  readonly refusals: readonly string[];
  /** Called in place of the redirect to the app: what a thief in between would see, and may change. */
  intercept: ((callback: URL) => URL) | null;
}

const bodyBytesMax = 64 * 1024;
/** Where the page that asks sends the answer. */
const decision = '/login/oauth/decision';

export async function startSignInHost(
  apps: readonly App[],
  accounts: readonly Account[],
  now: () => number = Date.now,
  kind: HostKind = 'github',
): Promise<SignInHost> {
  const dialect = dialects[kind];
  const authorizations = new Authorizations(apps, now);
  const refusals: string[] = [];
  const server = createServer((request, response) => {
    answer(request).then(
      ({ status, headers, body }) => response.writeHead(status, headers).end(body),
      (error: unknown) => {
        refusals.push(String(error));
        response.destroy();
      },
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const refuse = (why: string): string => {
    refusals.push(why);
    return why;
  };

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const at = new URL(request.url ?? '/', url);
    const authorization = request.headers.authorization ?? '';
    switch (`${request.method} ${at.pathname}`) {
      case `GET ${dialect.authorize}`: {
        const asked = authorizations.readAsked(at.searchParams);
        return typeof asked === 'string'
          ? page(400, refuse(asked))
          : page(200, buttons(at.searchParams, accounts));
      }
      case `POST ${decision}`: {
        const form = await readForm(request);
        const asked = authorizations.readAsked(form);
        return typeof asked === 'string' ? page(400, refuse(asked)) : redirect(callbackOf(asked, form));
      }
      case `POST ${dialect.token}`: {
        const given = authorizations.exchange(await readForm(request), authorization);
        if ('token' in given) return json(200, dialect.granted(given.token, given.scope));
        const { status, body } = dialect.refused(given.error);
        refuse(given.error);
        return json(status, body);
      }
      default:
        return person(request.method === 'GET' ? at.pathname : '', authorizations.whose(authorization));
    }
  };

  const person = (path: string, who: ReturnType<Authorizations['whose']>): Answer => {
    const said = who === null ? dialect.unauthorized : dialect.person(path, who);
    if (said === null) return json(404, { message: refuse(`nothing at ${path}`) });
    if (said.status !== 200) refuse(`${said.status} at ${path}`);
    return json(said.status, said.body);
  };

  const callbackOf = (asked: Asked, form: URLSearchParams): URL => {
    const account = accounts.find(({ id }) => String(id) === form.get('account'));
    const callback = new URL(asked.app.callbackUrl);
    if (account === undefined) callback.searchParams.set('error', 'access_denied');
    else callback.searchParams.set('code', authorizations.grant(asked, account));
    callback.searchParams.set('state', asked.state);
    if (dialect.issuer !== null) callback.searchParams.set('iss', `${url}${dialect.issuer}`);
    return host.intercept === null ? callback : host.intercept(callback);
  };

  const host: SignInHost = {
    url,
    refusals,
    intercept: null,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
  return host;
}

function buttons(query: URLSearchParams, accounts: readonly Account[]): string {
  const fields = [...query].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const people = accounts.map(
    ({ id, name }) => `<button name="account" value="${id}">Authorize as ${escaped(name)}</button>`,
  );
  return `<form method="post" action="${decision}">${fields.join('')}${people.join('')}<button name="account" value="">Cancel</button></form>`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > bodyBytesMax) throw new Error('the form is too long');
  }
  return new URLSearchParams(text);
}

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

const page = (status: number, html: string): Answer => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: `<!doctype html><html lang="en"><title>Sign in</title>${html}</html>`,
});

const redirect = (to: URL): Answer => ({ status: 303, headers: { location: to.href } });

const json = (status: number, body: unknown): Answer => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
