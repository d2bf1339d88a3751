/** How hosts differ: addresses, scopes, what they say of people and of refusals. GitHub as docs.github.com has it, GitLab as docs.gitlab.com. */
import type { Account, RefusalKind } from './authorizations.ts';

export type HostKind = 'github' | 'gitlab';

interface Said {
  readonly status: number;
  readonly body: unknown;
}

export interface Dialect {
  readonly authorize: string;
  readonly token: string;
  /** Below the address of the host: the name that it gives itself in its answers; null: it doesn't. */
  readonly issuer: string | null;
  granted(token: string, scope: string): unknown;
  refused(error: RefusalKind): Said;
  /** What is at a path for people with a token; null: nothing. */
  person(path: string, who: { readonly account: Account; readonly scope: string }): Said | null;
  unauthorized: Said;
}

const github: Dialect = {
  authorize: '/login/oauth/authorize',
  token: '/login/oauth/access_token',
  issuer: '/login/oauth',
  granted: (token) => ({ access_token: token, token_type: 'bearer', scope: 'read:user,user:email' }),
  // With the status of success.
  refused: (error) => ({ status: 200, body: { error, error_description: error } }),
  person(path, { account, scope }) {
    const { id, login, name, emails } = account;
    if (path === '/user') return { status: 200, body: { id, login, name, email: null, avatar_url: null } };
    if (path !== '/user/emails' || !scope.split(' ').includes('user:email')) return null;
    return { status: 200, body: emails };
  },
  unauthorized: { status: 401, body: { message: 'Bad credentials' } },
};

const timeConfirmed = '2026-01-01T00:00:00.000Z';
const gitlab: Dialect = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  issuer: null,
  granted: (token, scope) => ({
    access_token: token,
    token_type: 'Bearer',
    expires_in: 7200,
    refresh_token: `${token}-refresh`,
    scope,
    created_at: 1_600_000_000,
  }),
  refused: (error) => ({
    status: error === 'incorrect_client_credentials' ? 401 : 400,
    body: {
      error:
        error === 'incorrect_client_credentials'
          ? 'invalid_client'
          : error === 'unsupported_grant_type'
            ? error
            : 'invalid_grant',
      error_description: error,
    },
  }),
  person(path, { account, scope }) {
    if (!scope.split(' ').includes('read_user'))
      return { status: 403, body: { error: 'insufficient_scope', scope: 'api read_user' } };
    const { id, login: username, name } = account;
    const emails = account.emails.map(({ email, verified, primary }, index) => ({
      id: index + 1,
      email,
      primary,
      confirmed_at: verified ? timeConfirmed : null,
    }));
    const first = emails.find((one) => one.primary);
    switch (path) {
      case '/api/v4/user':
        return {
          status: 200,
          body: {
            id,
            username,
            name,
            state: 'active',
            avatar_url: null,
            email: first?.email ?? null,
            confirmed_at: first?.confirmed_at ?? null,
          },
        };
      case '/api/v4/user/emails':
        return {
          status: 200,
          body: emails
            .filter((one) => !one.primary)
            .map(({ id: number, email, confirmed_at }) => ({ id: number, email, confirmed_at })),
        };
      default:
        return null;
    }
  },
  unauthorized: { status: 401, body: { message: '401 Unauthorized' } },
};

export const dialects: Readonly<Record<HostKind, Dialect>> = { github, gitlab };
