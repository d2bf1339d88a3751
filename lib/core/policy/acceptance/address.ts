/** How a commit names people by the numeric id that the policy knows them by. Claims, all of them. */

/** Addresses that carry the code host's numeric id: our own, and GitHub's for people who keep theirs private. */
const forms = [
  /^(\d{1,20})@people\.countersign\.invalid$/,
  /^(\d{1,20})\+[^@\s]+@users\.noreply\.github\.com$/,
];
const trailers = /^Proposed-by: [^<>\n]*<([^<>\n]*)>$/gm;

/** The portal's own account: what it proposes follows from a decision of the foundation, and no person wrote it. */
export const portalId = '0';

/** Address → numeric id, or null where it carries none. */
export function idOfAddress(email: string): string | null {
  for (const form of forms) {
    const id = form.exec(email)?.[1];
    if (id !== undefined) return id;
  }
  return null;
}

export const addressOf = (id: string): string => `${id}@people.countersign.invalid`;

/**
 * A line for the message of a commit that the portal makes for somebody: on a host where every commit is the portal's
 * app's, nothing else would tell the signer whose it is.
 */
export function proposedBy(account: { readonly id: string; readonly login: string }): string {
  // Angle brackets and line ends would end it early.
  const name = account.login.replaceAll(/[<>\p{C}]/gu, '').trim();
  return `Proposed-by: ${name === '' ? account.id : name} <${addressOf(account.id)}>`;
}

/** Ids that a commit's message names in such lines. */
export function proposersIn(message: string): readonly string[] {
  return [...message.matchAll(trailers)].flatMap((one) => idOfAddress(one[1] ?? '') ?? []);
}
