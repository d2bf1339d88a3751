import { describe, expect, it } from 'vitest';
import { uploadPackAt } from './address.ts';

describe('an address', () => {
  it.each([
    ['https://git.example.org/policies.git', 'https git.example.org  /policies.git/git-upload-pack'],
    ['https://git.example.org/policies/', 'https git.example.org  /policies/git-upload-pack'],
    ['HTTPS://Git.Example.org:443/a/b', 'https git.example.org  /a/b/git-upload-pack'],
    ['http://127.0.0.1:3000/policies.git', 'http 127.0.0.1 3000 /policies.git/git-upload-pack'],
    ['http://[::1]:3000/policies.git', 'http ::1 3000 /policies.git/git-upload-pack'],
    ['https://git.example.org/a%20b.git', 'https git.example.org  /a%20b.git/git-upload-pack'],
  ])('%s leads where git asks', (url, expected) => {
    const { secure, host, port, path, authorization } = uploadPackAt(url) ?? expect.fail('git alone');
    expect(`${secure ? 'https' : 'http'} ${host} ${port} ${path}`).toBe(expected);
    expect(authorization).toBeNull();
  });

  it.each([
    ['robot:s3cret', 'robot:s3cret'],
    ['robot', 'robot:'],
    [':token', ':token'],
    ['a%40example.org:p%3Aw%2F', 'a@example.org:p:w/'],
    ['gr%C3%B6%C3%9Fe:x', 'größe:x'],
  ])('with the credentials %s has them as Basic', (userinfo, expected) => {
    const { authorization, ...rest } =
      uploadPackAt(`https://${userinfo}@git.example.org/p.git`) ?? expect.fail('git alone');
    expect(Buffer.from((authorization ?? '').replace('Basic ', ''), 'base64').toString()).toBe(expected);
    expect(JSON.stringify(rest)).not.toContain('s3cret');
  });

  it.each([
    '/srv/policies.git',
    'file:///srv/policies.git',
    'ssh://git@git.example.org/policies.git',
    'git@git.example.org:policies.git',
    'ftp://git.example.org/policies.git',
    'https://git.example.org',
    'https://git.example.org/p.git?key=1',
    'https://git.example.org/p.git#x',
    'https://git.example.org/a/../p.git',
    'https://git.example.org/a/%2e%2e/p.git',
    'https://git.example.org/a b.git',
    'https://git.example.org/größe.git',
    'https://git.example.org\\@other.example/p.git',
    'https://robot:a@b@git.example.org/p.git',
    'https://robot:a/b@git.example.org/p.git',
    'https://robot:%ff@git.example.org/p.git',
    'https://a%3Ab:c@git.example.org/p.git',
    'https://git.example.org:99999/p.git',
    'https://git.example.org/p.git\n',
    'https:git.example.org/p.git',
    'https:///git.example.org/p.git',
    '',
  ])('for git alone is %j', (url) => {
    expect(uploadPackAt(url)).toBeNull();
  });
});
