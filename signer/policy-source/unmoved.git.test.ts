import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createGitHost, git } from '../../dev/git-host/index.ts';
import { runCommand } from '../../dev/stack/index.ts';
import { testDatabase } from '../../dev/test/index.ts';
import { openDatabase, type Database } from '../ground/database/index.ts';
import { comment, followedRepository, type FollowedRepository } from './followed-repository.fixture.ts';
import type { PolicySource } from './index.ts';
import { formatOf, openRefsHost } from './ls-refs/index.ts';

const notes = 'refs/notes/policy-signatures';
const log = pino({ level: 'silent' });

describe('a policy repository over HTTP', () => {
  let urls: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let followed: FollowedRepository;
  let repository: string;
  let source: PolicySource;
  let servers: Server[];
  /** Requests to the host, as `POST /policies.git/git-upload-pack`. */
  let asked: string[];
  let started: ChildProcess[];

  const onStart = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    started.push(child);
  };
  beforeAll(async () => {
    urls = await testDatabase();
    database = openDatabase(urls.signer, () => undefined);
    subscribe('child_process', onStart);
  });
  afterAll(async () => {
    unsubscribe('child_process', onStart);
    await database.close();
    await urls.release();
  });
  beforeEach(async () => {
    [asked, started, servers] = [[], [], []];
    followed = await followedRepository(database);
    repository = followed.seeded.repository;
    source = followed.open('signer', await served());
    await source.refresh();
    await source.refresh();
    [asked, started] = [[], []];
  });
  afterEach(async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    await followed.release();
  });

  async function listen(server: Server): Promise<string> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}/${path.basename(repository)}`;
  }

  /** The development's host, or one that answers by itself whatever this doesn't leave to that one (by returning false). */
  async function served(instead: (...given: Parameters<RequestListener>) => boolean = () => false) {
    const host = createGitHost(path.dirname(repository));
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url?.split('/').slice(2).join('/')}`);
      if (!instead(request, response)) host.emit('request', request, response);
    });
    return `http://${await listen(server)}`;
  }

  /** The subcommands of git that ran in the signer's clone. */
  const gitRan = (): readonly string[] =>
    started
      .filter(({ spawnargs }) => spawnargs.includes('--git-dir') && spawnargs.includes('gc.auto=0'))
      .map(({ spawnargs }) => spawnargs.find((word) => /^[a-z]+(?:-[a-z]+)+$|^fetch$/.test(word)) ?? '?');
  const inForce = async () => (await source.refresh()).commit;

  it('that stays as it is costs one request, and no process', async () => {
    for (let check = 0; check < 5; check++) expect(await inForce()).toBe(followed.seeded.initialCommit);
    expect(gitRan()).toEqual([]);
    expect(asked).toEqual(Array.from({ length: 5 }, () => 'POST git-upload-pack'));
    expect(source.status()).toMatchObject({ sync: 'Synced', health: 'Healthy' });
  });

  it('is asked for many requests at once no more than before', async () => {
    await Promise.all(Array.from({ length: 50 }, () => source.refresh()));
    expect(asked).toHaveLength(2);
    expect(gitRan()).toEqual([]);
  });

  it('is fetched by git once only the branch moves', async () => {
    const next = await followed.commit(comment);
    await source.refresh();
    expect(source.status()).toMatchObject({ observed: next, problem: 'unsigned' });
    expect(gitRan()).toEqual(expect.arrayContaining(['ls-remote', 'fetch']));
  });

  it('is fetched by git once only the signatures beside commits move', async () => {
    const head = await followed.commit(comment);
    expect(await inForce()).toBe(followed.seeded.initialCommit);
    await followed.coSign('demo-maintainer', head);
    expect(await inForce()).toBe(head);
    // And once they are gone.
    await source.refresh();
    await git(repository, 'update-ref', '-d', notes);
    started = [];
    await source.refresh();
    expect(gitRan()).toEqual(expect.arrayContaining(['ls-remote', 'update-ref']));
  });

  it('is asked by git where the branch is gone, though others have longer names', async () => {
    const main = await git(repository, 'rev-parse', 'refs/heads/main');
    await git(repository, 'update-ref', 'refs/heads/main-2', main);
    await git(repository, 'update-ref', '-d', 'refs/heads/main');
    await expect(source.refresh()).rejects.toThrow('can’t be read');
    expect(gitRan()).toContain('ls-remote');
  });

  it('is not held for moved because of refs whose names begin alike', async () => {
    const first = followed.seeded.initialCommit;
    await git(repository, 'update-ref', 'refs/heads/main-2', first);
    await git(repository, 'update-ref', `${notes}-2`, first);
    expect(await inForce()).toBe(first);
    expect(gitRan()).toEqual([]);
  });

  it('is followed by git alone where the host speaks no protocol v2', async () => {
    const url = await served((request) => {
      delete request.headers['git-protocol'];
      return false;
    });
    source = followed.open('older', url);
    const first = await inForce();
    const next = await followed.accepted(comment, 'demo-maintainer');
    expect([await inForce(), first]).toEqual([next, followed.seeded.initialCommit]);
    [asked, started] = [[], []];
    await source.refresh();
    // It isn't asked once more by the signer.
    expect(asked).toEqual(['GET info/refs?service=git-upload-pack']);
    expect(gitRan()).toContain('ls-remote');
  });

  it('is followed by git where the host redirects the signer’s own request, or names other objects', async () => {
    const answers: readonly ((response: ServerResponse) => void)[] = [
      (response) => response.writeHead(302, { location: '/elsewhere' }).end(),
      (response) => {
        response.setHeader('content-type', 'application/x-git-upload-pack-result');
        response.end(`003d${'e'.repeat(40)} refs/heads/main\n0000`);
      },
    ];
    for (const [at, answer] of answers.entries()) {
      let answered = 0;
      const url = await served((request, response) => {
        if (!request.headers['user-agent']?.includes('countersign')) return false;
        answer(response);
        return (answered += 1) > 0;
      });
      source = followed.open(`misled-${at}`, url);
      const before = await inForce();
      expect([await inForce(), answered]).toEqual([before, 1]);
      expect(source.status()).toMatchObject({ sync: 'Synced', observed: before });
    }
  });

  it('that can’t be reached is git’s to tell of', async () => {
    for (const server of servers) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
    servers = [];
    await expect(source.refresh()).rejects.toThrow(/git ls-remote ended with 128: .*[Ff]ailed to connect/s);
    expect(source.status()).toMatchObject({ sync: 'Unknown', problem: 'unreachable' });
  });

  it('gets no request, and no credentials, over TLS that doesn’t verify, whatever the environment says', async () => {
    const [key, cert] = [path.join(followed.folder, 'key.pem'), path.join(followed.folder, 'cert.pem')];
    const curve = [
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      '/CN=127.0.0.1',
    ];
    await runCommand('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', cert]);
    const received = vi.fn();
    const server = createTlsServer({ key: await readFile(key), cert: await readFile(cert) }, received);
    const url = `https://robot:s3cret@${await listen(server)}`;
    vi.stubEnv('NODE_TLS_REJECT_UNAUTHORIZED', '0');
    try {
      expect(await openRefsHost(url, { log })?.refs(['refs/heads/main'], 'sha1')).toBeNull();
    } finally {
      vi.unstubAllEnvs();
    }
    expect(received).not.toHaveBeenCalled();
  });

  it('of SHA-256 answers in its own format', async () => {
    const other = path.join(path.dirname(repository), 'long.git');
    await git(followed.folder, 'init', '--quiet', '--bare', '--object-format=sha256', other);
    const tree = await git(other, 'hash-object', '-t', 'tree', '-w', '/dev/null');
    const identity = ['-c', 'user.name=X', '-c', 'user.email=x@example.org'];
    const commit = await git(other, ...identity, 'commit-tree', '-m', 'First', tree);
    await git(other, 'update-ref', 'refs/heads/main', commit);
    const url = (await served()).replace(path.basename(repository), 'long.git');
    const host = openRefsHost(url, { log });
    expect(formatOf(commit)).toBe('sha256');
    expect([...((await host?.refs(['refs/heads/main', notes], 'sha256')) ?? [])]).toEqual([
      ['refs/heads/main', commit],
    ]);
    expect(await openRefsHost(url, { log })?.refs(['refs/heads/main'], 'sha1')).toBeNull();
  });
});
