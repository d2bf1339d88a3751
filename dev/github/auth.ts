/**
 * Signing in as GitHub checks it: the app proves itself by a JWT, the installation by a token that one got for it. People have tokens that say
 * who they are, which would be a bad idea anywhere else.
 */
import { Buffer } from 'node:buffer';
import { randomBytes, verify, type KeyObject } from 'node:crypto';
import { z } from 'zod';

const headerOf = z.object({ alg: z.literal('RS256'), typ: z.literal('JWT').optional() });
const claimsOf = z.object({
  iss: z.union([z.string(), z.number()]),
  iat: z.number().int(),
  exp: z.number().int(),
});
const skewSeconds = 60;
const lifetimeSecondsMax = 600;

/** RS256 only, by the app's key, in its time; → why not, or null. */
export function refuseAppJwt(
  token: string,
  appId: number,
  key: KeyObject,
  nowSeconds: number,
): string | null {
  const [header = '', claims = '', signature = '', ...more] = token.split('.');
  if (more.length > 0) return 'A JSON web token could not be decoded';
  const parsedHeader = headerOf.safeParse(decode(header));
  const parsed = claimsOf.safeParse(decode(claims));
  if (!parsedHeader.success || !parsed.success) return 'A JSON web token could not be decoded';
  const signed = Buffer.from(`${header}.${claims}`);
  if (!verify('sha256', signed, key, Buffer.from(signature, 'base64url'))) {
    return 'A JSON web token could not be decoded';
  }
  const { iss, iat, exp } = parsed.data;
  if (String(iss) !== String(appId)) return 'Integration must generate a public key';
  if (iat > nowSeconds + skewSeconds)
    return "'Issued at' claim ('iat') must be an Integer representing the time";
  if (exp <= nowSeconds)
    return "'Expiration time' claim ('exp') must be a numeric value representing the future time";
  if (exp > nowSeconds + lifetimeSecondsMax + skewSeconds) {
    return "'Expiration time' claim ('exp') is too far in the future";
  }
  return null;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}

/** An installation sees the repository that the app is on; people see projects. */
export type Who =
  | { readonly kind: 'installation' }
  | {
      readonly kind: 'person';
      readonly account: number | null;
      /** What is read beside what everybody sees. */
      readonly rights: readonly string[];
    }
  /** GITHUB_TOKEN of a job. */
  | { readonly kind: 'job'; readonly repositoryId: number };

const seesAll = ['actions', 'contents', 'metadata'];
/** Tokens of signers: one that reads, one that reads settings, too, one that administers, and one with too few rights. */
const signers: Readonly<Record<string, readonly string[]>> = {
  'dev-signer': seesAll,
  'dev-signer-settings': [...seesAll, 'administration'],
  'dev-signer-admin': [...seesAll, 'administration', 'bypass'],
  'dev-signer-bare': ['metadata'],
};

/** `dev-user-<number>`: that account. `dev-portal`, or nothing: nobody, who may read. null: bad credentials. */
export function whoIs(credential: string, tokens: Tokens, nowSeconds: number): Who | null {
  if (credential === '' || credential === 'dev-portal') {
    return { kind: 'person', account: null, rights: seesAll };
  }
  const rights = signers[credential];
  if (rights !== undefined) return { kind: 'person', account: null, rights };
  if (tokens.holds(credential, nowSeconds)) return { kind: 'installation' };
  const repositoryId = tokens.jobs.get(credential);
  if (repositoryId !== undefined) return { kind: 'job', repositoryId };
  const id = /^dev-user-(\d{1,12})$/.exec(credential)?.[1];
  return id === undefined ? null : { kind: 'person', account: Number(id), rights: seesAll };
}

export class Tokens {
  readonly #expiry = new Map<string, number>();
  /** Tokens of running jobs → number of the repository. */
  readonly jobs = new Map<string, number>();

  /** What a job finds as GITHUB_TOKEN. */
  ofJob(repositoryId: number): string {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.jobs.set(token, repositoryId);
    return token;
  }

  make(nowSeconds: number): { readonly token: string; readonly expiresAt: string } {
    const token = `ghs_${randomBytes(18).toString('hex')}`;
    this.#expiry.set(token, nowSeconds + 3600);
    return { token, expiresAt: new Date((nowSeconds + 3600) * 1000).toISOString() };
  }

  holds(token: string, nowSeconds: number): boolean {
    return (this.#expiry.get(token) ?? 0) > nowSeconds;
  }

  /** What suspending an installation does. */
  revokeAll(): void {
    this.#expiry.clear();
    this.jobs.clear();
  }
}
