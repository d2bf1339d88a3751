/** Signing in with GitLab (OAuth 2.0 with a code, RFC 6749 §4.1), bound to the browser that began it by PKCE (RFC 7636) and state. */
import { readFileSync } from 'node:fs';
import type { Provider } from 'next-auth/providers/index';
import { z } from 'zod';
import { identityHosts } from '#core/identity/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { readAnswer, verifiedMax } from './vouched.ts';

type GitLabConfig = NonNullable<PortalConfig['auth']['gitlab']>;

/** The person's own account: the portal asks for no right on any project. */
const scope = 'read_user';

/** What GET /user says, as far as it is read. */
const userSchema = z.looseObject({
  id: z.int().positive(),
  username: z.string().min(1).max(255),
  name: z.string().max(500).nullish(),
});

export function gitLabSignIn(config: GitLabConfig): Provider {
  const { clientId, clientSecretFile, server } = config;
  const at = addressOf(config);
  return {
    id: 'gitlab',
    name: 'GitLab',
    type: 'oauth',
    clientId,
    clientSecret: readFileSync(clientSecretFile, 'utf8').trim(),
    checks: ['pkce', 'state'],
    // GitLab doesn't name itself in its answer yet; where one is named (RFC 9207), it has to be this one.
    issuer: server,
    authorization: { url: `${at}/oauth/authorize`, params: { scope } },
    token: `${at}/oauth/token`,
    userinfo: `${at}/api/v4/user`,
    // Without the address: which ones are verified is asked for separately.
    profile(answer: unknown) {
      const { id, username, name } = userSchema.parse(answer);
      return { id: String(id), name: name ?? username };
    },
  };
}

const addressOf = ({ server, url = server }: Pick<GitLabConfig, 'server' | 'url'>): string => url;

const confirmed = z.string().nullish();
const primarySchema = z.looseObject({ email: z.string().max(320).nullish(), confirmed_at: confirmed });
const othersSchema = z
  .array(z.looseObject({ email: z.string().max(320), confirmed_at: confirmed }))
  .max(verifiedMax);

/**
 * The account's addresses that GitLab has had confirmed: the first is in /user, the others in /user/emails. Of gitlab.com alone: another server may be set
 * up to call every address confirmed that somebody typed.
 */
export async function verifiedOnGitLab(
  config: GitLabConfig,
  token: string,
  ask: typeof fetch = fetch,
): Promise<readonly string[]> {
  if (config.server !== identityHosts.gitlab.server) return [];
  const api = `${addressOf(config)}/api/v4`;
  const primary = primarySchema.parse(await readAnswer(`${api}/user`, token, ask));
  const others = othersSchema.parse(await readAnswer(`${api}/user/emails?per_page=100`, token, ask));
  return [primary, ...others].flatMap(({ email, confirmed_at: at }) =>
    typeof email === 'string' && email !== '' && typeof at === 'string' ? [email] : [],
  );
}
