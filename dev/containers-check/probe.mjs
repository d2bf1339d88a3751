// Runs inside a container, as its process's user or as root: tries what a container must not do, and prints what it could (JSON).
// Errors of the system tell a read-only file system (EROFS) from a folder of somebody else's (EACCES).
import { spawnSync } from 'node:child_process';
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const code = (attempt) => {
  try {
    attempt();
    return 'worked';
  } catch (error) {
    return error.code;
  }
};
const run = (program, ...args) => {
  const { status, error } = spawnSync(program, args, { stdio: 'ignore' });
  if (error !== undefined || status !== 0)
    throw Object.assign(new Error(program), { code: `status ${status}` });
};
const make = (path) => () => {
  closeSync(openSync(path, 'wx'));
  rmSync(path);
};
const folder = mkdtempSync('/tmp/probe-');
const owned = `${folder}/owned`;
writeFileSync(owned, '');
const statusOf = (pid) =>
  Object.fromEntries(
    readFileSync(`/proc/${pid}/status`, 'utf8')
      .split('\n')
      .map((line) => line.split(/:\s+/))
      .filter(([name]) => /^(?:Uid|Groups|Cap(?:Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs|Seccomp)$/.test(name)),
  );
// Field 5 of mountinfo is the place, 6 its options.
const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
  .trim()
  .split('\n')
  .map((line) => line.split(' '));
const pseudo = /^\/(?:proc|sys)(?:\/|$)/;

console.log(
  JSON.stringify({
    process: statusOf(1),
    own: statusOf('self'),
    rootOptions: mounts.findLast(([, , , , place]) => place === '/')[5],
    tries: {
      '/': code(make('/probe')),
      '/etc': code(make('/etc/probe')),
      '/usr/bin': code(make('/usr/bin/probe')),
      '/opt/countersign/current': code(make('/opt/countersign/current/probe')),
      'the release’s code': code(() => closeSync(openSync('/opt/countersign/current/dist/migrate.js', 'r+'))),
      'a file to another user': code(() => chownSync(owned, 1, 1)),
      'a device': code(() => run('mknod', `${folder}/device`, 'c', '1', '3')),
      'a mount': code(() => run('mount', '-t', 'tmpfs', 'tmpfs', '/mnt')),
      'a root to write to': code(() => run('mount', '-o', 'remount,rw', '/')),
      // It reads /etc/shadow by its set-group-ID bit alone.
      'a program’s set-ID bit': code(() =>
        run('chage', '--list', spawnSync('id', ['-un']).stdout.toString().trim()),
      ),
    },
    // Where something can be kept.
    writable: mounts
      .map(([, , , , place]) => place)
      .filter((place) => !pseudo.test(place) && code(make(`${place.replace(/\/$/, '')}/.probe`)) === 'worked')
      .sort(),
  }),
);
rmSync(folder, { recursive: true });
