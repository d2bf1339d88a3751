import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../host/configuration/index.ts';
import { parsePortalConfig } from './index.ts';

const text = (changes: Record<string, string> = {}) => {
  const lines: Record<string, string> = {
    databaseUrl: 'postgresql://portal@127.0.0.1/countersign',
    artifactStore: 'store/artifacts',
    policyRepository: '{url: https://example.org/policies.git, cloneDir: policy.git}',
    publicUrl: 'http://127.0.0.1:4400/',
    keysDir: 'keys',
    auth: '{secretFile: secret}',
    upload: '{sizeBytesMax: 1000}',
    ...changes,
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}: ${value}\n`)
    .join('');
};

describe('the portal configuration', () => {
  it('makes paths absolute and puts released artifacts beside the uploaded ones', () => {
    const config = parsePortalConfig(text(), '/srv/countersign');
    expect(config.artifactStore).toBe('/srv/countersign/store/artifacts');
    expect(config.releasedStore).toBe('/srv/countersign/store/released');
    expect(config.publicUrl).toBe('http://127.0.0.1:4400');
    expect(config.auth.development).toBe(false);
  });

  it('names what builds use by whole commits alone', () => {
    const commit = 'a'.repeat(40);
    const steps = (github: object) =>
      parsePortalConfig(text({ buildSteps: JSON.stringify({ github }) }), '/').buildSteps;
    const uses = 'example/countersign/action';
    expect(steps({ uses, commit, version: 'v1.2.0' })).toEqual({
      github: { uses, commit, version: 'v1.2.0' },
    });
    for (const wrong of [
      { uses, commit: 'v1' },
      { uses, commit: 'a'.repeat(39) },
      { uses: 'https://x/y', commit },
      { uses, commit, version: 'v1\n- run: x' },
    ])
      expect(() => steps(wrong)).toThrow(ConfigurationError);
  });

  it('gives each project space for a few of the largest files by default', () => {
    expect(parsePortalConfig(text(), '/').upload).toMatchObject({
      unusedBytesMax: 4000,
      unusedCountMax: 200,
      unusedHours: 24,
      dayBytesMax: 16_000,
      dayCountMax: 2000,
    });
    const upload = '{sizeBytesMax: 10, unusedBytesMax: 10, unusedHours: 1}';
    expect(parsePortalConfig(text({ upload }), '/').upload).toMatchObject({
      unusedBytesMax: 10,
      unusedHours: 1,
      dayBytesMax: 160,
    });
  });

  it.each(['http://127.0.0.1:4400', 'http://localhost:4400', 'http://[::1]:4400'])(
    'allows development sign-in on the loopback address %s',
    (publicUrl) => {
      const config = parsePortalConfig(text({ publicUrl, auth: '{secretFile: s, development: true}' }), '/');
      expect(config.auth.development).toBe(true);
    },
  );

  it.each([
    'https://countersign.example',
    'http://127.0.0.1.example',
    'http://10.0.0.1',
    'http://localhost.example',
  ])('refuses development sign-in on %s, which others can reach', (publicUrl) => {
    expect(() =>
      parsePortalConfig(text({ publicUrl, auth: '{secretFile: s, development: true}' }), '/'),
    ).toThrow(/loopback/);
  });

  it.each([
    ['an unknown key', text({ extra: '1' })],
    ['a database that is not PostgreSQL', text({ databaseUrl: 'mysql://x' })],
    [
      'a policy repository that git would read as an option',
      text({ policyRepository: '{url: --upload-pack=x, cloneDir: c}' }),
    ],
    ['a size that is no number', text({ upload: '{sizeBytesMax: lots}' })],
    [
      'room for uploads that the largest file has none in',
      text({ upload: '{sizeBytesMax: 9, dayBytesMax: 8}' }),
    ],
    ['a duplicate key', `${text()}keysDir: other\n`],
    ['an alias', text({ keysDir: '&a x', artifactStore: '*a' })],
    ['no document', ''],
    ['broken YAML', '{'],
  ])('refuses %s', (_name, broken) => {
    expect(() => parsePortalConfig(broken, '/')).toThrow(ConfigurationError);
  });

  it('makes every other path absolute, and removes trailing slashes from addresses', () => {
    const more = {
      policyHost:
        "{github: {owner: o, name: n, id: '1', appId: 1, installationId: 2, privateKeyFile: app.pem, webhookSecretFile: hook}}",
      codeHost: '{apiUrl: http://127.0.0.1:9/api/, webUrl: https://code.example/, tokenFile: token}',
      mail: '{smtp: smtps://mail.example, passwordFile: mail, from: a@example.org}',
      publicationDir: 'published',
      releasedStore: 'elsewhere',
      auth: '{secretFile: secret, github: {clientId: c, clientSecretFile: client}}',
    };
    expect(parsePortalConfig(text(more), '/srv')).toMatchObject({
      policyHost: { github: { privateKeyFile: '/srv/app.pem', webhookSecretFile: '/srv/hook' } },
      codeHost: { apiUrl: 'http://127.0.0.1:9/api', webUrl: 'https://code.example', tokenFile: '/srv/token' },
      mail: { passwordFile: '/srv/mail' },
      publicationDir: '/srv/published',
      releasedStore: '/srv/elsewhere',
      keysDir: '/srv/keys',
      policyRepository: { cloneDir: '/srv/policy.git' },
      auth: { secretFile: '/srv/secret', github: { clientSecretFile: '/srv/client' } },
    });
    const local = parsePortalConfig(text({ policyHost: '{local: {repository: r.git}}' }), '/srv');
    expect(local.policyHost).toEqual({ local: { repository: '/srv/r.git' }, mainBranch: 'main' });
  });

  it.each([
    ['codeHost', '{apiUrl: http://code.example}'],
    [
      'policyHost',
      "{github: {owner: o, name: n, id: '1', appId: 1, installationId: 2, privateKeyFile: k, apiUrl: http://10.0.0.1}}",
    ],
  ])('sends no credentials unencrypted to %s', (name, value) => {
    expect(() => parsePortalConfig(text({ [name]: value }), '/')).toThrow(/Write an https:\/\/ address/);
  });

  it('takes accounts from github.com alone, or from this machine for tests', () => {
    const auth = (more: string) => `{secretFile: s, github: {clientId: c, clientSecretFile: f${more}}}`;
    const here = parsePortalConfig(
      text({ auth: auth(', url: http://127.0.0.1:9/, apiUrl: http://127.0.0.1:9/api') }),
      '/',
    );
    expect(here.auth.github).toMatchObject({ url: 'http://127.0.0.1:9', apiUrl: 'http://127.0.0.1:9/api' });
    expect(parsePortalConfig(text({ auth: auth('') }), '/').auth.github).toMatchObject({
      url: 'https://github.com',
      apiUrl: 'https://api.github.com',
    });
    for (const name of ['url', 'apiUrl'])
      expect(() => parsePortalConfig(text({ auth: auth(`, ${name}: https://git.example`) }), '/')).toThrow(
        /accounts are those of the public host/,
      );
  });
  it('takes accounts from one GitLab over HTTPS, which this machine may stand for in tests', () => {
    const auth = (more: string) => `{secretFile: s, gitlab: {clientId: c, clientSecretFile: f${more}}}`;
    const parsed = (more: string) => parsePortalConfig(text({ auth: auth(more) }), '/').auth.gitlab;
    expect(parsed('')).toMatchObject({ server: 'https://gitlab.com' });
    expect(parsed(', server: "https://git.example:8443/gitlab", url: "http://127.0.0.1:9/"')).toMatchObject({
      server: 'https://git.example:8443/gitlab',
      url: 'http://127.0.0.1:9',
    });
    for (const more of [
      'server: "http://git.example"',
      'server: "https://git.example/"',
      'server: "https://Git.example"',
      'server: "https://user@git.example"',
      'url: "https://git.example"',
    ])
      expect(() => parsed(`, ${more}`)).toThrow(/gitlab/);
  });

  it('reports all mistakes at once, with their positions', () => {
    const broken = text({ publicUrl: 'nowhere', upload: '{sizeBytesMax: lots}', keysDirr: 'x' });
    expect(() => parsePortalConfig(broken, '/srv')).toThrow(
      [
        '/srv/portal.yaml:4:12: `publicUrl` is "nowhere". Write an address, such as https://example.org/.',
        '/srv/portal.yaml:7:24: `upload.sizeBytesMax` is "lots". Write a number.',
        '/srv/portal.yaml:8:1: `keysDirr` is not known. Did you mean `keysDir`? Otherwise remove it.',
      ].join('\n'),
    );
  });
});
