/** One look at an issuer's public keys (JWK Set, RFC 7517), with bounds on everything that the other side could draw out. */
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';

const timeoutMilliseconds = 5_000;
const bytesMax = 256 * 1024;
const keysMax = 64;

const text = z.string().max(4_096);
/** Public parts alone: whatever else stands in a key, nobody here looks at it. */
const keySchema = z.object({
  kty: z.literal('RSA'),
  kid: text,
  /** 2048 to 8192 bits. */
  n: z.string().regex(/^[\w-]{342,1366}$/),
  /** 65537, as every issuer has it: with 1, anybody could sign. */
  e: z.literal('AQAB'),
});
/** What a key says it is for; one for encryption, or for another algorithm, verifies nothing here. */
const purposeSchema = z.object({
  use: z.literal('sig').default('sig'),
  alg: z.literal('RS256').default('RS256'),
});
const answerSchema = z.object({ keys: z.array(z.looseObject({})).max(keysMax) });

/** Rejects with an Error whose message says why. Keys of a kind that isn't verified with here are left out. */
export async function fetchKeys(url: string): Promise<JSONWebKeySet> {
  const answer = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'manual',
    signal: AbortSignal.timeout(timeoutMilliseconds),
  });
  if (answer.status !== 200) {
    await answer.body?.cancel();
    throw new Error(`it answered with status ${answer.status}`);
  }
  const type = answer.headers.get('content-type') ?? '';
  if (!/^application\/(?:[a-z-]{1,40}\+)?json\s*(?:;|$)/i.test(type)) {
    await answer.body?.cancel();
    throw new Error(`it answered with ${type.slice(0, 60) || 'no content type'} in place of JSON`);
  }
  const parsed = answerSchema.safeParse(JSON.parse(await readText(answer)));
  if (!parsed.success) throw new Error('it answered with JSON that is no set of keys');
  const keys = parsed.data.keys.flatMap((key) =>
    purposeSchema.safeParse(key).success ? (keySchema.safeParse(key).data ?? []) : [],
  );
  if (keys.length === 0) throw new Error('it answered with no key that tokens could be verified with');
  return { keys };
}

async function readText(answer: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop early ends the connection.
  for await (const chunk of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error(`it answered with more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
}
