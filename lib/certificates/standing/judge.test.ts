import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { effectiveRevocation, judgeSignature, signatureStates, standingOfRelease, worstOf } from './index.ts';
import type { KnownRevocation, SignatureStanding } from './index.ts';

const at = (text: string): Date => new Date(`${text}Z`);
const now = at('2026-11-27T12:00:00');
const effectiveAt = at('2026-11-20T00:00:00');
const revocation = (more: Partial<KnownRevocation> = {}): KnownRevocation => ({
  serial: '5a3c01',
  project: 'p',
  certificate: 'release',
  reason: 'privilegeWithdrawn',
  effectiveAt,
  learnedAt: now,
  ...more,
});
const publisher = 'foundation' as const;
const valid = { publisher, purpose: 'release', validTo: at('2027-11-27T00:00:00') };
const ended = { publisher, purpose: 'release', validTo: at('2026-11-26T00:00:00') };
const forTests = { publisher, purpose: 'test', validTo: at('2027-11-27T00:00:00') };
const before = at('2026-11-19T23:59:59.999');

describe('a signature', () => {
  it.each([
    ['is good', before, valid, null, 'good'],
    ['is good without a timestamp while its certificate is valid', null, valid, null, 'good'],
    ['stays good after its certificate ran out, by its timestamp', before, ended, null, 'good'],
    ['is expired without one', null, ended, null, 'expired'],
    ['is for tests', before, forTests, null, 'test-certificate'],
    ['is nobody’s to say about where its certificate isn’t listed', before, null, null, 'unlisted'],
    ['made at the very second is revoked', effectiveAt, valid, revocation(), 'revoked'],
    ['made later is revoked', at('2026-11-20T00:00:01'), valid, revocation(), 'revoked'],
    ['made a millisecond earlier stays good', before, valid, revocation(), 'good-before-revocation'],
    ['without a timestamp is revoked, whenever it was made', null, valid, revocation(), 'revoked'],
    ['is revoked also where the certificate isn’t listed', effectiveAt, null, revocation(), 'revoked'],
    ['is revoked also where the certificate is for tests', effectiveAt, forTests, revocation(), 'revoked'],
    ['is revoked also where the certificate ran out', null, ended, revocation(), 'revoked'],
    ['that a timestamp saves is still one for tests', before, forTests, revocation(), 'test-certificate'],
    ['that a timestamp saves is still unlisted', before, null, revocation(), 'unlisted'],
    [
      'is good until a date to come',
      before,
      valid,
      revocation({ effectiveAt: at('2026-12-24T00:00:00') }),
      'good-before-revocation',
    ],
  ] as const)('%s', (_, timestampedAt, certificate, revoked, state) => {
    expect(judgeSignature({ timestampedAt }, certificate, revoked, now)).toEqual({
      state,
      revocation: revoked,
      publisher: certificate === null ? null : 'foundation',
    });
  });
});

describe('what revokes a certificate', () => {
  const compromised = revocation({
    serial: '5a3c02',
    reason: 'keyCompromise',
    effectiveAt: at('2026-11-10T00:00:00'),
  });

  it('is its own revocation, whatever the reason', () => {
    expect(effectiveRevocation(revocation(), [])).toEqual(revocation());
    expect(effectiveRevocation(null, [])).toBeNull();
  });

  it('is that of a certificate with the same key only if the key is compromised', () => {
    expect(effectiveRevocation(null, [compromised])).toBe(compromised);
    expect(effectiveRevocation(null, [revocation({ serial: '5a3c02' })])).toBeNull();
  });

  it('is the one of several with the earliest date', () => {
    expect(effectiveRevocation(revocation(), [compromised])).toBe(compromised);
    const own = revocation({ effectiveAt: at('2026-11-01T00:00:00') });
    expect(effectiveRevocation(own, [compromised])).toBe(own);
  });
});

describe('a release', () => {
  const standing = (state: SignatureStanding['state'], revoked: KnownRevocation | null = null) => ({
    standing: { state, revocation: revoked, publisher },
    count: 1,
  });

  it('has the state of its worst signature, and counts the signatures of each state', () => {
    const release = standingOfRelease([
      ...[standing('good'), standing('revoked', revocation()), { ...standing('good'), count: 3 }],
    ]);
    expect(release).toMatchObject({ state: 'revoked', revocation: revocation() });
    expect(release.counts).toMatchObject({ good: 4, revoked: 1, expired: 0 });
  });

  it('names the revocation with the earliest date', () => {
    const earlier = revocation({ serial: '5a3c02', effectiveAt: at('2026-11-10T00:00:00') });
    const release = standingOfRelease([standing('revoked', revocation()), standing('revoked', earlier)]);
    expect(release.revocation).toBe(earlier);
  });

  it('has the project as publisher as soon as one of its signatures does, and none if no certificate is listed', () => {
    const by = (...publishers: readonly SignatureStanding['publisher'][]) =>
      standingOfRelease(
        publishers.map((publisher) => ({ standing: { ...standing('good').standing, publisher }, count: 1 })),
      ).publisher;
    expect(by('foundation', 'project', 'foundation')).toBe('project');
    expect(by(null, 'foundation', null)).toBe('foundation');
    expect(by(null)).toBeNull();
    expect(judgeSignature({ timestampedAt: before }, { ...valid, publisher: 'project' }, null, now)).toEqual({
      state: 'good',
      revocation: null,
      publisher: 'project',
    });
  });

  it('without a signature has no state', () => {
    expect(standingOfRelease([]).state).toBe('unlisted');
  });

  it('is good only if every signature is', () => {
    const any = fc.array(fc.constantFrom(...signatureStates), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(any, (states) => {
        const release = standingOfRelease(states.map((state) => standing(state)));
        expect(release.state).toBe(states.reduce(worstOf));
        expect(release.state === 'good').toBe(states.every((state) => state === 'good'));
        expect(release.state === 'revoked').toBe(states.includes('revoked'));
      }),
    );
  });
});
