/** What is looked at right before each signature. */
import { describe, expect, it } from 'vitest';
import { fail } from '#core/wire/finding/index.ts';
import type { RequestEvent } from '#core/wire/journal/index.ts';
import { formats } from '#core/formats/registry.ts';
import type { Subject } from '#core/formats/format.ts';
import { inspectedAs } from '../checks/proofs.fixture.ts';
import { asInspected } from '../file-version/index.ts';
import type { Run } from '../run/index.ts';
import { KeyHolderError, type SigningGrant } from '../../keyholder/index.ts';
import { claimsAlone } from '../claims/claims.fixture.ts';
import type { SignatureClaims } from '../claims/index.ts';
import { evidenceWith, inspected, lookedAt, now, rsaKey, sha256, target } from './evidence.fixture.ts';
import { signFile, signTogether } from './sign-file.ts';
import type { SigningContext } from './signing-context.ts';

const evidence = evidenceWith(rsaKey);

/** One round over the file; → what it rejected with, and what happened before. */
async function attempt(checkBeforeFile: SigningContext['checkBeforeFile']) {
  const done: string[] = [];
  const version = asInspected(inspected, []);
  const { signing } = formats.pe;
  if (version === null || signing === null) throw new Error('nothing to sign');
  const context = {
    evidence,
    checkBeforeFile,
    claims: claimsAlone(),
    timestamps: null,
    inspector: null,
    run: {
      now: () => now,
      record: async (event: RequestEvent) => void done.push(event.kind),
    } as unknown as Run,
    keyHolder: {
      sign() {
        done.push('asked the keyholder');
        return Promise.reject(new Error('far enough'));
      },
    },
  } as unknown as SigningContext;
  const subject: Subject = { digest: 'b'.repeat(64), content: Uint8Array.of() };
  const error: unknown = await signFile(context, {
    target,
    sign: {},
    number: 0,
    subject,
    version,
    signing: { ...signing, toBeSigned: () => Uint8Array.of(0x31, 0) },
  }).catch((reason: unknown) => reason);
  return { error, done };
}

describe('a signature of a file', () => {
  it('is requested once the certificate was found good a moment ago', async () => {
    expect((await attempt(lookedAt(now))).done).toEqual(['sign.intent', 'asked the keyholder']);
  });

  it('is not requested if the certificate was revoked meanwhile: that ends the request', async () => {
    const finding = fail({ rule: 'release.certificate', message: 'It was revoked.', fix: 'None.' });
    const { error, done } = await attempt(async () => ({ ok: false, findings: [finding] }));
    expect(error).toMatchObject({ findings: [finding] });
    expect(done).toEqual([]);
  });

  it('is not requested on a check minutes old, nor while signing is stopped', async () => {
    const before = new Date(now.getTime() - 120_000);
    const { error, done } = await attempt(lookedAt(before));
    expect(error).toMatchObject({ code: 'GRANT_REFUSED' });
    const stopped = await attempt(() => Promise.reject(new Error('stopped')));
    expect(stopped.error).toMatchObject({ message: 'stopped' });
    expect([...done, ...stopped.done]).toEqual([]);
  });
});

describe('signatures of several files', () => {
  const names = ['a.exe', 'b.exe', 'c.exe'];
  const several = inspectedAs({
    artifactSha256: sha256,
    leaves: names.map((name) => ({ path: [name], file: name, sha256, sizeBytes: 1 })),
    containers: [],
    inside: [],
    signTargets: names.map((name) => ({ ...target, path: [name], file: name })),
    parameters: {},
  });

  /** → how each ended, and what happened, in order. */
  async function together(
    sign: (name: string, done: string[]) => Promise<Uint8Array>,
    checkBeforeFile: SigningContext['checkBeforeFile'] = lookedAt(now),
    claims: SignatureClaims = claimsAlone(),
  ) {
    const done: string[] = [];
    const { signing } = formats.pe;
    if (signing === null) throw new Error('nothing to sign');
    const context = {
      evidence: { ...evidence, inspected: several },
      checkBeforeFile,
      claims,
      wait: async (seconds: number) => void done.push(`waited ${seconds} s`),
      run: {
        now: () => now,
        record: async (...events: readonly (RequestEvent & { readonly path?: unknown })[]) =>
          void done.push(events.map((event) => `${event.kind} ${JSON.stringify(event.body)}`).join('\n')),
      } as unknown as Run,
      keyHolder: {
        sign: async ({ wire }: SigningGrant) => {
          const name = 'leafPath' in wire ? (wire.leafPath[0] ?? '') : '';
          return { signature: await sign(name, done) };
        },
      },
    } as unknown as SigningContext;
    const rounds = several.signTargets.map((one) => {
      const version = asInspected(several, one.path);
      if (version === null) throw new Error('nothing was inspected there');
      return {
        target: one,
        sign: {},
        number: 0,
        subject: { digest: 'b'.repeat(64), content: Uint8Array.of() } satisfies Subject,
        version,
        signing: { ...signing, toBeSigned: () => Uint8Array.of(0x31, 0) },
      };
    });
    const outcome: unknown = await signTogether(context, rounds).catch((reason: unknown) => reason);
    /** Kinds of events with their files. */
    const told = done.map((text) =>
      [...text.matchAll(/(sign\.\w+)|"path":\["(\w)\.exe"\]|^(?:waited|asked).*$/gm)]
        .map(([all, kind, name]) => kind ?? name ?? all)
        .join(' '),
    );
    return { outcome, told };
  }
  const [inAll, after] = ['sign.intent a sign.intent b sign.intent c', 'sign.done a sign.done b sign.done c'];

  it('are made at once, and journalled in the order of the files, whichever is made first', async () => {
    const arrived: string[] = [];
    const all = Promise.withResolvers<null>();
    const { outcome, told } = await together(async (name) => {
      arrived.push(name);
      if (arrived.length === names.length) all.resolve(null);
      await all.promise;
      if (name === 'a.exe') await new Promise((resolve) => setImmediate(resolve));
      return Buffer.from(name);
    });
    expect(arrived).toEqual(names);
    expect(told).toEqual([inAll, after]);
    expect((outcome as { signature: Buffer }[]).map(({ signature }) => String(signature))).toEqual(names);
  });

  it('are journalled even if another one fails', async () => {
    const { outcome, told } = await together(async (name) => {
      if (name === 'b.exe') throw new KeyHolderError('GRANT_CONFLICT', 'other bytes');
      return Buffer.from(name);
    });
    expect(outcome).toMatchObject({ findings: [{ rule: 'signing.refused', path: ['b.exe'] }] });
    expect(told).toEqual([inAll, 'sign.done a sign.done c']);
  });

  it('wait for their turn at the limit of signatures per minute, and are checked again before they get it', async () => {
    let refused = 0;
    let checks = 0;
    const { outcome, told } = await together(
      async (name) => {
        if (name === 'b.exe' && (refused += 1) === 1)
          throw new KeyHolderError('RATE_EXCEEDED', 'the limit; try again in 7 s, or raise it');
        return Buffer.from(name);
      },
      () => {
        checks += 1;
        return lookedAt(now)();
      },
    );
    expect([told, checks]).toEqual([[inAll, 'waited 7 s', after], 2]);
    expect(outcome).toHaveLength(3);
  });

  it('get another grant where theirs expired while others were read, and are checked again before', async () => {
    let expired = 0;
    let checks = 0;
    const { outcome, told } = await together(
      async (name) => {
        if (name === 'b.exe' && (expired += 1) === 1)
          throw new KeyHolderError('GRANT_EXPIRED', 'grant expired: check again and mint a new one');
        return Buffer.from(name);
      },
      () => {
        checks += 1;
        return lookedAt(now)();
      },
    );
    expect([told, checks]).toEqual([[inAll, after], 2]);
    expect(outcome).toHaveLength(3);
  });

  it('are not waited for once signing is stopped', async () => {
    let checks = 0;
    const { outcome, told } = await together(
      async () => {
        throw new KeyHolderError('RATE_EXCEEDED', 'the limit; try again in 7 s');
      },
      () => ((checks += 1) === 1 ? lookedAt(now)() : Promise.reject(new Error('stopped'))),
    );
    expect(outcome).toMatchObject({ message: 'stopped' });
    expect(told.filter((text) => text.includes('sign.done'))).toEqual([]);
  });
});
