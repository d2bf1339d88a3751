/** How a commit names people by the accounts that the policy knows them by. Claims, all of them. */
import { firstHost, identityHostNames } from '../../identity/index.ts';
import type { Identity, IdentityHost, StoredIdentity } from '../../identity/index.ts';

const own = 'people.countersign.invalid';
const domainOf = (host: string): string => (host === firstHost ? own : `${host}.${own}`);
/**
 * Addresses that carry an account: our own, with the host before ours (without one it is the first), and GitHub's for people who keep
 * theirs private.
 */
const forms: readonly { readonly form: RegExp; readonly host: IdentityHost }[] = [
  { form: /^(\d{1,20})\+[^@\s]+@users\.noreply\.github\.com$/, host: 'github' },
  ...identityHostNames.map((host) => ({
    form: new RegExp(`^(\\d{1,20})@${domainOf(host).replaceAll('.', '\\.')}$`),
    host,
  })),
];
/** Of a line alone, from its beginning: searched for in a whole message it would be tried at each of its places, up to the message's end. */
const trailer = /^Proposed-by: [^<>]*<([^<>]*)>\r?$/;

/** The portal's own account: what it proposes follows from a decision of the foundation, and no person wrote it. */
export const portalIdentity: Identity = { host: firstHost, id: '0' };

/** Address → the account in it, or null where it carries none. */
export function identityOfAddress(email: string): Identity | null {
  for (const { form, host } of forms) {
    const id = form.exec(email)?.[1];
    if (id !== undefined) return { host, id };
  }
  return null;
}

export const addressOf = ({ host, id }: StoredIdentity): string => `${id}@${domainOf(host)}`;

/**
 * A line for the message of a commit that the portal makes for somebody: on a host where every commit is the portal's
 * app's, nothing else would tell the signer whose it is.
 */
export function proposedBy(account: StoredIdentity & { readonly login: string }): string {
  // Angle brackets and line ends would end it early.
  const name = account.login.replaceAll(/[<>\p{C}]/gu, '').trim();
  return `Proposed-by: ${name === '' ? account.id : name} <${addressOf(account)}>`;
}

/** Accounts that a commit's message names in such lines. */
export function proposersIn(message: string): readonly Identity[] {
  return message.split('\n').flatMap((line) => identityOfAddress(trailer.exec(line)?.[1] ?? '') ?? []);
}
