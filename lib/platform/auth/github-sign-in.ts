/** Signing in with GitHub (OAuth 2.0 with a code, RFC 6749 §4.1), bound to the browser that began it by PKCE (RFC 7636) and state. */
import { readFileSync } from 'node:fs';
import type { Provider } from 'next-auth/providers/index';
import GithubProvider from 'next-auth/providers/github';
import type { PortalConfig } from '../config/index.ts';

type GitHubConfig = NonNullable<PortalConfig['auth']['github']>;

/** Only the identity and the verified addresses: the portal asks for no right on any repository. */
const scope = 'read:user user:email';

export function gitHubSignIn({ clientId, clientSecretFile, url, apiUrl }: GitHubConfig): Provider {
  const gitHub = GithubProvider({
    clientId,
    clientSecret: readFileSync(clientSecretFile, 'utf8').trim(),
    // next-auth checks the state alone by itself: a code that somebody else intercepted would still count.
    checks: ['pkce', 'state'],
  });
  return {
    ...gitHub,
    // GitHub names itself in the answer (RFC 9207); another name is another host’s answer.
    issuer: `${url}/login/oauth`,
    authorization: { url: `${url}/login/oauth/authorize`, params: { scope } },
    token: `${url}/login/oauth/access_token`,
    // Without the address: which ones are verified is asked for separately, and an account without a public one is one, too.
    userinfo: `${apiUrl}/user`,
  };
}
