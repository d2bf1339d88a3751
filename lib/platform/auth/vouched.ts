/** Addresses that the code host calls its account's own and verified, as it says at each sign-in. Kept as digests. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Identity } from '#core/identity/index.ts';
import type { Database } from '../db/index.ts';

const timeoutMilliseconds = 5_000;
const addressesMax = 50;
/** A thousand addresses, with what hosts say of each. */
const answerBytesMax = 1024 * 1024;
export const verifiedMax = 1_000;
const answerSchema = z
  .array(z.looseObject({ email: z.string().max(320), verified: z.boolean() }))
  .max(verifiedMax);

/** As addresses are compared and counted: SHA-256 in hexadecimal digits, of the address in lower case. */
export const addressSha256 = (email: string): string =>
  createHash('sha256').update(email.toLowerCase()).digest('hex');

/** GitHub's list of the account's addresses → those that are verified. It needs the scope user:email. */
export async function verifiedAddresses(
  apiUrl: string,
  token: string,
  ask: typeof fetch = fetch,
): Promise<readonly string[]> {
  const addresses = answerSchema.parse(await readAnswer(`${apiUrl}/user/emails`, token, ask));
  return addresses.filter((address) => address.verified).map((address) => address.email);
}

/** As the person who has just signed in, in time for their sign-in. */
export async function readAnswer(address: string, token: string, ask: typeof fetch): Promise<unknown> {
  const answer = await ask(address, {
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    signal: AbortSignal.timeout(timeoutMilliseconds),
    redirect: 'error',
  });
  if (!answer.ok)
    throw new Error(
      `${new URL(address).host} answered ${answer.status} to the request for verified addresses`,
    );
  return readJson(answer);
}

/** Of an answer that is longer, no more is read than that. */
async function readJson({ body, url }: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > answerBytesMax) throw new Error(`${url} answered with more than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** Replaces what was stored before: an address that the account lost is no longer vouched for. */
export async function keepVouched(db: Database, account: Identity, emails: readonly string[]): Promise<void> {
  const columns = { accountHost: account.host, accountId: account.id };
  const digests = emails.slice(0, addressesMax).map(addressSha256);
  await db.$transaction([
    db.vouchedAddress.deleteMany({ where: columns }),
    db.vouchedAddress.createMany({
      data: [...new Set(digests)].map((addressSha256) => ({ ...columns, addressSha256 })),
      skipDuplicates: true,
    }),
  ]);
}
