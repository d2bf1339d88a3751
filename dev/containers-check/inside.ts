/** Inside the namespaces that main.ts makes: starts compose.yaml, has a program signed. node inside.ts PLACE WORK */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify, parse } from 'yaml';
import { addProject, makeArtifact, policy, project } from '../deploy-check/policy.ts';
import { createGitHost, keepRepository } from '../git-host/index.ts';
import { pinnedNode, projectDirectory, randomPassword, randomPin, runCommand, step } from '../stack/index.ts';
import { StackError } from '../stack/error.ts';
import { basePrefix, imagePrefix, openPodman, podmanProgram, runArguments } from './podman.ts';

const [place = '', work = ''] = process.argv.slice(2);
const folder = join(work, 'containers');
const portalUrl = 'https://sign.example.org';
const podman = openPodman(place);
const pins = ['signing', 'timestamping', 'issuing'] as const;

const environment = {
  ...process.env,
  COUNTERSIGN_IMAGES: imagePrefix,
  POSTGRES_IMAGE: `${basePrefix}/postgres:latest`,
  CLAMAV_IMAGE: `${basePrefix}/clamav:latest`,
  CADDY_IMAGE: `${basePrefix}/caddy:latest`,
};

/** podman-compose, with what differs here in a file of its own. */
const podmanCompose = (files: readonly string[], args: readonly string[]): Promise<string> =>
  runCommand(
    'podman-compose',
    [
      ...['--project-name', 'countersign', '--podman-path', podmanProgram(place)],
      ...[`--podman-run-args=${runArguments.join(' ')}`],
      ...files.flatMap((file) => ['--file', join(folder, file)]),
      ...args,
    ],
    { cwd: folder, env: environment, timeoutSeconds: 900 },
  );
const compose = (...args: readonly string[]): Promise<string> =>
  podmanCompose(['compose.yaml', 'here.yaml'], args);
/** One of tools.yaml, to its end → what it printed. */
const runTool = (...args: readonly string[]): Promise<string> =>
  podmanCompose(['compose.yaml', 'tools.yaml'], ['run', '--no-deps', '--rm', '-T', ...args]);

const countersign = (args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> =>
  runCommand(pinnedNode, [join(projectDirectory, 'dist', 'countersign.js'), ...args], {
    env: { ...process.env, HOME: work, ...env },
    timeoutSeconds: 900,
  });

async function layGround(): Promise<void> {
  await runCommand('sh', [
    '-euc',
    `ip link set lo up
     if [ ! -e /sys/fs/cgroup/cgroup.controllers ]; then umount --recursive --lazy /sys/fs/cgroup; mount -t cgroup2 none /sys/fs/cgroup; fi
     mount -t tmpfs -o mode=0755 tmpfs /run
     sysctl -qw net.ipv4.ip_forward=1
     cp /etc/hosts ${work}/hosts && mount --bind ${work}/hosts /etc/hosts`,
  ]);
}

/** Secrets as the guide says: each file belongs to the number of the user that reads it. */
function writeSecrets(): Readonly<Record<string, string>> {
  const secrets = join(folder, 'secrets');
  mkdirSync(secrets, { mode: 0o711 });
  const owners = {
    'database-superuser': 0,
    'database-owner': 64010,
    'database-portal': 64010,
    'session-key': 64010,
    'database-signer': 64011,
    'pin-signing': 64011,
    'pin-timestamping': 64012,
    'pin-issuing': 64013,
  };
  const values: Record<string, string> = {};
  for (const [name, owner] of Object.entries(owners)) {
    values[name] = name.startsWith('pin-') ? randomPin() : randomPassword();
    writeFileSync(join(secrets, name), `${values[name]}\n`, { mode: 0o400 });
    spawnSync('chown', [`${owner}:${owner}`, join(secrets, name)]);
  }
  return values;
}

/** What differs here: a Caddy that certifies itself, and no restarts that would hide a fault. */
function writeOverrides(): void {
  writeFileSync(
    join(work, 'caddy', 'here'),
    '{\n\tlocal_certs\n\tskip_install_trust\n}\nimport /etc/caddy/deployed/Caddyfile\n',
  );
  writeFileSync(
    join(folder, 'here.yaml'),
    stringify({
      services: {
        caddy: {
          volumes: [
            '../caddy/here:/etc/caddy/Caddyfile:ro',
            '../caddy/Caddyfile:/etc/caddy/deployed/Caddyfile:ro',
          ],
        },
      },
    }),
  );
}

function configure(file: string, change: (config: Record<string, unknown>) => void): void {
  const path = join(folder, 'config', file);
  const config = parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(config);
  writeFileSync(path, stringify(config), { mode: 0o644 });
}

async function holdCeremony(secrets: Readonly<Record<string, string>>): Promise<void> {
  const ceremony = (
    await podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', 'countersign_ceremony'])
  ).trim();
  const tokens = join(ceremony, 'tokens');
  mkdirSync(tokens, { mode: 0o700 });
  writeFileSync(
    join(ceremony, 'softhsm2.conf'),
    'directories.tokendir = /ceremony/tokens\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n',
  );
  const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
  const script = labels
    .map((label) => {
      const pin = secrets[`pin-${label}`] ?? randomPin();
      writeFileSync(join(ceremony, `pin-${label}`), `${pin}\n`, { mode: 0o600 });
      return `softhsm2-util --init-token --free --label ${label} --pin ${pin} --so-pin ${randomPin()}`;
    })
    .join(' && ');
  await runCommand('sh', ['-euc', script], {
    env: { ...process.env, SOFTHSM2_CONF: writeHostConfiguration(tokens) },
  });
  writeFileSync(
    join(ceremony, 'ceremony.yaml'),
    stringify({
      version: 1,
      foundation: { name: 'Example Foundation', country: 'AT' },
      keysDirectory: '/var/lib/countersign/keys',
      module: '/usr/lib/softhsm/libsofthsm2.so',
      softhsmConf: '/ceremony/softhsm2.conf',
      tokens: Object.fromEntries(
        labels.map((label) => [label, { label, pin: { file: `/ceremony/pin-${label}` } }]),
      ),
      urls: {
        rootCrl: 'http://pki.example.org/foundation-root.crl',
        issuingCrl: 'http://pki.example.org/foundation-issuing.crl',
        ocsp: 'http://pki.example.org/ocsp',
      },
      projects: [
        {
          slug: project,
          name: 'Portable',
          program: 'executables',
          certificates: [{ name: 'test', purpose: 'test' }],
        },
      ],
    }),
    { mode: 0o600 },
  );
  const hold = (...args: readonly string[]) =>
    runTool('ceremony', 'hold', '--config', '/ceremony/ceremony.yaml', ...args);
  const shown = await hold('--dry-run');
  const [, plan] = /: plan (\S+)/.exec(shown) ?? [];
  if (plan === undefined) throw new StackError('BAD_STATE', `the ceremony names no plan:\n${shown}`);
  await hold('--confirm', plan);
  for (const label of pins) await runTool('prepare', 'token', label);
}

/** For softhsm2-util on this machine. */
function writeHostConfiguration(tokens: string): string {
  const file = join(work, 'softhsm2.conf');
  writeFileSync(file, `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\n`);
  return file;
}

/** → address of the repository, as containers reach it, and its first commit. */
async function publishPolicy(): Promise<{ readonly url: string; readonly commit: string }> {
  const [files, key] = [join(work, 'policies'), join(work, 'ada')];
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', key]);
  await countersign([
    ...['init-policies', files, '--foundation', 'Example Foundation', '--homepage', 'https://example.org'],
    ...['--contact', 'mailto:security@example.org', '--country', 'AT'],
    ...['--maintainer', `ada=${key}.pub=github:1=Ada`],
  ]);
  await addProject(files, 'ada');
  const root = join(work, 'git');
  mkdirSync(root);
  const repository = await keepRepository(root, 'policies.git');
  const script = `
    cd ${files}
    git init -q --initial-branch=main && git add --all
    git -c user.name=Ada -c user.email=ada@example.org -c gpg.format=ssh -c user.signingkey=${key}.pub commit -qS -m 'The first policy'
    git push -q ${repository} main
    git rev-parse HEAD`;
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const commit = (await runCommand('sh', ['-euc', script], { env })).trim();
  const server = createGitHost(root);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '0.0.0.0' }, resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://host.containers.internal:${port}/policies.git`, commit };
}

async function makeDatabase(secrets: Readonly<Record<string, string>>): Promise<void> {
  await compose('up', '--detach', 'postgres');
  const sql = (text: string) =>
    podman([
      ...['exec', '--env', `PGPASSWORD=${secrets['database-superuser'] ?? ''}`, 'countersign_postgres_1'],
      ...[
        'psql',
        '--quiet',
        '--host=127.0.0.1',
        '--username=postgres',
        '--set=ON_ERROR_STOP=1',
        'countersign',
      ],
      ...['--command', text],
    ]);
  await until('PostgreSQL answers', () => sql('SELECT 1'));
  const roles = readFileSync(join(projectDirectory, 'prisma', 'roles.sql'), 'utf8');
  await sql(roles);
  for (const role of ['owner', 'portal', 'signer'])
    await sql(`ALTER ROLE countersign_${role} PASSWORD '${secrets[`database-${role}`] ?? ''}'`);
  await sql('ALTER DATABASE countersign OWNER TO countersign_owner');
  await runTool('migrate');
}

async function until(what: string, holds: () => Promise<unknown>): Promise<void> {
  const end = Date.now() + 300_000;
  for (;;) {
    const failure = await holds().then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null) return;
    if (Date.now() > end)
      throw new StackError(
        'NOT_HEALTHY',
        `not reached: ${what}: ${failure instanceof Error ? failure.message : '?'}`,
      );
    await wait(500);
  }
}

async function readHealth(): Promise<void> {
  const address = (
    await podman([
      ...['inspect', '--format', '{{(index .NetworkSettings.Networks "countersign_public").IPAddress}}'],
      'countersign_caddy_1',
    ])
  ).trim();
  writeFileSync(join(work, 'hosts'), `127.0.0.1 localhost\n${address} sign.example.org pki.example.org\n`);
  const root = join(work, 'caddy-root.pem');
  await until('Caddy certifies', async () => {
    const text = await podman([
      'exec',
      'countersign_caddy_1',
      'cat',
      '/data/caddy/pki/authorities/local/root.crt',
    ]);
    writeFileSync(root, text);
  });
  const get = (path: string) =>
    runCommand('curl', ['--silent', '--fail', '--cacert', root, `${portalUrl}${path}`]);
  await until('the portal is ready', () => get('/readyz'));
  const status = await get('/status');
  for (const line of ['Programs that open installers'])
    if (!new RegExp(`${line}[^]{0,400}Working`).test(status.replaceAll(/<[^>]*>/g, ' ')))
      throw new StackError('BAD_STATE', `${portalUrl}/status doesn’t say of “${line}” that it works`);
  await until('lists of revocations are there', () =>
    runCommand('curl', [
      '--silent',
      '--fail',
      'http://pki.example.org/foundation-issuing.crl',
      '--output',
      '/dev/null',
    ]),
  );
}

async function sign(): Promise<void> {
  const artifact = await makeArtifact(join(work, 'artifact'), 80);
  const url = ['--url', portalUrl];
  const env = { NODE_EXTRA_CA_CERTS: join(work, 'caddy-root.pem') };
  const key = join(work, 'ada');
  const token = await countersign(
    ['tokens', 'create', '--project', project, '--key', key, '--name', 'check', ...url],
    env,
  );
  const output = join(work, 'signed');
  mkdirSync(output);
  await countersign(
    [
      ...['submit', artifact, '--project', project, '--policy', policy, '--wait', '--timeout', '600'],
      ...['--output', output, ...url],
    ],
    { ...env, COUNTERSIGN_TOKEN: token.trim() },
  );
  await runCommand('sh', ['-euc', `cd ${output} && unzip -q *.zip hello.exe`]);
  const keys = (
    await podman(['volume', 'inspect', '--format', '{{.Mountpoint}}', 'countersign_keys'])
  ).trim();
  const verdict = await runCommand('sh', [
    '-c',
    `osslsigncode verify -in ${output}/hello.exe -CAfile "$(ls ${keys}/*${project}*test*.pem | head -1)" -TSA-CAfile ${keys}/foundation-root.pem 2>&1 || true`,
  ]);
  for (const line of [/Timestamp Server Signature verification: ok/i, /Signature verification: ok/i])
    if (!line.test(verdict)) throw new StackError('BAD_STATE', `osslsigncode doesn’t agree:\n${verdict}`);
}

async function main(): Promise<void> {
  await layGround();
  const secrets = writeSecrets();
  writeOverrides();
  await step('Folders', () => runTool('prepare', 'folders'));
  await step('Ceremony, tokens', () => holdCeremony(secrets));
  await step('Database', () => makeDatabase(secrets));
  const { url, commit } = await step('First policy', publishPolicy);
  configure('signer.yaml', (config) => {
    config['policyRepository'] = { ...(config['policyRepository'] as object), url, initialCommit: commit };
    config['scanner'] = {
      ...(config['scanner'] as object),
      developmentDatabase: true,
      streamSizeBytesMax: 64 * 1024 ** 2,
    };
    config['sweepSeconds'] = 1;
  });
  configure('portal.yaml', (config) => {
    config['policyRepository'] = { ...(config['policyRepository'] as object), url };
  });
  await step('Starting the containers', () => compose('up', '--detach'));
  await step('What /readyz and /status say', readHealth);
  await step('A program in 80 MB, signed through Caddy', sign);
  await compose('down', '--volumes');
  console.log('\nThe images work together, and are gone again.');
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  for (const name of [
    'signer',
    'portal',
    'timestamp-authority',
    'revocation-authority',
    'responder',
    'caddy',
    'clamav',
    'postgres',
  ]) {
    const said = await podman(['logs', '--tail', '15', `countersign_${name}_1`]).catch((failure: unknown) =>
      String(failure),
    );
    console.error(`--- ${name}\n${said.slice(-3000)}`);
  }
  await compose('down', '--volumes').catch(() => undefined);
  process.exit(1);
}
