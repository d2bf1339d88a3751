import { expect, it } from 'vitest';
import { hostAddressOf, sameRepository } from './same-repository.ts';

const one = { uri: 'https://github.com/nora/shelf', id: '7' };

it('is the same by its number, whatever its name', () => {
  expect(sameRepository(one, { uri: 'https://github.com/collective/shelves', id: '7' })).toBe(true);
  expect(sameRepository(one, { ...one, id: '8' })).toBe(false);
});

it('is another one with the same number on another host', () => {
  for (const uri of ['https://gitlab.com/nora/shelf', 'https://github.com:8443/nora/shelf', 'nowhere'])
    expect(sameRepository(one, { uri, id: '7' })).toBe(false);
  expect(sameRepository({ uri: 'nowhere', id: '7' }, { uri: 'nowhere', id: '7' })).toBe(false);
  expect([sameRepository(one, null), sameRepository(null, null)]).toEqual([false, false]);
  // A host whose name begins with another’s isn’t that one.
  expect(
    'https://gitlab.com.evil.example/a/b'.startsWith(hostAddressOf({ uri: 'https://gitlab.com/a/b' }) ?? ''),
  ).toBe(false);
});
