/**
 * What a host knows of people who sign in to an app (OAuth 2.0 with a code and PKCE): codes that count once and for ten minutes, bound to the app,
 * its address and the challenge; tokens of people.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where codes are sent, and nowhere else. */
  readonly callbackUrl: string;
}

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly emails: readonly {
    readonly email: string;
    readonly verified: boolean;
    readonly primary: boolean;
  }[];
}

/** What the browser brought, checked. */
export interface Asked {
  readonly app: App;
  readonly state: string;
  readonly scope: string;
  readonly challenge: string;
}

interface Code {
  readonly asked: Asked;
  readonly account: Account;
  readonly madeAt: number;
}

/** In GitHub’s words. */
export type RefusalKind =
  | 'unsupported_grant_type'
  | 'bad_verification_code'
  | 'incorrect_client_credentials'
  | 'redirect_uri_mismatch';

const codeMilliseconds = 10 * 60_000;
const secretForm = /^[A-Za-z0-9_-]{43}$/;
const verifierForm = /^[A-Za-z0-9._~-]{43,128}$/;

export class Authorizations {
  readonly #apps: readonly App[];
  readonly #codes = new Map<string, Code>();
  readonly #tokens = new Map<string, { readonly account: Account; readonly scope: string }>();
  readonly #now: () => number;

  constructor(apps: readonly App[], now: () => number = Date.now) {
    this.#apps = apps;
    this.#now = now;
  }

  /** The query of the page that asks whether to go on → what is asked; a text says what is wrong with it, and then nothing is sent anywhere. */
  readAsked(query: URLSearchParams): Asked | string {
    const app = this.#apps.find(({ clientId }) => clientId === query.get('client_id'));
    if (app === undefined) return 'unknown client_id';
    if (query.get('redirect_uri') !== app.callbackUrl) return 'redirect_uri is not the app’s';
    if (query.get('response_type') !== 'code') return 'response_type is not code';
    const [state, challenge] = [query.get('state') ?? '', query.get('code_challenge') ?? ''];
    if (state === '') return 'no state';
    if (query.get('code_challenge_method') !== 'S256' || !secretForm.test(challenge))
      return 'no PKCE by S256';
    return { app, state, scope: query.get('scope') ?? '', challenge };
  }

  /** The person said yes → the code. */
  grant(asked: Asked, account: Account): string {
    const code = randomBytes(20).toString('hex');
    this.#codes.set(code, { asked, account, madeAt: this.#now() });
    return code;
  }

  /** → the person's token, or why not, in GitHub's words. A code is used up by the first try, whatever comes of it. */
  exchange(
    form: URLSearchParams,
    authorization: string,
  ): { readonly token: string; readonly scope: string } | { readonly error: RefusalKind } {
    const known = this.#codes.get(form.get('code') ?? '');
    this.#codes.delete(form.get('code') ?? '');
    if (form.get('grant_type') !== 'authorization_code') return { error: 'unsupported_grant_type' };
    if (known === undefined || this.#now() - known.madeAt > codeMilliseconds)
      return { error: 'bad_verification_code' };
    const { asked, account } = known;
    if (!isApp(asked.app, form, authorization)) return { error: 'incorrect_client_credentials' };
    if (form.get('redirect_uri') !== asked.app.callbackUrl) return { error: 'redirect_uri_mismatch' };
    const verifier = form.get('code_verifier') ?? '';
    const challenge = createHash('sha256').update(verifier).digest('base64url');
    if (!verifierForm.test(verifier) || challenge !== asked.challenge)
      return { error: 'bad_verification_code' };
    const token = `dev-user-${account.id}`;
    this.#tokens.set(token, { account, scope: asked.scope });
    return { token, scope: asked.scope };
  }

  whose(authorization: string): { readonly account: Account; readonly scope: string } | null {
    return this.#tokens.get(authorization.replace(/^(?:bearer|token) /i, '')) ?? null;
  }
}

/** By HTTP Basic, with form-encoded parts (RFC 6749 §2.3.1), or by fields of the form. */
function isApp({ clientId, clientSecret }: App, form: URLSearchParams, authorization: string): boolean {
  const [, basic] = /^Basic (.+)$/i.exec(authorization) ?? [];
  const [id = '', secret = ''] =
    basic === undefined
      ? [form.get('client_id') ?? '', form.get('client_secret') ?? '']
      : Buffer.from(basic, 'base64')
          .toString('utf8')
          .split(':')
          .map((part) => decodeURIComponent(part.replaceAll('+', ' ')));
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return id === clientId && timingSafeEqual(digest(secret), digest(clientSecret));
}
