import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { readCeremonyConfig } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-ceremony-config-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const token = { label: 'token', pin: { file: 'pin' } };
const good = {
  version: 1,
  foundation: { name: 'Example Foundation' },
  keysDirectory: 'keys',
  softhsmConf: 'softhsm2.conf',
  tokens: { signing: token, log: { label: 'log', pin: { env: 'LOG_PIN' } } },
  publicAuthority: { roots: ['roots/public.pem'] },
  projectAuthority: { roots: ['roots/project.pem', '/etc/roots/other.pem'] },
  projects: [],
};

function read(config: unknown) {
  const file = join(folder, 'ceremony.yaml');
  writeFileSync(file, stringify(config, { aliasDuplicateObjects: false }));
  return readCeremonyConfig(file);
}

describe('a ceremony’s configuration', () => {
  it('has absolute paths, those of either public authority’s roots among them', () => {
    const at = (name: string): string => join(folder, name);
    expect(read(good)).toMatchObject({
      keysDirectory: at('keys'),
      softhsmConf: at('softhsm2.conf'),
      tokens: { signing: [{ pin: { file: at('pin') }, storage: 'token' }], log: { pin: { env: 'LOG_PIN' } } },
      publicAuthority: { roots: [at('roots/public.pem')] },
      projectAuthority: { roots: [at('roots/project.pem'), '/etc/roots/other.pem'] },
    });
  });

  it('reports what each token lacks and malformed witness keys', () => {
    const broken = { ...good, publicAuthority: undefined, witnesses: [{ name: 'ada', key: 'ssh-rsa x' }] };
    expect(() => read(broken)).toThrow(
      /`witnesses\[0\]\.key` is something else \(not repeated here\)\. Write an OpenSSH public key/,
    );
    expect(() => read({ ...good, publicAuthority: undefined })).toThrow(
      '`tokens` doesn’t fit together. Root, issuing and timestamping are needed',
    );
  });

  it('has several tokens for projects’ keys, and successors for keys of earlier generations', () => {
    const tokens = { ...good.tokens, signing: [token, { ...token, label: 'second', storage: 'wrapped' }] };
    const withCertificate = (certificate: object, changed = tokens) =>
      read({
        ...good,
        tokens: changed,
        projects: [
          {
            slug: 'widget',
            name: 'Widget',
            program: 'executables',
            certificates: [{ name: 'release', purpose: 'release', ...certificate }],
          },
        ],
      });
    expect(withCertificate({ token: 'second' }).tokens.signing.map(({ label }) => label)).toEqual([
      'token',
      'second',
    ]);
    expect(() => withCertificate({ token: 'third' })).toThrow(/the label of one of tokens\.signing/);
    expect(() =>
      withCertificate({}, { ...tokens, signing: [token, { ...token, storage: 'token' }] }),
    ).toThrow(/each label once/i);
    expect(withCertificate({ generation: 2, sameKeyAs: 1 }).projects[0]?.certificates[0]?.sameKeyAs).toBe(1);
    for (const wrong of [
      { generation: 2, sameKeyAs: 2 },
      { sameKeyAs: 1 },
      { generation: 2, sameKeyAs: 1, token: 'second' },
    ])
      expect(() => withCertificate(wrong)).toThrow(/sameKeyAs names an earlier generation/i);
  });

  it('may name as many projects as the schema allows', () => {
    const projects = Array.from({ length: 1000 }, (_, at) => ({
      slug: `project-${at}`,
      name: `Project ${at}`,
      program: 'executables',
      certificates: [
        { name: 'release', purpose: 'release' },
        { name: 'test', purpose: 'test' },
      ],
    }));
    expect(read({ ...good, projects }).projects).toHaveLength(1000);
  });

  it('gives no project an OpenPGP key for the address of a role, unless it is named', () => {
    const project = (slug: string) => ({
      slug,
      name: slug,
      program: 'executables',
      certificates: [{ name: 'release', purpose: 'release' }],
      ownKeys: [{ name: 'own', purpose: 'openpgp', serves: 'release' }],
    });
    const config = (slug: string, roleNames: readonly string[] = []) => ({
      ...good,
      openPgp: { domain: 'example.org', revocations: 'revocations', roleNames },
      projects: [project(slug)],
    });
    expect(() => read(config('widget'))).not.toThrow();
    for (const slug of ['security', 'postmaster', 'host-master', 'admin', 'no-reply']) {
      expect(() => read(config(slug)), slug).toThrow(/openPgp\.roleNames/);
      expect(() => read(config(slug, [slug]))).not.toThrow();
    }
    expect(() => read(config('admin', ['other']))).toThrow(/openPgp\.roleNames/);
  });
});
