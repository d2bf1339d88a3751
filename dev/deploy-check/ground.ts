/** The ground that an installation stands on, in namespaces of its own: mounts, users, services that aren't Countersign's. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import {
  randomPassword,
  startClamd,
  startGitHost,
  startPostgres,
  prepareStackPaths,
} from '../stack/index.ts';
import { runCommand } from '../stack/process/run.ts';
import { StackError } from '../stack/error.ts';

export const current = '/opt/countersign/current';
export const state = '/var/lib/countersign';
export const credentials = '/etc/countersign/credentials';

const sh = (script: string): Promise<string> => runCommand('sh', ['-euc', script]);

/** /etc, /var/lib and /run as they are, with what changes in memory; /opt with the release. */
export async function layMounts(work: string): Promise<void> {
  const over = join(work, 'over');
  mkdirSync(over);
  await sh(`
    ip link set lo up
    mount -t tmpfs -o mode=0755 tmpfs ${over}
    for each in etc var/lib; do
      mkdir -p ${over}/$each/upper ${over}/$each/work
      mount -t overlay overlay -o lowerdir=/$each,upperdir=${over}/$each/upper,workdir=${over}/$each/work /$each
    done
    mount -t tmpfs -o mode=0755 tmpfs /run
    mount --bind ${work}/opt /opt
    echo '127.0.0.1 localhost sign.example.org pki.example.org' > /etc/hosts`);
}

/** As the guide says, by systemd’s own programs. */
export async function makeUsersAndFolders(): Promise<void> {
  await sh(`
    mkdir -p /etc/sysusers.d /etc/tmpfiles.d /etc/systemd/system
    cd ${current}
    cp deploy/sysusers.d/countersign.conf /etc/sysusers.d/ && systemd-sysusers /etc/sysusers.d/countersign.conf
    cp deploy/tmpfiles.d/countersign.conf /etc/tmpfiles.d/ && systemd-tmpfiles --create /etc/tmpfiles.d/countersign.conf
    cp deploy/systemd/*.service /etc/systemd/system/`);
}

const putSecret = (name: string, value: string): void =>
  writeFileSync(join(credentials, name), `${value}\n`, { mode: 0o600 });

export interface Services {
  readonly gitRoot: string;
  readonly policiesUrl: string;
  readonly paths: ReturnType<typeof prepareStackPaths>;
  readonly stop: () => Promise<void>;
}

/** PostgreSQL, clamd and a Git host, at the ports that the guide's configurations name. */
export async function startServices(work: string): Promise<Services> {
  const paths = prepareStackPaths(join(work, 'services'));
  writeFileSync(paths.ports, JSON.stringify({ postgres: 5432, clamd: 3310 }));
  const [postgres, clamd, gitHost] = await Promise.all([
    startPostgres(paths),
    startClamd(paths, { signatures: 'test' }),
    startGitHost(paths),
  ]);
  if (postgres.server.port !== 5432 || clamd.port !== 3310)
    throw new StackError('PORT_TAKEN', 'PostgreSQL or clamd isn’t at the port that the guide names');
  const { superuserPassword, port } = postgres.server;
  const superuser = new Client({
    connectionString: `postgresql://postgres:${encodeURIComponent(superuserPassword)}@127.0.0.1:${port}/postgres`,
  });
  await superuser.connect();
  await superuser.query(readFileSync(join(current, 'prisma', 'roles.sql'), 'utf8'));
  for (const role of ['owner', 'portal', 'signer']) {
    const password = randomPassword();
    await superuser.query(`ALTER ROLE countersign_${role} PASSWORD ${superuser.escapeLiteral(password)}`);
    putSecret(`database-${role}`, password);
  }
  await superuser.query(
    'CREATE DATABASE countersign OWNER countersign_owner TEMPLATE template0 ENCODING UTF8',
  );
  await superuser.end();
  putSecret('session-key', randomPassword());
  return {
    gitRoot: gitHost.root,
    policiesUrl: gitHost.repositoryUrl('policies.git'),
    paths,
    stop: async () => {
      await Promise.all([postgres.stop(), clamd.stop(), gitHost.stop()]);
    },
  };
}

/** Gives each process the token that it signs with, in a folder of its own (docs/guides/installation.md). */
export async function handOutTokens(from: string, pins: string): Promise<void> {
  const owners = { signing: 'signer', log: 'signer', issuing: 'authority', timestamping: 'tsa' } as const;
  for (const [label, owner] of Object.entries(owners)) {
    const token = readdirSync(from).find((name) =>
      readFileSync(join(from, name, 'token.object')).includes(label.padEnd(32)),
    );
    if (token === undefined) throw new StackError('BAD_STATE', `${from} has no token ${label}`);
    const folder = `${state}/${owner}/tokens`;
    await sh(
      `mkdir -m 0700 -p ${folder} && cp -r ${from}/${token} ${folder}/ && chown -R countersign-${owner}: ${folder}`,
    );
    writeFileSync(
      `/etc/countersign/softhsm-${owner}.conf`,
      `directories.tokendir = ${folder}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`,
    );
    putSecret(`pin-${label}`, readFileSync(join(pins, `pin-${label}`), 'utf8').trim());
  }
}
