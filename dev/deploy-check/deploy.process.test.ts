/** What is in deploy/, read by the programs that it is for: systemd, nginx, Caddy. */
import { execFile, spawn } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { processes } from '../../scripts/processes/list.ts';
import { lacksTools } from '../test/lacks.ts';
import { patience } from '../test/patience.ts';
import { configurationsIn } from './configure.ts';
import { launchScript, readUnit } from './unit.ts';
import { freePort } from '../test/free-port.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const deploy = join(root, 'deploy');
const units = globSync('systemd/*.service', { cwd: deploy }).sort();
const timers = globSync('systemd/*.timer', { cwd: deploy }).sort();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-deploy-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('units of systemd', () => {
  it('are there for each process that runs for long, for rounds of the audit signer, and for migrations', () => {
    const started = units.map(
      (unit) => /dist\/([a-z-]+)\.js/.exec(readFileSync(join(deploy, unit), 'utf8'))?.[1] ?? '',
    );
    expect(started.sort()).toEqual([
      'audit',
      'daemon',
      'migrate',
      'portal',
      'responder',
      'revocation-authority',
      'timestamp-authority',
    ]);
    for (const name of started) expect(processes).toHaveProperty(name);
  });

  it.skipIf(lacksTools('systemd-analyze'))('are understood by systemd, word by word', async () => {
    // verify looks for the program: here it is one that every machine has.
    const copies = units.map((unit) => {
      const copy = join(folder, basename(unit));
      const text = readFileSync(join(deploy, unit), 'utf8');
      writeFileSync(copy, text.replace(/^ExecStart=\S+/m, 'ExecStart=/bin/true'));
      return copy;
    });
    for (const timer of timers) {
      const copy = join(folder, basename(timer));
      cpSync(join(deploy, timer), copy);
      copies.push(copy);
    }
    const { stdout, stderr } = await run('systemd-analyze', ['verify', '--man=no', ...copies]);
    const said = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('countersign'));
    expect(said).toEqual([]);
  });

  it.skipIf(lacksTools('systemd-analyze')).each([
    ['countersign-portal', 1.6],
    ['countersign-responder', 1.6],
    ['countersign-revocation-authority', 1.6],
    ['countersign-timestamp-authority', 1.6],
    ['countersign-migrate', 1.6],
    ['countersign-audit', 1.6],
    // It makes namespaces for inspectors, and mounts in them.
    ['countersign-signer', 2.8],
  ])('%s is exposed no more than %d of 10', async (name, most) => {
    const file = join(deploy, 'systemd', `${name}.service`);
    const args = ['security', '--offline=true', `--threshold=${most * 10}`, '--no-pager', file];
    const { stdout } = await run('systemd-analyze', args);
    expect(Number(/exposure level for \S+: ([0-9.]+)/.exec(stdout)?.[1])).toBeLessThanOrEqual(most);
  });

  it('hold no secret, and each process gets those of its own alone', () => {
    const given = Object.fromEntries(
      units.map((unit) => [basename(unit, '.service'), [...readUnit(join(deploy, unit)).credentials.keys()]]),
    );
    expect(given).toEqual({
      'countersign-audit': ['database-signer', 'pin-log'],
      'countersign-migrate': ['database-owner'],
      'countersign-portal': ['database-portal', 'session-key'],
      'countersign-responder': [],
      'countersign-revocation-authority': ['pin-issuing'],
      'countersign-signer': ['database-signer', 'pin-signing'],
      'countersign-timestamp-authority': ['pin-timestamping'],
    });
    const users = units.map((unit) => readUnit(join(deploy, unit)).user);
    // The audit signer writes what the signer's files are, and has no PIN of what the signer signs with.
    expect(users.filter((user) => user === 'countersign-signer')).toHaveLength(2);
    expect(new Set(users).size).toBe(units.length - 1);
  });

  it('of rounds are started by a timer of their name, one after the other, and by nothing else', () => {
    expect(timers.map((timer) => basename(timer))).toEqual(['countersign-audit.timer']);
    const [timer = '', unit = ''] = ['timer', 'service'].map((kind) =>
      readFileSync(join(deploy, 'systemd', `countersign-audit.${kind}`), 'utf8'),
    );
    expect(timer).toMatch(/^OnUnitInactiveSec=/m);
    expect(timer).not.toMatch(/^On(?:UnitActive|Calendar)/m);
    expect(unit).toMatch(/^Type=oneshot$/m);
    expect(unit).not.toMatch(/^\[Install\]$|^Restart=/m);
    // As somebody at a terminal runs it, with the same credentials.
    const audit = readUnit(join(deploy, 'systemd', 'countersign-audit.service'));
    const signer = readUnit(join(deploy, 'systemd', 'countersign-signer.service'));
    expect([audit.user, audit.groups, audit.umask]).toEqual([signer.user, signer.groups, signer.umask]);
    expect(audit.command.slice(-3)).toEqual(['dist/audit.js', ...signer.command.slice(-2)]);
  });

  it('write only what the folders of tmpfiles.d are there for', () => {
    const made = new Map(
      readFileSync(join(deploy, 'tmpfiles.d', 'countersign.conf'), 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('d '))
        .map((line) => line.split(/\s+/))
        .map(([, path = '', mode = '', owner = '']) => [path, { mode, owner }] as const),
    );
    for (const unit of units.map((file) => readUnit(join(deploy, file)))) {
      for (const path of unit.writable)
        expect(made.get(path)?.owner, `${unit.name}: ${path}`).toBe(unit.user);
    }
    expect(launchScript(readUnit(join(deploy, units[0] ?? '')), '/filter')).toContain(
      '--no-new-privs --bounding-set=-all',
    );
  });

  it('have annotated examples of configurations, each where its unit looks for it', async () => {
    const named = units
      .flatMap((unit) => [
        ...readFileSync(join(deploy, unit), 'utf8').matchAll(/\/etc\/countersign\/[a-z]+\.yaml/g),
      ])
      .map(([file]) => file);
    const found = await configurationsIn(join(root, 'deploy', 'examples'));
    expect([...found.keys()].sort()).toEqual([...new Set(named)].sort());
  });
});

describe('deploy/migrate', () => {
  it('runs the migrations of its own folder, as the unit runs those of the current one', async () => {
    const [tools, version] = [join(folder, 'tools'), join(folder, 'countersign-2.0.0')];
    for (const path of [tools, join(version, 'deploy')]) mkdirSync(path, { recursive: true });
    cpSync(join(deploy, 'migrate'), join(version, 'deploy', 'migrate'));
    const unit = readFileSync(join(deploy, 'systemd', 'countersign-migrate.service'), 'utf8');
    const environment = [...unit.matchAll(/^Environment=(.*)$/gm)].map(([, value]) => value).join(' ');
    // This machine's own may not run as process 1.
    const tool = (name: string, script: string) =>
      writeFileSync(join(tools, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    tool('systemctl', `[ "$4" = countersign-migrate.service ] && echo '${environment}'`);
    tool('systemd-run', 'printf "%s\\n" "$@"');
    const env = { ...process.env, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
    const { stdout } = await run(join(version, 'deploy', 'migrate'), [], { env, cwd: '/' });
    const said = stdout.trim().split('\n');
    expect(said).toContain(`--property=WorkingDirectory=${version}`);
    expect(said).toContain(`--property=Environment=${environment}`);
    expect(said.slice(-3)).toEqual([
      `${version}/node_modules/.bin/node`,
      '--enable-source-maps',
      'dist/migrate.js',
    ]);
    // Nothing that the unit doesn't say, either.
    for (const line of said.filter((one) => one.startsWith('--property='))) {
      const setting = line.slice('--property='.length);
      if (!/^(?:WorkingDirectory|Environment)=/.test(setting)) expect(unit.split('\n')).toContain(setting);
    }
  });
});

describe('deploy/as-signer', () => {
  it('gives each command the PIN that it signs with, and no other', async () => {
    const tools = join(folder, 'tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'systemd-run'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
    const unit = readFileSync(join(deploy, 'systemd', 'countersign-signer.service'), 'utf8').split('\n');
    for (const name of ['emergency-stop', 'reconcile', 'revocations', 'journal', 'audit']) {
      const { stdout } = await run(join(deploy, 'as-signer'), [name, '--config', 'x'], { env });
      const said = stdout.trim().split('\n');
      expect(processes).toHaveProperty(name);
      expect(said.slice(-3), name).toEqual([`dist/${name}.js`, '--config', 'x']);
      const settings = said.flatMap((line) => /^--property=(.*)$/.exec(line)?.[1] ?? []);
      const credentials = settings.flatMap((line) => /^LoadCredential=(.*)$/.exec(line)?.[1] ?? []);
      const pin = name === 'audit' ? 'pin-log' : 'pin-signing';
      const place = '/etc/countersign/credentials';
      expect(credentials, name).toEqual(
        ['database-signer', pin].map((credential) => `${credential}:${place}/${credential}`),
      );
      // The rest is as its unit says.
      for (const line of settings.filter((one) => !one.includes('pin-log')))
        expect(unit, name).toContain(line);
    }
    await expect(run(join(deploy, 'as-signer'), ['daemon'], { env })).rejects.toMatchObject({ code: 2 });
  });
});

describe('deploy/as-portal', () => {
  it('runs its command as the portal’s unit is run, and no other', async () => {
    const tools = join(folder, 'portal-tools');
    mkdirSync(tools);
    writeFileSync(join(tools, 'systemd-run'), '#!/bin/sh\nprintf "%s\\n" "$@"\n', { mode: 0o755 });
    const env = { ...process.env, PATH: `${tools}:${process.env['PATH'] ?? ''}` };
    const unit = readFileSync(join(deploy, 'systemd', 'countersign-portal.service'), 'utf8').split('\n');
    const { stdout } = await run(join(deploy, 'as-portal'), ['retention', 'list', '--kept'], { env });
    const said = stdout.trim().split('\n');
    expect(said.slice(-3)).toEqual(['dist/retention.js', 'list', '--kept']);
    const settings = said.flatMap((line) => /^--property=(.*)$/.exec(line)?.[1] ?? []);
    expect(settings.length).toBeGreaterThan(4);
    for (const line of settings) expect(unit).toContain(line);
    await expect(run(join(deploy, 'as-portal'), ['portal'], { env })).rejects.toMatchObject({ code: 2 });
  });
});

describe('the site of Caddy', () => {
  it.skipIf(lacksTools('caddy'))('is valid', async () => {
    const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
    const file = join(deploy, 'caddy', 'Caddyfile');
    const { stderr } = await run('caddy', ['validate', '--adapter', 'caddyfile', '--config', file], { env });
    expect(stderr).not.toMatch(/"level":"error"/);
  });

  it.skipIf(lacksTools('caddy', 'curl'))(
    'drops what the client says of itself, also where it names it a header of its hop, and gives no metrics',
    async () => {
      const seen: IncomingMessage['headers'][] = [];
      const portal = createServer((request, response) => {
        seen.push(request.headers);
        response.end('done');
      });
      await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', () => resolve()));
      const [port, pki] = [await freePort(), await freePort()];
      const site = readFileSync(join(deploy, 'caddy', 'Caddyfile'), 'utf8')
        .replace(/^sign\.example\.org \{/m, `http://sign.example.org:${port} {`)
        .replace(/^http:\/\/pki\.example\.org \{/m, `http://pki.example.org:${pki} {`)
        .replace('127.0.0.1:3000', `127.0.0.1:${(portal.address() as AddressInfo).port}`);
      const file = join(folder, 'Caddyfile');
      writeFileSync(file, `{\n\tadmin off\n\tauto_https off\n}\n${site}`);
      const env = { ...process.env, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
      const child = spawn('caddy', ['run', '--adapter', 'caddyfile', '--config', file], {
        env,
        stdio: 'ignore',
      });
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      try {
        await vi.waitFor(() => accepts(port), patience);
        for (const hop of ['close', 'close, X-Forwarded-For, X-Forwarded-Host'])
          expect((await run('curl', askForged(`http://127.0.0.1:${port}/`, hop))).stdout).toBe('done');
        for (const path of ['/metrics', '/metrics?x=1']) {
          const address = `http://127.0.0.1:${port}${path}`;
          const args = ['--silent', '--include', '--header', 'Host: sign.example.org', address];
          expect((await run('curl', args)).stdout, path).toMatch(/^HTTP\/1.1 404 /);
        }
      } finally {
        child.kill('SIGTERM');
        await ended;
        portal.closeAllConnections();
        portal.close();
      }
      expect(seen).toHaveLength(2);
      for (const headers of seen) {
        expect(headers).toMatchObject({
          host: 'sign.example.org',
          'x-forwarded-for': '127.0.0.1',
          'x-forwarded-host': 'sign.example.org',
          'x-forwarded-proto': 'http',
        });
        expect(JSON.stringify(headers)).not.toMatch(/203\.0\.113\.9|evil/);
      }
    },
  );
});

/** Headers by which a client would pass for another one. */
const forged = [
  ...[
    'X-Forwarded-For: 203.0.113.9',
    'X-Forwarded-For: 203.0.113.9, 203.0.113.9',
    'Forwarded: for=203.0.113.9',
  ],
  ...['X-Real-IP: 203.0.113.9', 'X-Forwarded-Host: evil.example', 'X-Forwarded-Proto: evil'],
];
const askForged = (address: string, hop: string): readonly string[] => [
  ...['--silent', '--show-error', '--header', 'Host: sign.example.org', '--header', `Connection: ${hop}`],
  ...forged.flatMap((header) => ['--header', header]),
  address,
];

const megabyte = 1024 * 1024;

describe.skipIf(lacksTools('nginx', 'openssl'))('the site of nginx', () => {
  it('passes a large upload on as it comes, with the client’s address, drops what the client says of itself, and gives no metrics', async () => {
    const seen: { headers: IncomingMessage['headers']; bytes: number }[] = [];
    const portal = createServer((request, response) => {
      const one = { headers: request.headers, bytes: 0 };
      request.on('data', (chunk: Buffer) => {
        one.bytes += chunk.length;
      });
      request.on('end', () => {
        seen.push(one);
        response.end('done');
      });
    });
    await new Promise<void>((resolve) => portal.listen(0, '127.0.0.1', () => resolve()));
    const { port } = portal.address() as AddressInfo;
    const nginx = await startNginx(port);
    try {
      const ask = (more: readonly string[]) =>
        run('curl', [
          ...[
            '--silent',
            '--show-error',
            '--cacert',
            nginx.certificate,
            '--resolve',
            `sign.example.org:${nginx.tls}:127.0.0.1`,
          ],
          ...more,
          `https://sign.example.org:${nginx.tls}/api/v1/artifacts/x`,
        ]);
      const file = join(folder, 'large');
      writeFileSync(file, Buffer.alloc(64 * megabyte, 'x'));
      const { stdout } = await ask([
        '--upload-file',
        file,
        ...['--header', 'Connection: close, X-Forwarded-For, X-Forwarded-Host'],
        ...forged.flatMap((header) => ['--header', header]),
      ]);
      expect(stdout).toBe('done');
      expect(seen).toHaveLength(1);
      expect(seen[0]?.bytes).toBe(64 * megabyte);
      expect(seen[0]?.headers).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': 'sign.example.org',
        'x-forwarded-proto': 'https',
      });
      expect(JSON.stringify(seen[0]?.headers)).not.toMatch(/203\.0\.113\.9|evil/);
      for (const path of ['/metrics', '/metrics?x=1', '//metrics', '/%6detrics']) {
        const { stdout: hidden } = await run('curl', [
          ...['--silent', '--show-error', '--path-as-is', '--include', '--cacert', nginx.certificate],
          ...['--resolve', `sign.example.org:${nginx.tls}:127.0.0.1`],
          `https://sign.example.org:${nginx.tls}${path}`,
        ]);
        expect(hidden, path).toMatch(/^HTTP\/\S+ 404 /);
      }
      expect(seen).toHaveLength(1);
      // Nothing of it was kept on nginx's disk.
      expect(globSync('**/*', { cwd: join(folder, 'body') })).toEqual([]);
      const { stdout: moved } = await run('curl', [
        ...['--silent', '--include', '--header', 'Host: sign.example.org'],
        `http://127.0.0.1:${nginx.plain}/projects?x=1`,
      ]);
      expect(moved).toMatch(/^HTTP\/1.1 301 [^]*location: https:\/\/sign\.example\.org\/projects\?x=1\r/i);
    } finally {
      await nginx.stop();
      portal.closeAllConnections();
      portal.close();
    }
  });

  /** deploy/nginx/countersign.conf as it is, but for ports, the certificate and where the portal listens. */
  async function startNginx(portal: number) {
    const [tls, plain] = [await freePort(), await freePort()];
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const subject = ['-subj', '/CN=sign.example.org', '-addext', 'subjectAltName=DNS:sign.example.org'];
    await run('openssl', [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-keyout',
      key,
      '-out',
      certificate,
      ...subject,
    ]);
    const site = readFileSync(join(deploy, 'nginx', 'countersign.conf'), 'utf8')
      .replaceAll(/^ *listen \[::\]:.*$/gm, '')
      .replaceAll('listen 443 ', `listen 127.0.0.1:${tls} `)
      .replaceAll('listen 80;', `listen 127.0.0.1:${plain};`)
      .replaceAll('/etc/ssl/countersign/fullchain.pem', certificate)
      .replaceAll('/etc/ssl/countersign/key.pem', key)
      .replaceAll('127.0.0.1:3000', `127.0.0.1:${portal}`);
    mkdirSync(join(folder, 'body'));
    const temporary = ['proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const whole = join(folder, 'nginx.conf');
    writeFileSync(join(folder, 'site.conf'), site);
    writeFileSync(
      whole,
      `pid ${folder}/nginx.pid; error_log ${folder}/error.log; worker_processes 1; daemon off;\n${process.getuid?.() === 0 ? 'user root;\n' : ''}events {}\n` +
        `http { access_log off; client_body_temp_path ${folder}/body; ${temporary.join(' ')} include ${folder}/site.conf; }\n`,
    );
    await run('nginx', ['-t', '-c', whole]);
    const child = spawn('nginx', ['-c', whole], { stdio: 'ignore' });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    await vi.waitFor(() => accepts(tls), patience);
    return {
      tls,
      plain,
      certificate,
      stop: async () => {
        child.kill('SIGTERM');
        await ended;
      },
    };
  }
});

const accepts = (port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
