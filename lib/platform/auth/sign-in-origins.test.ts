import { expect, it } from 'vitest';
import { signInOrigins } from './sign-in-origins.ts';

const app = { clientId: 'app', clientSecretFile: '/nowhere' };
const github = { ...app, url: 'https://github.com', apiUrl: 'https://api.github.com' };

it('are those of every host that people sign in with, and no other', () => {
  expect(signInOrigins({})).toEqual([]);
  expect(signInOrigins({ github })).toEqual(['https://github.com']);
  const gitlab = { ...app, server: 'https://git.example/gitlab' };
  expect(signInOrigins({ github, gitlab })).toEqual(['https://github.com', 'https://git.example']);
  expect(signInOrigins({ gitlab: { ...gitlab, url: 'http://127.0.0.1:9' } })).toEqual(['http://127.0.0.1:9']);
});
