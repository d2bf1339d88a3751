/** Inside the namespaces that main.ts makes: installs, starts the units, has a program signed. node inside.ts WORK RELEASE */
import { spawn, type ChildProcess } from 'node:child_process';
import { openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { startSoftHsm, step, type StackPaths } from '../stack/index.ts';
import { runCommand } from '../stack/process/run.ts';
import { StackError } from '../stack/error.ts';
import { ceremonyDocument, holdAsPlanned } from './ceremony.ts';
import { writeConfigurations } from './configure.ts';
import { checkSeparation } from './separation.ts';
import { current, handOutTokens, layMounts, makeUsersAndFolders, startServices, state } from './ground.ts';
import { publishFirstPolicy } from './policy.ts';
import { makeToken, signProgram, type Desk } from './sign.ts';
import { launchScript, readUnit, type Unit } from './unit.ts';

const [work = '', release = ''] = process.argv.slice(2);
const node = `${current}/node_modules/.bin/node`;
const examples = `${current}/deploy/examples`;
const running: ChildProcess[] = [];

/** One of the release's own programs, as root. */
const built = (
  name: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> =>
  runCommand(node, [`dist/${name}.js`, ...args], {
    cwd: current,
    env: { PATH: '/usr/bin:/bin', NODE_ENV: 'production', ...env },
  });

const unitNamed = (name: string): Unit => readUnit(`/etc/systemd/system/countersign-${name}.service`);

/** Carries a unit out → its process; its output is in the log. */
function startUnit(name: string): { readonly child: ChildProcess; readonly log: string } {
  const log = join(work, `${name}.log`);
  const output = openSync(log, 'a');
  const script = launchScript(unitNamed(name), '/opt/countersign/filter.py');
  writeFileSync(join(work, `${name}.sh`), script);
  const child = spawn('unshare', ['--mount', '--propagation=private', 'sh', '-c', script], {
    stdio: ['ignore', output, output],
  });
  return { child, log };
}

async function runUnit(name: string): Promise<void> {
  const { child, log } = startUnit(name);
  const code = await new Promise((resolve) => {
    child.once('exit', resolve);
  });
  if (code !== 0) throw new StackError('COMMAND_FAILED', `${name} ended with ${String(code)}:\n${tail(log)}`);
}

const tail = (log: string): string => readFileSync(log, 'utf8').slice(-4000);

async function keepUnit(name: string, ready: () => Promise<boolean>): Promise<void> {
  const { child, log } = startUnit(name);
  running.push(child);
  const end = Date.now() + 300_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new StackError('START_FAILED', `${name} ended:\n${tail(log)}`);
    if (await ready().catch(() => false)) return;
    if (Date.now() > end) throw new StackError('NOT_HEALTHY', `${name} isn’t ready:\n${tail(log)}`);
    await wait(250);
  }
}

const says = (name: string, text: string) => (): Promise<boolean> =>
  Promise.resolve(readFileSync(join(work, `${name}.log`), 'utf8').includes(text));
const answers = (address: string) => async (): Promise<boolean> =>
  (await fetch(address, { signal: AbortSignal.timeout(5000) })).status < 500;

async function holdCeremony(paths: StackPaths): Promise<void> {
  const hsm = await startSoftHsm(paths);
  const file = join(work, 'ceremony.yaml');
  const document = ceremonyDocument({
    keysDirectory: `${state}/keys`,
    module: hsm.module,
    softhsmConf: hsm.configFile,
    pinFile: (label) => join(paths.secrets, `pin-${label}`),
  });
  writeFileSync(file, document, { mode: 0o600 });
  await holdAsPlanned((args) => built('ceremony', ['hold', '--config', file, ...args]));
  await handOutTokens(join(paths.softhsm, 'tokens'), paths.secrets);
}

async function startNginx(): Promise<void> {
  const tls = '/etc/ssl/countersign';
  await runCommand('sh', [
    '-euc',
    `mkdir -p ${tls} /run/nginx /var/lib/nginx
     openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=sign.example.org -addext subjectAltName=DNS:sign.example.org \
       -keyout ${tls}/key.pem -out ${tls}/fullchain.pem 2>/dev/null`,
  ]);
  writeFileSync(
    '/etc/nginx/countersign-check.conf',
    `user www-data; pid /run/nginx/check.pid; error_log ${work}/nginx.log; events {}\n` +
      `http { access_log off; include ${current}/deploy/nginx/countersign.conf; }\n`,
  );
  const child = spawn('nginx', ['-c', '/etc/nginx/countersign-check.conf', '-g', 'daemon off;'], {
    stdio: 'inherit',
  });
  running.push(child);
}

async function sign(): Promise<void> {
  const desk: Desk = {
    countersign: (args, env) => built('countersign', args, { HOME: work, ...env }),
    portalUrl: 'https://sign.example.org',
    siteRoot: '/etc/ssl/countersign/fullchain.pem',
    key: join(work, 'ada'),
    work,
    keys: `${state}/keys`,
    signReports: () => runUnit('audit'),
  };
  await signProgram(desk, await makeToken(desk), 'program', 80);
}

async function main(): Promise<void> {
  await step('Mounts, users, folders, units', async () => {
    await layMounts(work);
    await runCommand('cp', [join(import.meta.dirname, 'filter.py'), '/opt/countersign/filter.py']);
    await makeUsersAndFolders();
  });
  const services = await step('PostgreSQL, clamd, a Git host', () => startServices(work));
  await step('Migrating as countersign-migrate.service does', () => runUnit('migrate'));
  await step('Ceremony, tokens', () => holdCeremony(services.paths));
  const initialCommit = await step('First policy', () =>
    publishFirstPolicy(work, services.gitRoot, (args) => built('countersign', args)),
  );
  const own = (owner: string) => ({ keyHolder: { softhsmConf: `/etc/countersign/softhsm-${owner}.conf` } });
  await writeConfigurations(examples, {
    '/etc/countersign/signer.yaml': {
      policyRepository: { url: services.policiesUrl, initialCommit },
      scanner: { developmentDatabase: true, streamSizeBytesMax: 64 * 1024 ** 2 },
      sweepSeconds: 1,
      auditLog: { pin: { credential: 'pin-log' } },
      ...own('signer'),
    },
    '/etc/countersign/portal.yaml': { policyRepository: { url: services.policiesUrl } },
    '/etc/countersign/tsa.yaml': own('tsa'),
    '/etc/countersign/authority.yaml': own('authority'),
  });
  await step('Starting the units', async () => {
    await keepUnit('timestamp-authority', answers('http://127.0.0.1:8318/'));
    await keepUnit('signer', says('signer', 'the signer is ready'));
    await keepUnit('revocation-authority', says('revocation-authority', 'the revocation authority is ready'));
    await keepUnit('responder', answers('http://127.0.0.1:8080/foundation-issuing.crl'));
    await keepUnit('portal', answers('http://127.0.0.1:3000/healthz'));
    await startNginx();
  });
  await step('A program in 80 MB, approved, signed through nginx, verified', sign);
  await step('What strangers see', () => checkSeparation());
  for (const child of running.reverse()) child.kill('SIGTERM');
  await services.stop();
  console.log(`\n${release} is installed, signed, and is gone again.`);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  for (const child of running) child.kill('SIGKILL');
  process.exit(1);
}
