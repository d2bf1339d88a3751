/** Inside the namespaces that main.ts makes: installs, starts the units, has a program signed. node inside.ts WORK RELEASE */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stringify } from 'yaml';
import { keepRepository } from '../git-host/index.ts';
import { startSoftHsm, step, type StackPaths } from '../stack/index.ts';
import { runCommand } from '../stack/process/run.ts';
import { StackError } from '../stack/error.ts';
import { writeConfigurations } from './configure.ts';
import { checkSeparation } from './separation.ts';
import { current, handOutTokens, layMounts, makeUsersAndFolders, startServices, state } from './ground.ts';
import { addProject, makeArtifact, policy, project } from './policy.ts';
import { launchScript, readUnit } from './unit.ts';

const [work = '', release = ''] = process.argv.slice(2);
const node = `${current}/node_modules/.bin/node`;
const examples = `${current}/deploy/examples`;
const running: ChildProcess[] = [];
const portalUrl = 'https://sign.example.org';

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

/** Carries a unit out → its process; its output is in the log. */
function startUnit(name: string): { readonly child: ChildProcess; readonly log: string } {
  const unit = readUnit(`/etc/systemd/system/countersign-${name}.service`);
  const log = join(work, `${name}.log`);
  const output = openSync(log, 'a');
  const script = launchScript(unit, '/opt/countersign/filter.py');
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
  const token = (label: string) => ({ label, pin: { file: join(paths.secrets, `pin-${label}`) } });
  const file = join(work, 'ceremony.yaml');
  const labels = ['root', 'issuing', 'signing', 'timestamping', 'log'];
  writeFileSync(
    file,
    stringify({
      version: 1,
      foundation: { name: 'Example Foundation', country: 'AT' },
      keysDirectory: `${state}/keys`,
      module: hsm.module,
      softhsmConf: hsm.configFile,
      tokens: Object.fromEntries(labels.map((label) => [label, token(label)])),
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
  const shown = await built('ceremony', ['hold', '--config', file, '--dry-run']);
  const [, plan = ''] = /: plan (\S+)/.exec(shown) ?? [];
  await built('ceremony', ['hold', '--config', file, '--confirm', plan]);
  await handOutTokens(join(paths.softhsm, 'tokens'), paths.secrets);
}

/** → hash of the first commit. */
async function publishPolicy(gitRoot: string): Promise<string> {
  const [folder, key] = [join(work, 'policies'), join(work, 'ada')];
  await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'ada', '-f', key]);
  await built('countersign', [
    ...['init-policies', folder, '--foundation', 'Example Foundation', '--homepage', 'https://example.org'],
    ...[
      '--contact',
      'mailto:security@example.org',
      '--country',
      'AT',
      '--maintainer',
      `ada=${key}.pub=github:1=Ada`,
    ],
  ]);
  await addProject(folder, 'ada');
  await built('countersign', ['validate', folder]);
  const repository = await keepRepository(gitRoot, 'policies.git');
  const script = `
    cd ${folder}
    git init -q --initial-branch=main && git add --all
    git -c user.name=Ada -c user.email=ada@example.org -c gpg.format=ssh -c user.signingkey=${key}.pub commit -qS -m 'The first policy'
    git push -q ${repository} main
    git rev-parse HEAD`;
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  return (await runCommand('sh', ['-euc', script], { env })).trim();
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
  const artifact = await makeArtifact(join(work, 'artifact'), 80);
  const env = {
    NODE_EXTRA_CA_CERTS: '/etc/ssl/countersign/fullchain.pem',
    COUNTERSIGN_URL: portalUrl,
    HOME: work,
  };
  const key = join(work, 'ada');
  const url = ['--url', portalUrl];
  const made = await built(
    'countersign',
    ['tokens', 'create', '--project', project, '--key', key, '--name', 'check', ...url],
    env,
  );
  const output = join(work, 'signed');
  mkdirSync(output);
  const asked = [
    'submit',
    artifact,
    '--project',
    project,
    '--policy',
    policy,
    '--wait',
    '--timeout',
    '600',
    '--output',
    output,
  ];
  console.log(await built('countersign', [...asked, ...url], { ...env, COUNTERSIGN_TOKEN: made.trim() }));
  await runCommand('sh', ['-euc', `cd ${output} && unzip -q *.zip hello.exe`]);
  const [certificate, root] = [certificateFile(project, 'test'), certificateFile(null, 'root')];
  const verdict = await runCommand('sh', [
    '-c',
    `osslsigncode verify -in ${output}/hello.exe -CAfile ${certificate} -TSA-CAfile ${root} 2>&1 || true`,
  ]);
  if (
    !/Timestamp Server Signature verification: ok/i.test(verdict) ||
    !/Signature verification: ok/i.test(verdict)
  )
    throw new StackError('BAD_STATE', `osslsigncode doesn’t agree:\n${verdict}`);
}

/** Of a project's key by its name, or of the foundation's by its purpose, as the registry names it. */
function certificateFile(owner: string | null, name: string): string {
  const { keys } = JSON.parse(readFileSync(`${state}/keys/registry.json`, 'utf8')) as {
    keys: { purpose: string; project: string | null; name: string | null; certificate: string }[];
  };
  const found = keys.find(
    (key) => key.project === owner && (owner === null ? key.purpose : key.name) === name,
  );
  if (found === undefined) throw new StackError('BAD_STATE', `the registry has no ${name}`);
  return `${state}/keys/${found.certificate}`;
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
  const initialCommit = await step('First policy', () => publishPolicy(services.gitRoot));
  const own = (owner: string) => ({ keyHolder: { softhsmConf: `/etc/countersign/softhsm-${owner}.conf` } });
  await writeConfigurations(examples, {
    '/etc/countersign/signer.yaml': {
      policyRepository: { url: services.policiesUrl, initialCommit },
      scanner: { developmentDatabase: true, streamSizeBytesMax: 64 * 1024 ** 2 },
      sweepSeconds: 1,
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
  await step('A program in 80 MB, signed through nginx', sign);
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
