/** What deploy/containers says, held against itself, the units of systemd and the configurations' parsers. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parsePortalConfig } from '../../lib/platform/config/parse.ts';
import { readConfig } from '../../signer/ground/config/index.ts';
import { configurationsIn } from '../deploy-check/configure.ts';
import { readUnit } from '../deploy-check/unit.ts';
import { lacksTools } from '../test/lacks.ts';
import {
  compose,
  containers,
  deploy,
  groupNumbers,
  groupsOf,
  mounts,
  own,
  userOf,
  users,
  all,
} from './described.fixture.ts';

const prepared = readFileSync(join(containers, 'prepare.sh'), 'utf8');

describe('compose.yaml', () => {
  it('gives no process of ours a root to write to, a capability, or new privileges', () => {
    expect(own.map(([name]) => name).sort()).toEqual([
      ...['audit', 'ceremony', 'migrate', 'portal', 'prepare', 'responder'],
      ...['revocation-authority', 'signer', 'timestamp-authority'],
    ]);
    for (const [name, service] of own) {
      expect(service.read_only, name).toBe(true);
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toContain('no-new-privileges:true');
      if (!['ceremony', 'prepare'].includes(name)) {
        expect(service.cap_add, name).toBeUndefined();
        expect(service.user ?? 'the image’s', name).not.toMatch(/^0/);
      }
    }
  });

  it('lets each process write the folders that its systemd unit lets it write, and no others', () => {
    const units = {
      portal: 'portal',
      signer: 'signer',
      'timestamp-authority': 'timestamp-authority',
      'revocation-authority': 'revocation-authority',
      responder: 'responder',
    };
    for (const [name, unit] of Object.entries(units)) {
      const { writable, credentials } = readUnit(join(deploy, 'systemd', `countersign-${unit}.service`));
      const service = compose.services[name];
      if (service === undefined) throw new RangeError(name);
      const written = [...mounts(service)].filter(([, { readOnly }]) => !readOnly).map(([to]) => to);
      // A socket is opened to write.
      const socket = name === 'responder' ? ['/run/countersign-answers'] : [];
      expect(written.sort(), name).toEqual([...writable, ...socket].sort());
      expect([...(service.secrets ?? [])].sort(), name).toEqual([...credentials.keys()].sort());
    }
  });

  it('has ports on the host for Caddy alone, and nothing but it and what it serves in the network that the portal believes', () => {
    expect(Object.entries(compose.services).flatMap(([name, { ports }]) => (ports ? [name] : []))).toEqual([
      'caddy',
    ]);
    const front = Object.entries(compose.services).flatMap(([name, { networks = [] }]) =>
      networks.includes('front') ? [name] : [],
    );
    expect(front.sort()).toEqual(['caddy', 'portal', 'responder']);
    expect(compose.networks['data']).toMatchObject({ internal: true });
    const portal = parse(readFileSync(join(containers, 'config', 'portal.yaml'), 'utf8')) as {
      trustedProxies: readonly string[];
    };
    // Not by `ipam`, which podman-compose 1.0.3 takes and ignores: where nobody made it, nothing starts.
    expect(compose.networks['front']).toEqual({ external: true, name: 'countersign_front' });
    const made = `podman network create --internal --subnet=${portal.trustedProxies.join(' ')} countersign_front`;
    for (const file of [
      join(containers, 'compose.yaml'),
      join(deploy, '..', 'docs', 'guides', 'containers.md'),
    ])
      expect(readFileSync(file, 'utf8'), file).toContain(made);
  });

  it('runs each process as a user that the images know, who has the groups of the folders that it shares, and no others', () => {
    const groups = { artifacts: '64020', released: '64021', register: '64022', answers: '64023' };
    // Nobody has to say them anywhere else: some implementations of compose don't know group_add.
    expect(JSON.stringify(all)).not.toContain('group_add');
    const processes = own.filter(([each]) => !['ceremony', 'prepare'].includes(each));
    expect(users.size).toBe(5);
    for (const [each, service] of processes) expect([...users.keys()], each).toContain(userOf(service));
    for (const [name, number] of Object.entries(groups)) {
      expect(prepared).toContain(`${name}=${number}`);
      expect(groupNumbers.get(`countersign-${name}`)).toBe(number);
      const members = processes.filter(([, service]) => groupsOf(service).includes(number));
      const sharers = processes.filter(([, service]) =>
        [...mounts(service).values()].some(({ from }) => from === name),
      );
      // Migrations are the portal's image and user, and mount nothing.
      expect(
        members
          .map(([each]) => each)
          .filter((each) => each !== 'migrate')
          .sort(),
        name,
      ).toEqual(sharers.map(([each]) => each).sort());
    }
    const owners = [...prepared.matchAll(/\b(portal|signer|tsa|authority)=(\d+)/g)];
    expect(owners).toHaveLength(4);
    for (const [, name = '', number = ''] of owners)
      expect(users.get(number)?.name, number).toBe(`countersign-${name}`);
  });

  it('has the users and members of groups that sysusers.d makes on a host', () => {
    const lines = readFileSync(join(deploy, 'sysusers.d', 'countersign.conf'), 'utf8').split('\n');
    const words = (type: string) =>
      lines.filter((line) => line.startsWith(`${type} `)).map((line) => line.split(/\s+/));
    expect([...users.values()].map(({ name }) => name).sort()).toEqual(
      words('u')
        .map(([, name]) => name)
        .sort(),
    );
    expect([...groupNumbers.keys()].sort()).toEqual(
      words('g')
        .map(([, name]) => name)
        .sort(),
    );
    const members = [...users.values()].flatMap(({ name, groups }) =>
      groups.map((group) => `${name} ${group}`),
    );
    expect(members.sort()).toEqual(
      words('m')
        .map(([, user, group]) => `${user} ${group}`)
        .sort(),
    );
  });
});

describe('configurations in deploy/containers/config', () => {
  it('are understood by the processes that read them', () => {
    const env = { CREDENTIALS_DIRECTORY: '/nowhere' };
    const portal = readFileSync(join(containers, 'config', 'portal.yaml'), 'utf8');
    expect(parsePortalConfig(portal, '/')).toMatchObject({ publicUrl: 'https://sign.example.org' });
    expect(() => readConfig(join(containers, 'config', 'signer.yaml'), env)).toThrow(
      /nowhere\/database-signer/,
    );
  });

  it('say what the examples say, but for addresses of other containers', async () => {
    const guide = await configurationsIn(join(deploy, 'examples'));
    const different: Record<string, readonly string[]> = {};
    for (const [file, theirs] of guide) {
      const name = file.split('/').at(-1) ?? '';
      const ours = parse(readFileSync(join(containers, 'config', name), 'utf8')) as Record<string, unknown>;
      different[name] = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])].filter(
        (key) => JSON.stringify(theirs[key]) !== JSON.stringify(ours[key]),
      );
    }
    expect(different).toEqual({
      'signer.yaml': ['databaseUrl', 'keyHolder', 'timestamp', 'scanner', 'signerId', 'auditLog'],
      'portal.yaml': ['databaseUrl', 'responderUrl', 'auth', 'trustedProxies'],
      'tsa.yaml': ['listen', 'keyHolder'],
      'authority.yaml': ['keyHolder'],
      'responder.yaml': ['listen'],
    });
  });
});

describe('the signer’s profile of system calls', () => {
  const profile = JSON.parse(readFileSync(join(containers, 'seccomp-signer.json'), 'utf8')) as {
    defaultAction: string;
    syscalls: readonly { names: readonly string[]; action: string }[];
  };

  it('refuses what it doesn’t name, and names no way to trace, to load code into the kernel or to set its clock', () => {
    expect(profile.defaultAction).toBe('SCMP_ACT_ERRNO');
    expect(profile.syscalls).toHaveLength(1);
    const names = new Set(profile.syscalls[0]?.names);
    for (const name of [
      'ptrace',
      'bpf',
      'init_module',
      'kexec_load',
      'reboot',
      'settimeofday',
      'swapon',
      'ioperm',
    ])
      expect(names, name).not.toContain(name);
    for (const name of ['clone3', 'unshare', 'mount', 'pivot_root', 'seccomp'])
      expect(names, name).toContain(name);
  });

  it.skipIf(lacksTools('systemd-analyze', 'python3'))(
    'is the filter of its unit, where systemd has the version that wrote it',
    () => {
      const { systemCalls } = readUnit(join(deploy, 'systemd', 'countersign-signer.service'));
      const filter = join(import.meta.dirname, '..', 'deploy-check', 'filter.py');
      const run = (program: string, args: readonly string[]) =>
        execFileSync(program, args, { encoding: 'utf8' });
      const now = JSON.parse(run('python3', [filter, '--profile', ...systemCalls])) as typeof profile;
      const [, version] = /^systemd (\d+)/.exec(run('systemd-analyze', ['--version'])) ?? [];
      if (version === '252') expect(profile).toEqual(now);
      else expect(now.syscalls[0]?.names.length).toBeGreaterThan(300);
    },
  );
});
