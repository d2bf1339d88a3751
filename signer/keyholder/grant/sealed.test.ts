import { describe, expect, it } from 'vitest';
import { claimedGrant, mintedAgain, releaseGrant } from './grants.fixture.ts';
import { redeem } from './index.ts';

const invalid = expect.objectContaining({ code: 'GRANT_INVALID' }) as Error;

describe('a grant', () => {
  it('is redeemed once, for what it states', () => {
    const grant = releaseGrant();
    expect(redeem(grant)).toEqual(grant.wire);
    expect(() => redeem(grant)).toThrow(invalid);
    expect(redeem(mintedAgain(grant.wire))).toEqual(grant.wire);
  });

  it('can’t be forged from its wire form, a copy or a prototype', () => {
    const grant = releaseGrant();
    const heir: unknown = Object.create(grant);
    for (const forged of [grant.wire, { wire: grant.wire }, structuredClone<object>(grant), heir])
      expect(() => redeem(claimedGrant(forged))).toThrow(invalid);
  });

  it('can’t be made with the constructor of an existing one', () => {
    const grant = releaseGrant();
    const { constructor } = grant;
    for (const by of [undefined, Symbol('sealing')])
      expect(() => Reflect.construct(constructor, [by, grant.wire]) as unknown).toThrow(invalid);
  });

  it('can’t be changed', () => {
    const grant = releaseGrant({ leafPath: ['one.exe'] });
    const { wire } = grant;
    if (wire.purpose !== 'release') throw new Error('it is for a release');
    expect(() => Object.assign(wire, { keyLabel: 'another' })).toThrow(TypeError);
    expect(() => wire.leafPath.push('two.exe')).toThrow(TypeError);
  });

  it.each([
    ['the request', { requestId: 'timestamp-1' }],
    ['the project', { project: '../widget' }],
    ['the key', { keyLabel: '' }],
    ['the file', { unsignedSha256: 'b' }],
    ['the artifact', { artifactSha256: '' }],
    ['the commit', { policyCommit: 'main' }],
    ['the bytes', { toBeSigned: new Uint8Array() }],
  ])('is not minted with an empty member: %s', (_, change) => {
    expect(() => releaseGrant(change)).toThrow(invalid);
  });
});
