/** Whose signature is used: what another signer's keyholder made, or this one's. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formats } from '#core/formats/registry.ts';
import type { RequestEvent } from '#core/wire/journal/index.ts';
import { claimsAlone } from '../claims/claims.fixture.ts';
import { OtherOctetsClaimed, type PlaceToClaim, type SignatureClaims } from '../claims/index.ts';
import { asInspected } from '../file-version/index.ts';
import type { Run } from '../run/index.ts';
import { KeyHolderError } from '../../keyholder/index.ts';
import type { SigningKey } from '../../rulings/trust/index.ts';
import { evidenceWith, inspected, keyWith, lookedAt, now, rsaKey, target } from './evidence.fixture.ts';
import { signTogether } from './sign-file.ts';
import type { SigningContext } from './signing-context.ts';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const ecKey = keyWith(publicKey);
const octets = Uint8Array.of(0x31, 0);
const grantId = 'd'.repeat(64);

async function attempt(
  claims: SignatureClaims,
  {
    key = ecKey,
    ask = () => Promise.resolve(Buffer.from('own')),
  }: { readonly key?: SigningKey; readonly ask?: () => Promise<Buffer> } = {},
) {
  const done: string[] = [];
  const bodies: unknown[] = [];
  const version = asInspected(inspected, []);
  const { signing } = formats.pe;
  if (version === null || signing === null) throw new Error('nothing to sign');
  const context = {
    evidence: evidenceWith(key),
    checkBeforeFile: lookedAt(now, key),
    claims,
    run: {
      now: () => now,
      record: async (...events: readonly RequestEvent[]) => {
        done.push(...events.map(({ kind }) => kind));
        bodies.push(...events.map(({ body }) => body));
      },
    } as unknown as Run,
    keyHolder: {
      async sign() {
        done.push('asked the keyholder');
        return { signature: await ask() };
      },
    },
  } as unknown as SigningContext;
  const subject = { digest: 'b'.repeat(64), content: Uint8Array.of() };
  const round = {
    target,
    sign: {},
    number: 0,
    subject,
    version,
    signing: { ...signing, toBeSigned: () => octets },
  };
  const outcome: unknown = await signTogether(context, [round]).catch((reason: unknown) => reason);
  return { outcome, done, bodies };
}
const made = (signature: Uint8Array) => claimsAlone(new Map([['', { signature, grantId }]]));

describe('a signature that is claimed', () => {
  it('is asked of the keyholder where nobody made it, after the claim and the intent, and written down', async () => {
    const told: string[] = [];
    const { done } = await attempt(claimsAlone(new Map(), (what) => told.push(what)));
    expect([done, told]).toEqual([['sign.intent', 'asked the keyholder', 'sign.done'], ['kept 1']]);
  });

  it('is the one that another signer’s keyholder made: nobody is asked, and the journal names its grant', async () => {
    const signature = sign('sha256', octets, privateKey);
    const { outcome, done, bodies } = await attempt(made(signature));
    expect(done).toEqual(['sign.done']);
    expect(bodies).toMatchObject([{ grantId }]);
    expect(outcome).toMatchObject([{ signature }]);
  });

  it('is not believed for being in the database: one that doesn’t verify is used by nobody', async () => {
    const { outcome, done } = await attempt(made(sign('sha256', Uint8Array.of(1), privateKey)));
    expect(outcome).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect(done).toEqual([]);
  });

  it('ends the request where it was made by another hash function: an earlier configuration asked for it', async () => {
    const { outcome, done } = await attempt(made(sign('sha512', octets, privateKey)));
    expect(outcome).toMatchObject({
      findings: [{ rule: 'signing.claimed', message: expect.stringContaining('by sha512 before') as string }],
    });
    expect(done).toEqual([]);
  });

  it('is said to be repeatable of RSA alone', async () => {
    const places: PlaceToClaim[] = [];
    const noting: SignatureClaims = {
      ...claimsAlone(),
      claim: (some) => {
        places.push(...some);
        return claimsAlone().claim(some);
      },
    };
    await attempt(noting);
    await attempt(noting, { key: rsaKey });
    expect(places.map(({ isRepeatable }) => isRepeatable)).toEqual([false, true]);
  });

  it('ends the request, with what was made in the journal, where it is another one than was written down', async () => {
    const { outcome, done } = await attempt(
      { ...claimsAlone(), keep: (signed) => Promise.resolve(signed.map(({ grant }) => grant)) },
      { key: rsaKey },
    );
    expect(outcome).toMatchObject({ findings: [{ rule: 'signing.second-signature' }] });
    expect(done).toContain('sign.done');
  });

  it('ends the request where other octets or another key were claimed before, and nobody is asked', async () => {
    const { outcome, done } = await attempt({
      ...claimsAlone(),
      claim: () => Promise.reject(new OtherOctetsClaimed('the file')),
    });
    expect(outcome).toMatchObject({ findings: [{ rule: 'signing.claimed' }] });
    expect(done).toEqual([]);
  });

  it.each([
    ['TOKEN_UNAVAILABLE', ['released 1']],
    ['TIMEOUT', []],
    ['CHILD_EXITED', []],
  ] as const)(
    'is anybody’s again where the keyholder surely didn’t sign, and not after %s',
    async (code, expected) => {
      const told: string[] = [];
      await attempt(
        claimsAlone(new Map(), (what) => told.push(what)),
        { ask: () => Promise.reject(new KeyHolderError(code, 'no')) },
      );
      expect(told.filter((what) => what.startsWith('released'))).toEqual(expected);
    },
  );
});
