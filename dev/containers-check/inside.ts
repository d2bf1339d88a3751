/** Inside the namespaces that main.ts makes: starts compose.yaml, has programs signed, restarts, upgrades. node inside.ts PLACE WORK [--keep] */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { stringify, parse } from 'yaml';
import { ceremonyDocument, holdAsPlanned, tokenLabels } from '../deploy-check/ceremony.ts';
import { publishFirstPolicy } from '../deploy-check/policy.ts';
import { makeToken, signProgram, type Desk } from '../deploy-check/sign.ts';
import { createGitHost } from '../git-host/index.ts';
import { pinnedNode, projectDirectory, randomPassword, randomPin, runCommand, step } from '../stack/index.ts';
import { StackError } from '../stack/error.ts';
import {
  compose,
  containerOf,
  folder,
  podman,
  runTool,
  until,
  useVersion,
  volumeFolder,
  work,
} from './compose.ts';
import { imagePrefix } from './podman.ts';
import { checkSharedFolders, probeContainers } from './probe.ts';

const portalUrl = 'https://sign.example.org';
const siteRoot = join(work, 'caddy-root.pem');
const handedOut = ['signing', 'log', 'timestamping', 'issuing'] as const;
const ours = ['timestamp-authority', 'signer', 'revocation-authority', 'responder', 'portal'];
const services = ['postgres', 'clamav', ...ours, 'caddy'];

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
    'pin-log': 64011,
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

/** What differs here: a Caddy that certifies itself. */
function writeOverrides(): void {
  writeFileSync(
    join(work, 'caddy', 'here'),
    '{\n\tlocal_certs\n\tskip_install_trust\n}\nimport /etc/caddy/deployed/Caddyfile\n',
  );
  const volumes = [
    '../caddy/here:/etc/caddy/Caddyfile:ro',
    '../caddy/Caddyfile:/etc/caddy/deployed/Caddyfile:ro',
  ];
  writeFileSync(join(folder, 'here.yaml'), stringify({ services: { caddy: { volumes } } }));
}

function configure(file: string, change: (config: Record<string, unknown>) => void): void {
  const path = join(folder, 'config', file);
  const config = parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
  change(config);
  writeFileSync(path, stringify(config), { mode: 0o644 });
}

async function holdCeremony(secrets: Readonly<Record<string, string>>): Promise<void> {
  const ceremony = await volumeFolder('ceremony');
  const softhsm = (tokens: string): string =>
    `directories.tokendir = ${tokens}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`;
  mkdirSync(join(ceremony, 'tokens'), { mode: 0o700 });
  writeFileSync(join(ceremony, 'softhsm2.conf'), softhsm('/ceremony/tokens'));
  // For softhsm2-util on this machine.
  const here = join(work, 'softhsm2.conf');
  writeFileSync(here, softhsm(join(ceremony, 'tokens')));
  const script = tokenLabels
    .map((label) => {
      const pin = secrets[`pin-${label}`] ?? randomPin();
      writeFileSync(join(ceremony, `pin-${label}`), `${pin}\n`, { mode: 0o600 });
      return `softhsm2-util --init-token --free --label ${label} --pin ${pin} --so-pin ${randomPin()}`;
    })
    .join(' && ');
  await runCommand('sh', ['-euc', script], { env: { ...process.env, SOFTHSM2_CONF: here } });
  const document = ceremonyDocument({
    keysDirectory: '/var/lib/countersign/keys',
    module: '/usr/lib/softhsm/libsofthsm2.so',
    softhsmConf: '/ceremony/softhsm2.conf',
    pinFile: (label) => `/ceremony/pin-${label}`,
  });
  writeFileSync(join(ceremony, 'ceremony.yaml'), document, { mode: 0o600 });
  await holdAsPlanned((args) => runTool('ceremony', 'hold', '--config', '/ceremony/ceremony.yaml', ...args));
  for (const label of handedOut) await runTool('prepare', 'token', label);
}

/** → address of the repository, as containers reach it, and its first commit. */
async function publishPolicy(): Promise<{ readonly url: string; readonly commit: string }> {
  const root = join(work, 'git');
  mkdirSync(root);
  const commit = await publishFirstPolicy(work, root, countersign);
  const server = createGitHost(root);
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '0.0.0.0' }, resolve));
  server.unref();
  const { port } = server.address() as AddressInfo;
  return { url: `http://host.containers.internal:${port}/policies.git`, commit };
}

async function makeDatabase(secrets: Readonly<Record<string, string>>): Promise<void> {
  await compose('up', '--detach', 'postgres');
  const psql = ['psql', '--quiet', '--host=127.0.0.1', '--username=postgres', '--set=ON_ERROR_STOP=1'];
  const sql = (text: string) =>
    podman([
      ...['exec', '--env', `PGPASSWORD=${secrets['database-superuser'] ?? ''}`, containerOf('postgres')],
      ...[...psql, 'countersign', '--command', text],
    ]);
  await until('PostgreSQL answers', () => sql('SELECT 1'));
  await sql(readFileSync(join(projectDirectory, 'prisma', 'roles.sql'), 'utf8'));
  for (const role of ['owner', 'portal', 'signer'])
    await sql(`ALTER ROLE countersign_${role} PASSWORD '${secrets[`database-${role}`] ?? ''}'`);
  await sql('ALTER DATABASE countersign OWNER TO countersign_owner');
  await runTool('migrate');
}

/** Until everything works, whatever addresses the containers have now. */
async function readHealth(): Promise<void> {
  const network = '{{(index .NetworkSettings.Networks "countersign_public").IPAddress}}';
  const address = (await podman(['inspect', '--format', network, containerOf('caddy')])).trim();
  writeFileSync(join(work, 'hosts'), `127.0.0.1 localhost\n${address} sign.example.org pki.example.org\n`);
  await until('Caddy certifies', async () => {
    const file = '/data/caddy/pki/authorities/local/root.crt';
    writeFileSync(siteRoot, await podman(['exec', containerOf('caddy'), 'cat', file]));
  });
  const get = (...args: readonly string[]) =>
    runCommand('curl', ['--silent', '--show-error', '--fail-with-body', ...args]);
  await until('the portal is ready', () => get('--cacert', siteRoot, `${portalUrl}/readyz`));
  const status = await get('--cacert', siteRoot, `${portalUrl}/status`);
  for (const line of ['Programs that open installers'])
    if (!new RegExp(`${line}[^]{0,400}Working`).test(status.replaceAll(/<[^>]*>/g, ' ')))
      throw new StackError('BAD_STATE', `${portalUrl}/status doesn’t say of “${line}” that it works`);
  const list = 'http://pki.example.org/foundation-issuing.crl';
  await until('lists of revocations are there', () => get(list, '--output', '/dev/null'));
}

/** As the guide says: compose.yaml finds it made. */
async function makeFrontNetwork(): Promise<void> {
  const guide = readFileSync(join(projectDirectory, 'docs', 'guides', 'containers.md'), 'utf8');
  const [, args = ''] = /^podman network create ([^#\n]+)/m.exec(guide) ?? [];
  await podman(['network', 'create', ...args.trim().split(' ')]);
}

/** Nothing else tells whether clients are told apart: to a portal that doesn't, everything works until somebody asks too often. */
async function checkTrust(): Promise<void> {
  const said = await podman(['logs', containerOf('portal')]);
  if (!said.includes('signing request created') || said.includes('trustedProxies'))
    throw new StackError('BAD_STATE', `the portal doesn’t believe Caddy:\n${said.slice(-3000)}`);
}

async function restartAll(): Promise<void> {
  for (const name of services) await podman(['restart', '--time=60', containerOf(name)]);
  await readHealth();
}

/** As with a new version: images of another tag, the migrations of the new ones first. */
async function upgrade(): Promise<void> {
  const file = join(work, 'next.Containerfile');
  for (const target of ['portal', 'responder', 'authorities', 'signer']) {
    writeFileSync(
      file,
      `FROM ${imagePrefix}/${target}:latest\nLABEL org.opencontainers.image.version=next\n`,
    );
    await podman(['build', '--tag', `${imagePrefix}/${target}:next`, '--file', file, work]);
  }
  useVersion('next');
  await runTool('migrate');
  await podman(['stop', '--time=60', containerOf('portal'), containerOf('signer')]);
  await compose('up', '--detach', '--force-recreate');
  for (const name of ours) {
    const image = await podman(['inspect', '--format', '{{.ImageName}}', containerOf(name)]);
    if (!image.includes(':next')) throw new StackError('BAD_STATE', `${name} is still of ${image}`);
  }
  await readHealth();
}

async function takeAway(): Promise<void> {
  await compose('down', '--volumes');
  await podman(['network', 'prune', '--force']);
  for (const left of [
    ['ps', '--all', '--quiet'],
    ['volume', 'ls', '--quiet'],
    ['network', 'ls', '--quiet', '--filter', 'name=countersign'],
  ]) {
    const names = await podman(left);
    if (names !== '') throw new StackError('BAD_STATE', `${left[0] ?? ''}: still there: ${names}`);
  }
}

async function main(): Promise<void> {
  await layGround();
  await makeFrontNetwork();
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
  const desk: Desk = {
    countersign,
    portalUrl,
    siteRoot,
    key: join(work, 'ada'),
    work,
    keys: await volumeFolder('keys'),
    signReports: () => runTool('audit'),
  };
  const token = await step('A token, through Caddy', () => makeToken(desk));
  await step('A program in 80 MB, approved, signed, verified', () => signProgram(desk, token, 'first', 80));
  await step('Whom the portal believes', checkTrust);
  await step('What containers can’t do, tried inside', probeContainers);
  await step('Groups of shared folders', checkSharedFolders);
  await step('Restarting each container', restartAll);
  await step('A second program', () => signProgram(desk, token, 'second', 1));
  await step('Containers of other images, after migrating', upgrade);
  await step('A third program', () => signProgram(desk, token, 'third', 1));
  await takeAway();
  console.log('\nThe images work together, and are gone again.');
}

try {
  await main();
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  for (const name of services) {
    const said = await podman(['logs', '--tail', '15', containerOf(name)]).catch(String);
    console.error(`--- ${name}\n${said.slice(-3000)}`);
  }
  await takeAway().catch(() => undefined);
  process.exit(1);
}
