/** Who this command is to the portal: an API token that it was given, or what the host of a build's job says. */
import { hasIdentityToken, identityToken, type Patience, type Token } from './client/index.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** --token, else COUNTERSIGN_TOKEN, else the identity token of the job; null: nobody. */
export function credentials(
  given: string | undefined,
  {
    environment,
    portalUrl,
    patience,
  }: { readonly environment: Environment; readonly portalUrl: string; readonly patience: Patience },
): Token {
  const token = (given ?? environment['COUNTERSIGN_TOKEN'] ?? '').trim();
  if (token !== '') return token;
  return hasIdentityToken(environment) ? identityToken({ environment, portalUrl, patience }) : null;
}
