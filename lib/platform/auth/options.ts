/** next-auth's options: JWT sessions, people keyed on their account's host and its id there (logins get reused). */
import type { NextAuthOptions } from 'next-auth';
import type { Provider } from 'next-auth/providers/index';
import CredentialsProvider from 'next-auth/providers/credentials';
import { identityText, readIdentityAsBefore } from '#core/identity/index.ts';
import { parsePersonHandle } from '#core/ids/index.ts';
import { identitiesOf } from '#core/policy/index.ts';
import { acceptedPolicy } from '../portal/index.ts';
import type { Portal } from '../portal/index.ts';
import { identityInCookie, serverInCookie } from './cookie.ts';
import { developmentApplicants } from './development-applicants.ts';
import { gitHubSignIn } from './github-sign-in.ts';
import { readSecret } from './secret.ts';
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
      async jwt({ token, account, user }) {
        // `user` and `account` are there only in the call that signs in.
        if (account?.provider !== undefined) {
          const development = account.provider === developmentProviderId;
          // A provider has the name of its host; one of another name would be nobody.
          token['identity'] = development
            ? readIdentityAsBefore(user.id)
            : { host: account.provider, id: account.providerAccountId };
          token['development'] = development;
          token['signedInAt'] = portal.now().getTime();
          // Inside the encrypted cookie only: no answer to the browser ever holds it.
          token['hostToken'] = development
            ? `dev-user-${readIdentityAsBefore(user.id).id}`
            : account.access_token;
        }
        if (account?.provider === 'github') await learnAddresses(portal, account);
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

/** If the code host doesn't say, nothing is vouched for, and the address is confirmed by e-mail: the sign-in doesn't fail because of it. */
async function learnAddresses(
  { db, config }: Portal,
  account: { readonly providerAccountId: string; readonly access_token?: string | undefined },
): Promise<void> {
  const { providerAccountId: id, access_token: token } = account;
  const apiUrl = config.auth.github?.apiUrl;
  const emails =
    token === undefined || apiUrl === undefined ? [] : await verifiedAddresses(apiUrl, token).catch(() => []);
  await keepVouched(db, { host: 'github', id }, emails);
}

function providers(portal: Portal): Provider[] {
  const { auth } = portal.config;
  const list: Provider[] = [];
  if (auth.github !== undefined) list.push(gitHubSignIn(auth.github));
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
