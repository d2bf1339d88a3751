/** The manifests in deploy/kubernetes: Kubernetes' own schemas, and what images, compose.yaml and configurations say. No cluster runs them here. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { readUnit } from '../deploy-check/unit.ts';
import { all, containers, deploy, groupsOf, mounts, targetOf, targets, userOf } from './described.fixture.ts';

type Labels = Readonly<Record<string, string>>;
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
}
interface Container {
  readonly image: string;
  readonly command?: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[];
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly volumeMounts: readonly {
    readonly name: string;
    readonly mountPath: string;
    readonly readOnly?: boolean;
  }[];
  readonly [probe: `${string}Probe`]:
    | {
        readonly httpGet?: { readonly path: string; readonly port: string };
        readonly tcpSocket?: { readonly port: string };
      }
    | undefined;
}
interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: {
    readonly runAsUser: number;
    readonly runAsGroup: number;
    readonly runAsNonRoot?: boolean;
    readonly supplementalGroups?: readonly number[];
    readonly fsGroup?: number;
    readonly seccompProfile: { readonly type: string; readonly localhostProfile?: string };
  };
  readonly containers: readonly [Container];
  readonly volumes: readonly ({ readonly name: string } & Readonly<
    Record<'secret' | 'configMap' | 'persistentVolumeClaim', Readonly<Record<string, unknown>> | undefined>
  >)[];
}

const files = globSync('kubernetes/*.yaml', { cwd: deploy }).sort();
const documents = files.flatMap((file) =>
  parseAllDocuments(readFileSync(join(deploy, file), 'utf8')).map((each) => each.toJS() as Manifest),
);
const pods = documents
  .filter(({ kind }) => ['Deployment', 'Job'].includes(kind))
  .map(({ metadata, spec }) => {
    const template = spec['template'] as { metadata: { labels: Labels }; spec: Pod };
    const name = metadata.name.replace('countersign-', '');
    return {
      name,
      labels: template.metadata.labels,
      pod: template.spec,
      container: template.spec.containers[0],
    };
  });
/** The pods of running processes, and of migrations. */
const processes = pods.filter(({ name }) => name !== 'prepare');
/** Those that run for long. */
const running = ['portal', 'signer', 'timestamp-authority', 'revocation-authority', 'responder'];
const configurationOf = (name: string): string =>
  ({ 'timestamp-authority': 'tsa.yaml', 'revocation-authority': 'authority.yaml' })[name] ?? `${name}.yaml`;
const podNamed = (name: string) => {
  const found = pods.find((each) => each.name === name);
  if (found === undefined) throw new RangeError(name);
  return found;
};
const ofKind = (kind: string): readonly Manifest[] => documents.filter((each) => each.kind === kind);
const selected = (labels: Labels) =>
  pods.filter((each) => Object.entries(labels).every(([name, value]) => each.labels[name] === value));

describe('Kubernetes’ schemas', () => {
  interface Validator {
    (value: unknown): boolean;
    readonly errors: readonly { readonly instancePath: string; readonly keyword: string }[] | null;
  }
  const groups: Readonly<Record<string, string>> = {
    v1: 'CoreV1',
    'apps/v1': 'AppsV1',
    'batch/v1': 'BatchV1',
    'networking.k8s.io/v1': 'NetworkingV1',
  };
  const validatorOf = async ({ apiVersion, kind }: Manifest): Promise<Validator> => {
    const name = `IoK8sApi${groups[apiVersion] ?? apiVersion}${kind}`;
    const file = `kubernetes-models/_schemas/${name}`;
    return ((await import(/* @vite-ignore */ file)) as { validate: Validator }).validate;
  };
  /** The same value, which notes what of it is read. */
  const watched = (value: unknown, path: string, read: Set<string>): unknown =>
    typeof value === 'object' && value !== null
      ? new Proxy(value, {
          get: (target, name) => {
            const inside = `${path}/${String(name)}`;
            if (Object.hasOwn(target, name)) read.add(inside);
            return watched(Reflect.get(target, name), inside, read);
          },
        })
      : value;
  const pathsIn = (value: unknown, path = ''): readonly string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, member]) => [
          `${path}/${name}`,
          ...pathsIn(member, `${path}/${name}`),
        ])
      : [];
  /** What is wrong. The schemas leave open what else may be there, which an API server refuses: so what no schema reads is named, too. */
  const judge = async (document: Manifest): Promise<readonly string[]> => {
    const [read, validate] = [new Set<string>(), await validatorOf(document)];
    validate(watched(document, '', read));
    return [
      ...(validate.errors ?? []).map(({ instancePath, keyword }) => `${instancePath}: ${keyword}`),
      ...pathsIn(document)
        .filter((path) => !read.has(path))
        .map((path) => `${path}: unknown`),
    ];
  };

  it('describe every document', async () => {
    expect(documents.length).toBeGreaterThanOrEqual(21);
    for (const document of documents)
      expect(await judge(document), `${document.kind} ${document.metadata.name}`).toEqual([]);
  });

  it('are asked: what is misspelled, missing or of another type is found', async () => {
    const deployment = structuredClone(ofKind('Deployment')[0]) as unknown as {
      spec: {
        selector?: unknown;
        replicas: unknown;
        template: { spec: { containers: Record<string, unknown>[] } };
      };
    };
    delete deployment.spec.selector;
    deployment.spec.replicas = 'two';
    const [container = {}] = deployment.spec.template.spec.containers;
    container['livenesProbe'] = {};
    expect(await judge(deployment as unknown as Manifest)).toEqual([
      '/spec: required',
      '/spec/replicas: type',
      '/spec/template/spec/containers/0/livenesProbe: unknown',
    ]);
  });
});

describe('manifests for Kubernetes', () => {
  it('run as the users and with the folders of compose.yaml, as closed as there', () => {
    expect(processes.map(({ name }) => name).sort()).toEqual([
      ...['migrate', 'portal', 'responder'],
      ...['revocation-authority', 'signer', 'timestamp-authority'],
    ]);
    for (const { name, pod, container } of processes) {
      const service = all[name];
      if (service === undefined) throw new RangeError(name);
      const { securityContext } = pod;
      expect(pod.automountServiceAccountToken, name).toBe(false);
      expect(container.securityContext, name).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(targetOf(container.image), name).toBe(targetOf(service.image));
      expect(String(securityContext.runAsUser), name).toBe(userOf(service));
      expect(securityContext, name).toMatchObject({
        runAsGroup: securityContext.runAsUser,
        runAsNonRoot: true,
      });
      // What mounts no folder needs no group. fsGroup would give the folders of others away.
      const groups = name === 'migrate' ? [] : groupsOf(service);
      expect((securityContext.supplementalGroups ?? []).map(String), name).toEqual(groups);
      expect(securityContext.fsGroup, name).toBeUndefined();
      const claims = new Set(
        pod.volumes.filter((each) => each.persistentVolumeClaim).map((each) => each.name),
      );
      const theirs = container.volumeMounts
        .filter((each) => claims.has(each.name))
        .map(({ mountPath, readOnly = false }) => `${mountPath} ${String(readOnly)}`);
      const ours = [...mounts(service)]
        .filter(([to]) => to.startsWith('/var/lib/countersign/') && to !== '/var/lib/countersign/portal')
        .map(([to, { readOnly }]) => `${to} ${String(readOnly)}`);
      expect(theirs.sort(), name).toEqual(ours.sort());
    }
    // Why the signer's differs: docs/decisions/0138.
    const { localhostProfile = '', ...profile } = podNamed('signer').pod.securityContext.seccompProfile;
    expect(profile).toEqual({ type: 'Localhost' });
    expect(existsSync(join(containers, basename(localhostProfile)))).toBe(true);
    expect(all['signer']?.security_opt).toContain(`seccomp=./${basename(localhostProfile)}`);
  });

  it('let each process write what its unit lets it write, and /tmp', () => {
    for (const name of running) {
      const { container } = podNamed(name);
      const { writable } = readUnit(join(deploy, 'systemd', `countersign-${name}.service`));
      const written = container.volumeMounts
        .filter((each) => each.readOnly !== true)
        .map((each) => each.mountPath);
      const memory = (all[name]?.tmpfs ?? []).map((text) => text.split(':')[0]);
      // The socket between authority and responder doesn't reach from one pod to another.
      const theirs = writable.filter((folder) => !folder.startsWith('/run/'));
      expect([...new Set(written)].sort(), name).toEqual([...new Set([...theirs, ...memory])].sort());
    }
  });

  it('name the volumes, claims, config maps and secrets that are there, and no others', () => {
    for (const { name, pod, container } of pods) {
      const names = pod.volumes.map((each) => each.name);
      expect(container.volumeMounts.map((each) => each.name).sort(), name).toEqual([...names].sort());
      const places = container.volumeMounts.map((each) => each.mountPath);
      expect(new Set(places).size, name).toBe(places.length);
    }
    const claimed = ofKind('PersistentVolumeClaim').map(({ metadata }) => metadata.name);
    const mounted = pods.flatMap(({ pod }) =>
      pod.volumes.flatMap((each) => each.persistentVolumeClaim?.['claimName'] ?? []),
    );
    expect(claimed.sort()).toEqual([...new Set(mounted)].sort());
    const guide = readFileSync(join(deploy, '..', 'docs', 'guides', 'containers.md'), 'utf8');
    const made = (kind: string) =>
      new Map(
        [...guide.matchAll(new RegExp(`kubectl create ${kind} (\\S+)((?: --from-file=\\S+)+)`, 'g'))].map(
          ([, name = '', given = '']) =>
            [name, [...given.matchAll(/--from-file=(\S+)/g)].map(([, file = '']) => basename(file))] as const,
        ),
      );
    const [secrets, maps] = [made('secret generic'), made('configmap')];
    for (const { name, pod, container } of processes) {
      const secret = pod.volumes.find((each) => each.secret !== undefined);
      const where = container.volumeMounts.find((each) => each.name === secret?.name)?.mountPath;
      if (all[name]?.secrets === undefined) expect(secret, name).toBeUndefined();
      else {
        expect(container.env, name).toContainEqual({ name: 'CREDENTIALS_DIRECTORY', value: where });
        expect(secrets.get(String(secret?.secret?.['secretName'])), name).toEqual(all[name].secrets);
      }
      const map = pod.volumes.find((each) => each.configMap !== undefined);
      if (name === 'migrate') expect(map).toBeUndefined();
      else expect(maps.get(String(map?.configMap?.['name'])), name).toEqual([configurationOf(name)]);
    }
    expect([secrets.size, maps.size]).toEqual([5, 5]);
  });

  it('start what the images start, of this version, and migrate as tools.yaml does', () => {
    const { version } = JSON.parse(readFileSync(join(deploy, '..', 'package.json'), 'utf8')) as {
      version: string;
    };
    for (const { name, container } of pods) expect(container.image, name).toMatch(new RegExp(`:${version}$`));
    for (const name of running) {
      const own = all[name]?.command;
      expect(podNamed(name).container.command, name).toEqual(
        name === 'timestamp-authority' ? undefined : own,
      );
      const place = podNamed(name).container.volumeMounts.find(
        (each) => each.name === 'configuration',
      )?.mountPath;
      const said = `${targets.get(targetOf(podNamed(name).container.image)) ?? ''} ${(own ?? []).join(' ')}`;
      expect(said, name).toContain(`${place ?? ''}/${configurationOf(name)}`);
    }
    const { command, env = [] } = podNamed('migrate').container;
    expect(command).toEqual(all['migrate']?.command);
    const said = Object.fromEntries(env.map(({ name, value }) => [name, value]));
    expect(said).toMatchObject(all['migrate']?.environment ?? {});
  });

  it('prepare the folders that they claim, as prepare.sh of the release does it', () => {
    const { pod, container } = podNamed('prepare');
    const [program = '', verb, ...folders] = container.command ?? [];
    expect(program).toBe(all['prepare']?.entrypoint?.[0]);
    expect(existsSync(join(deploy, '..', program.replace('/opt/countersign/current/', '')))).toBe(true);
    expect(verb).toBe('folders');
    const claims = pod.volumes.map((each) => String(each.persistentVolumeClaim?.['claimName']));
    expect(claims.map((claim) => claim.replace('countersign-', '')).sort()).toEqual([...folders].sort());
    expect(claims.sort()).toEqual(
      ofKind('PersistentVolumeClaim')
        .map(({ metadata }) => metadata.name)
        .sort(),
    );
    expect(container.volumeMounts.map((each) => basename(each.mountPath)).sort()).toEqual(
      [...folders].sort(),
    );
    expect(container.securityContext['capabilities']).toEqual({
      drop: ['ALL'],
      add: all['prepare']?.cap_add,
    });
  });

  it('ask at a port that the portal listens at, for pages that it has, and leave it the time that it takes to stop', () => {
    const { container, pod } = podNamed('portal');
    const [port] = container.ports ?? [];
    expect(targets.get('portal')).toContain(`EXPOSE ${port?.containerPort ?? ''}`);
    expect(targets.get('portal')).toContain(`"--port", "${port?.containerPort ?? ''}"`);
    for (const probe of ['livenessProbe', 'readinessProbe'] as const) {
      const { path, port: at } = container[probe]?.httpGet ?? { path: '', port: '' };
      expect(existsSync(join(deploy, '..', 'app', path, 'route.ts')), probe).toBe(true);
      expect(at).toBe(port?.name);
    }
    const services = ofKind('Service');
    expect(services).toHaveLength(3);
    for (const { metadata, spec } of services) {
      const { selector, ports } = spec as unknown as {
        selector: Labels;
        ports: { port: number; targetPort: string }[];
      };
      const name = metadata.name.replace('countersign-', '');
      expect(selected(selector).map((each) => each.name)).toEqual([name]);
      const [at] = podNamed(name).container.ports ?? [];
      expect(ports, name).toEqual([{ name: at?.name, port: at?.containerPort, targetPort: at?.name }]);
      const configuration = join(containers, 'config', configurationOf(name));
      if (name !== 'portal')
        expect(parse(readFileSync(configuration, 'utf8')), name).toMatchObject({
          listen: { port: at?.containerPort },
        });
      const probes = podNamed(name).container;
      for (const probe of ['livenessProbe', 'readinessProbe'] as const)
        if (probes[probe]?.tcpSocket !== undefined) expect(probes[probe].tcpSocket.port).toBe(at?.name);
    }
    // `shutdown` of the portal, by default; a load balancer is given ten seconds to notice.
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThanOrEqual(10 + 10 + 50);
    const units = readFileSync(join(deploy, 'systemd', 'countersign-signer.service'), 'utf8');
    const [, seconds] = /^TimeoutStopSec=(\d+)$/m.exec(units) ?? [];
    expect(podNamed('signer').pod.terminationGracePeriodSeconds).toBe(Number(seconds));
  });

  it('select the pods that they are about, and let nobody reach the signer', () => {
    for (const { metadata, spec } of ofKind('Deployment')) {
      const { matchLabels } = spec['selector'] as { matchLabels: Labels };
      expect(selected(matchLabels).map(({ name }) => `countersign-${name}`)).toEqual([metadata.name]);
    }
    const policies = ofKind('NetworkPolicy');
    expect(policies.map(({ metadata }) => metadata.name.replace('countersign-', '')).sort()).toEqual(
      [...running].sort(),
    );
    for (const { metadata, spec } of policies) {
      const { matchLabels } = spec['podSelector'] as { matchLabels: Labels };
      expect(selected(matchLabels).map(({ name }) => `countersign-${name}`)).toEqual([metadata.name]);
      expect(spec['policyTypes']).toEqual(['Ingress', 'Egress']);
    }
    const ofPod = (name: string) =>
      policies.find(({ metadata }) => metadata.name === `countersign-${name}`)?.spec ?? {};
    for (const name of ['signer', 'revocation-authority']) expect(ofPod(name)['ingress'], name).toEqual([]);
    for (const name of ['timestamp-authority', 'revocation-authority', 'responder'])
      expect(ofPod(name)['egress'], name).toEqual([]);
    // Who asks them may, at the port that they listen at.
    for (const [asks, asked] of [
      ['signer', 'timestamp-authority'],
      ['portal', 'responder'],
    ] as const) {
      const port = podNamed(asked).container.ports?.[0]?.containerPort;
      const to = { podSelector: { matchLabels: { 'app.kubernetes.io/component': asked } } };
      expect(ofPod(asks)['egress']).toContainEqual({ to: [to], ports: [{ port }] });
      const from = { podSelector: { matchLabels: { 'app.kubernetes.io/component': asks } } };
      expect(JSON.stringify(ofPod(asked)['ingress'])).toContain(JSON.stringify(from));
      expect(JSON.stringify(ofPod(asked)['ingress'])).toContain(JSON.stringify({ port }));
    }
    const ports = (ofPod('portal')['ingress'] as { ports: { port: number }[] }[]).flatMap(
      (each) => each.ports,
    );
    expect(ports).toEqual([{ port: podNamed('portal').container.ports?.[0]?.containerPort }]);
    // Where the configurations look for the database and the scanner.
    const { scanner, databaseUrl } = parse(
      readFileSync(join(containers, 'config', 'signer.yaml'), 'utf8'),
    ) as { scanner: { host: string; port: number }; databaseUrl: string };
    const signer = JSON.stringify(
      policies.find(({ metadata }) => metadata.name === 'countersign-signer')?.spec,
    );
    expect(signer).toContain(
      `{"app.kubernetes.io/name":"${scanner.host}"}}}],"ports":[{"port":${scanner.port}}]`,
    );
    const { hostname, port } = new URL(databaseUrl);
    for (const spec of [ofPod('portal'), ofPod('signer')])
      expect(JSON.stringify(spec)).toContain(
        `{"app.kubernetes.io/name":"${hostname}"}}}],"ports":[{"port":${port}}]`,
      );
  });
});
