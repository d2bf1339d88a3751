import { describe, expect, it } from 'vitest';
import { apiOf } from './index.ts';

describe('the API of a host that builds', () => {
  it.each([
    ['github', 'https://token.actions.githubusercontent.com', 'https://api.github.com'],
    ['github', 'https://token.actions.githubusercontent.com/octo', 'https://api.github.com'],
    ['github', 'https://token.actions.octo.ghe.com', 'https://api.octo.ghe.com'],
    ['github', 'https://code.example/_services/token', 'https://code.example/api/v3'],
    ['github', 'https://token.actions.githubusercontent.com.evil.example', null],
    ['github', 'https://token.actions.evil.example', null],
    ['github', 'http://code.example/_services/token', null],
    ['gitlab', 'https://gitlab.com', 'https://gitlab.com/api/v4'],
    ['gitlab', 'https://code.example/gitlab/', 'https://code.example/gitlab/api/v4'],
    ['gitlab', 'nowhere', null],
  ] as const)('of %s with the issuer %s is %s', (provider, issuer, api) => {
    expect(apiOf({}, provider, issuer)).toBe(api);
  });

  it('is where the configuration says for exactly that issuer', () => {
    const issuer = 'https://token.development-build-system.example';
    const config = { publishing: { hosts: [{ issuer, apiUrl: 'http://127.0.0.1:1' }] } };
    expect(apiOf(config, 'github', issuer)).toBe('http://127.0.0.1:1');
    expect(apiOf(config, 'github', `${issuer}/more`)).toBe(null);
  });
});
