/** Whether containers are as closed as compose.yaml says, asked from inside. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { runCommand } from '../stack/index.ts';
import { StackError } from '../stack/error.ts';
import { containerOf, folder, podman, volumeFolder } from './compose.ts';
import { imagePrefix, runArguments } from './podman.ts';

interface Probed {
  readonly process: Readonly<Record<string, string>>;
  readonly own: Readonly<Record<string, string>>;
  readonly rootOptions: string;
  readonly tries: Readonly<Record<string, string>>;
  readonly writable: readonly string[];
}
interface Service {
  readonly volumes: readonly string[];
  readonly tmpfs: readonly string[];
}

const script = readFileSync(join(import.meta.dirname, 'probe.mjs'), 'utf8');
const node = ['node', '--input-type=module', '--eval', script];
const probe = async (command: readonly string[]): Promise<Probed> =>
  JSON.parse(await podman([...command, ...node])) as Probed;

/** Service → user and groups of its process. */
const users: Readonly<Record<string, readonly [user: number, groups: readonly number[]]>> = {
  portal: [64010, [64020, 64021]],
  signer: [64011, [64020, 64021, 64022]],
  'timestamp-authority': [64012, []],
  'revocation-authority': [64013, [64022, 64023]],
  responder: [64014, [64023]],
};

/** What podman gives every container to write in, with a read-only root too: memory that is gone with the container. */
const ofPodman = new Set(['/dev', '/dev/shm', '/dev/mqueue', '/run', '/run/lock', '/var/tmp']);

/** Throws a StackError that names each service with what it can do. */
export async function probeContainers(): Promise<void> {
  await probeWithoutRestrictions();
  const { services } = parse(readFileSync(join(folder, 'compose.yaml'), 'utf8'), { merge: true }) as {
    services: Readonly<Record<string, Service>>;
  };
  const wrong: string[] = [];
  for (const [name, [user, groups]] of Object.entries(users)) {
    const service = services[name];
    if (service === undefined) throw new StackError('BAD_STATE', `compose.yaml has no ${name}`);
    const allowed = new Set([
      ...service.volumes.map((text) => text.split(':')).flatMap(([, to, access]) => (access ? [] : [to])),
      ...service.tmpfs.map((text) => text.split(':')[0]),
      ...ofPodman,
    ]);
    for (const who of [[], ['--user', '0']]) {
      const found = await probe(['exec', ...who, containerOf(name)]);
      const asRoot = who.length > 0;
      const here = `${name}${asRoot ? ', as root' : ''}`;
      wrong.push(...closedness(found, asRoot).map((text) => `${here}: ${text}`));
      wrong.push(
        ...found.writable.filter((path) => !allowed.has(path)).map((path) => `${here}: writes to ${path}`),
      );
      if (asRoot) continue;
      const got = `${found.process['Uid']?.split(/\s+/)[0] ?? ''}: ${sorted(found.process['Groups'] ?? '')}`;
      const expected = `${user}: ${sorted([user, ...groups].join(' '))}`;
      if (got !== expected) wrong.push(`${name}: its process is ${got}, not ${expected}`);
    }
  }
  if (wrong.length > 0) throw new StackError('BAD_STATE', wrong.join('\n'));
}

const code = 'the release’s code';
const setId = 'a program’s set-ID bit';
const sorted = (numbers: string): string =>
  [...new Set(numbers.split(/\s+/).filter(Boolean))].sort().join(' ');

function closedness({ process, own, rootOptions, tries }: Probed, asRoot: boolean): readonly string[] {
  const wrong: string[] = [];
  for (const [whose, status] of [
    ['its process', process],
    ['a program in it', own],
  ] as const) {
    for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
      if (!/^0+$/.test(status[set] ?? '')) wrong.push(`${whose} has ${set} ${status[set] ?? '?'}`);
    if (status['NoNewPrivs'] !== '1') wrong.push(`${whose} may gain privileges`);
    if (status['Seccomp'] !== '2') wrong.push(`${whose} has no filter of system calls`);
  }
  if (!rootOptions.split(',').includes('ro')) wrong.push(`its root is mounted ${rootOptions}`);
  // A file that another user may not write anyway is refused before anybody asks whether its file system could.
  for (const path of ['/', '/etc', '/usr/bin', '/opt/countersign/current', ...(asRoot ? [code] : [])])
    if (tries[path] !== 'EROFS') wrong.push(`${path}: ${tries[path] ?? '?'}, not EROFS`);
  for (const [what, result] of Object.entries(tries))
    // Root needs no bit for it.
    if (result === 'worked' && !(asRoot && what === setId)) wrong.push(`${what}: worked`);
  return wrong;
}

/** The probe finds each of these where nothing forbids them: else it would find nothing anywhere. */
async function probeWithoutRestrictions(): Promise<void> {
  const open = (...args: readonly string[]) =>
    probe(['run', '--rm', '--network=none', ...runArguments, ...args, `${imagePrefix}/signer:latest`]);
  const root = await open('--user=0', '--cap-add=SYS_ADMIN,MKNOD', '--security-opt=seccomp=unconfined');
  const user = await open();
  const missed = [
    ...Object.entries(root.tries).flatMap(([what, result]) =>
      result === 'worked' ? [] : [`${what}: ${result}`],
    ),
    ...(user.tries[setId] === 'worked' ? [] : [`${setId}, as a user`]),
    ...(closedness(root, true).length > 10 ? [] : ['status']),
    ...(root.writable.includes('/') ? [] : ['writable places']),
  ];
  if (missed.length > 0)
    throw new StackError(
      'BAD_STATE',
      `without any restriction, the probe doesn’t notice:\n${missed.join('\n')}`,
    );
}

/** Throws where a file in a volume that processes share isn't of the group that shares it. */
export async function checkSharedFolders(): Promise<void> {
  const groups = { artifacts: 64020, released: 64021, register: 64022 };
  for (const [name, group] of Object.entries(groups)) {
    const mounted = await volumeFolder(name);
    const foreign = await runCommand('find', [mounted, '!', '-group', String(group)]);
    const found = await runCommand('find', [mounted, '-type', 'f']);
    if (foreign !== '' || found === '')
      throw new StackError('BAD_STATE', `${name}: ${foreign === '' ? 'holds no file' : foreign}`);
  }
}
