/** What deploy/containers and deploy/kubernetes say, held against one another, the units of systemd and the configurations' parsers. */
import { execFileSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parsePortalConfig } from '../../lib/platform/config/parse.ts';
import { readConfig } from '../../signer/ground/config/index.ts';
import { configurationsIn } from '../deploy-check/configure.ts';
import { readUnit } from '../deploy-check/unit.ts';
import { lacksTools } from '../test/lacks.ts';

const deploy = join(import.meta.dirname, '..', '..', 'deploy');
const containers = join(deploy, 'containers');

interface Service {
  readonly image: string;
  readonly user?: string;
  readonly read_only?: boolean;
  readonly cap_drop?: readonly string[];
  readonly cap_add?: readonly string[];
  readonly security_opt?: readonly string[];
  readonly group_add?: readonly string[];
  readonly volumes?: readonly string[];
  readonly secrets?: readonly string[];
  readonly networks?: readonly string[];
  readonly ports?: readonly string[];
}
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, { readonly internal?: boolean } | null>>;
}
const readCompose = (file: string): Compose =>
  parse(readFileSync(join(containers, file), 'utf8'), { merge: true }) as Compose;
const compose = readCompose('compose.yaml');
const all = { ...compose.services, ...readCompose('tools.yaml').services };
const own = Object.entries(all).filter(([, { image }]) => image.includes('COUNTERSIGN_IMAGES'));
/** Folder → name of the volume, without the access. */
const mounts = ({ volumes = [] }: Service): ReadonlyMap<string, { from: string; readOnly: boolean }> =>
  new Map(
    volumes.map((text) => {
      const [from = '', to = '', access] = text.split(':');
      return [to, { from, readOnly: access === 'ro' }] as const;
    }),
  );
const prepared = readFileSync(join(containers, 'prepare.sh'), 'utf8');

describe('compose.yaml', () => {
  it('gives no process of ours a root to write to, a capability, or new privileges', () => {
    expect(own.map(([name]) => name).sort()).toEqual([
      ...['ceremony', 'migrate', 'portal', 'prepare', 'responder'],
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
    expect(compose.networks['front']).toMatchObject({ internal: true });
    expect(compose.networks['data']).toMatchObject({ internal: true });
    const portal = parse(readFileSync(join(containers, 'config', 'portal.yaml'), 'utf8')) as {
      trustedProxies: readonly string[];
    };
    expect(JSON.stringify(compose.networks['front'])).toContain(portal.trustedProxies[0]);
  });

  it('has the users and groups that prepare.sh gives the folders to', () => {
    const groups = { artifacts: '64020', released: '64021', register: '64022', answers: '64023' };
    for (const [name, number] of Object.entries(groups)) {
      expect(prepared).toContain(`${name}=${number}`);
      const users = own
        .filter(([, service]) => (service.group_add ?? []).includes(number))
        .map(([each]) => each);
      const expected = own
        .filter(([each]) => !['ceremony', 'prepare'].includes(each))
        .filter(([, service]) => [...mounts(service).values()].some(({ from }) => from === name))
        .map(([each]) => each);
      expect(users.sort(), name).toEqual(expected.sort());
    }
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
      'signer.yaml': ['databaseUrl', 'keyHolder', 'timestamp', 'scanner', 'signerId'],
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

describe('manifests for Kubernetes', () => {
  interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: Record<string, unknown>;
  }
  const documents = globSync('kubernetes/*.yaml', { cwd: deploy })
    .sort()
    .flatMap((file) =>
      parseAllDocuments(readFileSync(join(deploy, file), 'utf8')).map((each) => each.toJS() as Manifest),
    );
  interface Pod {
    readonly automountServiceAccountToken: boolean;
    readonly securityContext: {
      runAsUser: number;
      runAsNonRoot: boolean;
      supplementalGroups?: readonly number[];
    };
    readonly containers: readonly {
      image: string;
      securityContext: Record<string, unknown>;
      volumeMounts: readonly { name: string; mountPath: string; readOnly?: boolean }[];
    }[];
    readonly volumes: readonly ({ name: string } & Record<string, { claimName?: string }>)[];
  }
  const pods = documents
    .filter(({ kind }) => ['Deployment', 'Job'].includes(kind))
    .map(
      ({ metadata, spec }) =>
        [metadata.name.replace('countersign-', ''), (spec['template'] as { spec: Pod }).spec] as const,
    );

  it('run as the users and with the folders of compose.yaml, as closed as there', () => {
    expect(pods.map(([name]) => name).sort()).toEqual(['migrate', 'portal', 'signer']);
    for (const [name, pod] of pods) {
      const service = all[name];
      const [container] = pod.containers;
      if (service === undefined || container === undefined) throw new RangeError(name);
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(container.securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect((pod.securityContext.supplementalGroups ?? []).map(String), name).toEqual(
        service.group_add ?? [],
      );
      const image = /\/([a-z]+):/.exec(container.image)?.[1];
      expect(service.image, name).toContain(`}/${image ?? ''}:`);
      const claims = new Map(
        pod.volumes.map((each) => [each.name, each['persistentVolumeClaim']?.claimName]),
      );
      const theirs = container.volumeMounts
        .filter(({ name: volume }) => claims.get(volume) !== undefined)
        .map(({ mountPath, readOnly = false }) => `${mountPath} ${String(readOnly)}`);
      const ours = [...mounts(service)]
        .filter(([to]) => to.startsWith('/var/lib/countersign/') && to !== '/var/lib/countersign/portal')
        .map(([to, { readOnly }]) => `${to} ${String(readOnly)}`);
      expect(theirs.sort(), name).toEqual(ours.sort());
    }
  });

  it('claim each folder that they mount, and let nobody reach the signer', () => {
    const claimed = documents
      .filter(({ kind }) => kind === 'PersistentVolumeClaim')
      .map(({ metadata }) => metadata.name);
    const mounted = pods.flatMap(([, pod]) =>
      pod.volumes.flatMap((each) => each['persistentVolumeClaim']?.claimName ?? []),
    );
    expect(claimed.sort()).toEqual([...new Set(mounted)].sort());
    const closed = documents.find(
      ({ kind, metadata }) => kind === 'NetworkPolicy' && metadata.name === 'countersign-signer',
    );
    expect(closed?.spec).toMatchObject({ policyTypes: ['Ingress', 'Egress'], ingress: [] });
  });
});
