/** next-auth's options: JWT sessions, people keyed on their account's host and its id there (logins get reused). */
import type { Account, NextAuthOptions } from 'next-auth';
import type { Provider } from 'next-auth/providers/index';
import CredentialsProvider from 'next-auth/providers/credentials';
import { identityText, isIdentityHost, readIdentityAsBefore } from '#core/identity/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { identitiesOf, serverOfAccounts } from '#core/policy/index.ts';
import type { PortalConfig } from '../config/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { identityInCookie, serverInCookie } from './cookie.ts';
import { developmentApplicants } from './development-applicants.ts';
import { gitHubSignIn } from './github-sign-in.ts';
import { gitLabSignIn, verifiedOnGitLab } from './gitlab-sign-in.ts';
import { readSecret } from '../session-secret/index.ts';
import { sessionSecondsMax } from './session-end.ts';
import { keepVouched, verifiedAddresses } from './vouched.ts';

export const developmentProviderId = 'development';

export function authOptions(portal: Portal): NextAuthOptions {
  const { config } = portal;
  // next-auth 4 takes its own address only from the environment.
  process.env['NEXTAUTH_URL'] = config.publicUrl;
  return {
    providers: providers(portal),
    secret: readSecret(config.auth.secretFile),
    session: { strategy: 'jwt', maxAge: sessionSecondsMax },
    pages: { signIn: '/sign-in', error: '/sign-in' },
    callbacks: {
      /** An account of another server than the policy means would be nobody at every page: it is told so here. */
      async signIn({ account }) {
        const host = account?.provider ?? '';
        const server = serverOf(config.auth, host);
        if (server === undefined || !isIdentityHost(host)) return true;
        const snapshot = (await acceptedPolicy(portal))?.snapshot;
        return snapshot === undefined || server === serverOfAccounts(snapshot, host);
      },
      async jwt({ token, account, user }) {
        // `user` and `account` are there only in the call that signs in.
        if (account?.provider !== undefined) {
          const development = account.provider === developmentProviderId;
          // A provider has the name of its host; one of another name would be nobody.
          token['identity'] = development
            ? readIdentityAsBefore(user.id)
            : { host: account.provider, id: account.providerAccountId };
          token['server'] = serverOf(config.auth, account.provider);
          token['development'] = development;
          token['signedInAt'] = portal.now().getTime();
          // Inside the encrypted cookie only: no answer to the browser ever holds it.
          token['hostToken'] = development
            ? `dev-user-${readIdentityAsBefore(user.id).id}`
            : account.access_token;
          await learnAddresses(portal, account);
        }
        // A cookie of before the time was kept: written anew without one, it would live for as long as somebody asks.
        if (token['signedInAt'] === undefined) token['signedInAt'] = portal.now().getTime();
        return token;
      },
      session({ session, token }) {
        return Object.assign(session, {
          identity: identityInCookie(token),
          server: serverInCookie(token),
          development: token['development'] === true,
          signedInAt: token['signedInAt'],
        });
      },
    },
  };
}

/** Of hosts with one server, the cookie doesn't say which it was. */
const serverOf = ({ gitlab }: PortalConfig['auth'], provider: string): string | undefined =>
  provider === 'gitlab' ? gitlab?.server : undefined;

/** If the code host doesn't say, nothing is vouched for, and the address is confirmed by e-mail: the sign-in doesn't fail because of it. */
async function learnAddresses(
  { db, config: { auth } }: Portal,
  account: Pick<Account, 'provider' | 'providerAccountId' | 'access_token'>,
): Promise<void> {
  const { provider: host, providerAccountId: id, access_token: token } = account;
  if (!isIdentityHost(host)) return;
  const ask = async (): Promise<readonly string[]> => {
    if (token === undefined) return [];
    if (host === 'gitlab') return auth.gitlab === undefined ? [] : verifiedOnGitLab(auth.gitlab, token);
    return auth.github === undefined ? [] : verifiedAddresses(auth.github.apiUrl, token);
  };
  await keepVouched(db, { host, id }, await ask().catch(() => []));
}

function providers(portal: Portal): Provider[] {
  const { auth } = portal.config;
  const list: Provider[] = [];
  if (auth.github !== undefined) list.push(gitHubSignIn(auth.github));
  if (auth.gitlab !== undefined) list.push(gitLabSignIn(auth.gitlab));
  // The configuration's parser has refused this on any address but loopback.
  if (auth.development) {
    list.push(
      CredentialsProvider({
        id: developmentProviderId,
        name: 'Development sign-in',
        credentials: { handle: { label: 'Person', type: 'text' } },
        async authorize(credentials) {
          const newcomer = developmentApplicants.find(
            (applicant) => identityText(applicant.identity) === credentials?.handle,
          );
          if (newcomer !== undefined) return { id: identityText(newcomer.identity), name: newcomer.name };
          const accepted = await acceptedPolicy(portal);
          const person = accepted?.snapshot.people.get(parsePersonHandle(credentials?.handle))?.value;
          return person === undefined
            ? null
            : { id: identityText(identitiesOf(person)[0]), name: person.name };
        },
      }),
    );
  }
  return list;
}
