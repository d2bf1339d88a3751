import { describe, expect, it } from 'vitest';
import { localPath } from './index.ts';

describe('the destination after signing in', () => {
  it('is a page of this portal', () => {
    expect(localPath('/apply/3/name?x=1#y', '/approvals')).toBe('/apply/3/name?x=1#y');
    expect(localPath('/', '/approvals')).toBe('/');
  });

  it.each([
    '//evil.example',
    '/\\evil.example',
    'https://evil.example/',
    'javascript:alert(1)',
    '/a\\b',
    '/a b',
    '/a\nb',
    'apply',
    '',
    `/${'a'.repeat(600)}`,
    null,
    undefined,
  ])('is never %j', (text) => {
    expect(localPath(text, '/approvals')).toBe('/approvals');
  });
});
