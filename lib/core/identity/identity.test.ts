import { describe, expect, it } from 'vitest';
import {
  hostLabel,
  identityHostNames,
  identityHosts,
  identityText,
  identityTextAsBefore,
  includesIdentity,
  isIdentityHost,
  readIdentityAsBefore,
  sameIdentity,
} from './index.ts';

const ada = { host: 'github', id: '7' };
const stranger = { host: 'gitlab', id: '7' };

describe('an identity', () => {
  it('is the same by host and id, and somebody else with the same number on another host', () => {
    expect(sameIdentity(ada, { ...ada })).toBe(true);
    expect(sameIdentity(ada, stranger)).toBe(false);
    expect(sameIdentity(ada, { ...ada, id: '70' })).toBe(false);
    expect(includesIdentity([stranger, { host: 'github', id: '77' }], ada)).toBe(false);
  });

  it('has one text, and the id alone where texts of before have to come out as they were', () => {
    expect([ada, stranger].map(identityText)).toEqual(['github:7', 'gitlab:7']);
    expect([ada, stranger].map(identityTextAsBefore)).toEqual(['7', 'gitlab:7']);
    for (const one of [ada, stranger]) expect(readIdentityAsBefore(identityTextAsBefore(one))).toEqual(one);
    expect(readIdentityAsBefore('github:7')).toEqual(ada);
  });

  it('of a host that this version doesn’t know is nobody’s', () => {
    expect(isIdentityHost('github')).toBe(true);
    for (const host of ['gitlab2', 'toString', '__proto__', '']) expect(isIdentityHost(host)).toBe(false);
    expect(hostLabel('toString')).toBe('toString');
  });
});

it('the names of hosts go into texts and addresses as they are, and ids hold nothing that separates', () => {
  for (const host of identityHostNames) {
    expect(host).toMatch(/^[a-z][a-z0-9-]*$/);
    const { pattern, lengthMax } = identityHosts[host].id;
    for (const one of [':', ' ', '7 ', '@', '<', '', '7'.repeat(lengthMax + 1)])
      expect(new RegExp(pattern).test(one)).toBe(false);
  }
});
