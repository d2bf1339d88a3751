/** A systemd unit as deploy/systemd has it, read so that it can be carried out without systemd. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { StackError } from '../stack/error.ts';

export interface Unit {
  /** `countersign-portal.service`. */
  readonly name: string;
  /** null: a user for that run alone (DynamicUser). */
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** Name → file that it is taken from. */
  readonly credentials: ReadonlyMap<string, string>;
  readonly writable: readonly string[];
  readonly temporary: readonly string[];
  readonly umask: string;
  /** Lines of SystemCallFilter=, in order. */
  readonly systemCalls: readonly string[];
}

/** Words as systemd splits them where nothing is quoted; units here quote nothing. */
const words = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

export function readUnit(file: string): Unit {
  const lines = readFileSync(file, 'utf8').split('\n');
  const settings = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  const all = (name: string): readonly string[] => settings.get(name) ?? [];
  const one = (name: string): string => {
    const [value, ...more] = all(name);
    if (value === undefined || more.length > 0)
      throw new StackError(
        'BAD_STATE',
        `${file}: ${name}= stands there ${more.length === 0 ? 'not at all' : 'twice'}`,
      );
    return value;
  };
  if (
    one('ProtectSystem') !== 'strict' ||
    one('NoNewPrivileges') !== 'yes' ||
    one('CapabilityBoundingSet') !== ''
  )
    throw new StackError('BAD_STATE', `${file} isn’t as closed as what carries it out here`);
  const pair = (text: string, separator: string): [string, string] => {
    const at = text.indexOf(separator);
    return [text.slice(0, at), text.slice(at + 1)];
  };
  return {
    name: basename(file),
    user: all('DynamicUser')[0] === 'yes' ? null : one('User'),
    groups: all('SupplementaryGroups').flatMap(words),
    folder: one('WorkingDirectory'),
    environment: Object.fromEntries(all('Environment').map((text) => pair(text, '='))),
    command: words(one('ExecStart')),
    credentials: new Map(all('LoadCredential').map((text) => pair(text, ':'))),
    writable: all('ReadWritePaths').flatMap(words),
    temporary: all('TemporaryFileSystem').flatMap(words),
    umask: one('UMask'),
    systemCalls: all('SystemCallFilter'),
  };
}

const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/**
 * A script for a shell that is root in a mount namespace of its own (unshare --mount): makes of it what the unit says, and becomes the
 * unit's command. `filter`: the program that puts the filter of system calls in place.
 */
export function launchScript(
  unit: Unit,
  filter: string,
  override: Readonly<Record<string, string>> = {},
): string {
  const credentials = `/run/credentials/${unit.name}`;
  const user = unit.user ?? 'nobody';
  const environment = {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LANG: 'C.UTF-8',
    USER: user,
    LOGNAME: user,
    HOME: '/',
    ...(unit.credentials.size === 0 ? {} : { CREDENTIALS_DIRECTORY: credentials }),
    ...unit.environment,
    ...override,
  };
  const groups = [...unit.groups].map((group) => `$(getent group ${group} | cut -d: -f3)`).join(',');
  return [
    'set -eu',
    `mkdir -p ${credentials}`,
    `mount -t tmpfs -o mode=0700,nosuid,nodev,noexec tmpfs ${credentials}`,
    ...[...unit.credentials].flatMap(([name, file]) => [
      `install -m 0400 -o ${user} ${quoted(file)} ${credentials}/${name}`,
    ]),
    `chown ${user} ${credentials}`,
    `mount -o remount,bind,ro ${credentials}`,
    // PrivateTmp=, ProtectHome=, TemporaryFileSystem=, ReadWritePaths=: mounts of their own, before the rest becomes read-only.
    'for each in /tmp /var/tmp; do mount -t tmpfs -o mode=1777,nosuid,nodev tmpfs $each; done',
    'for each in /home /root; do mount -t tmpfs -o mode=0755,ro tmpfs $each; done',
    ...unit.writable.map((path) => `mount --bind ${path} ${path}`),
    ...unit.temporary.map(
      (path) => `mount -t tmpfs -o mode=0755,nosuid,nodev tmpfs ${path}; chown ${user} ${path}`,
    ),
    // ProtectSystem=strict.
    `keep=${quoted(` /tmp /var/tmp ${[...unit.writable, ...unit.temporary].join(' ')} `)}`,
    `awk '{ print $5 }' /proc/self/mountinfo | while read -r place; do
  case "$keep" in *" $place "*) continue ;; esac
  case "$place" in /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) continue ;; esac
  mount -o remount,bind,ro "$place" 2>/dev/null || [ ! -d "$place" ] || [ ! -w "$place" ] || echo "$place stays writable" >&2
done`,
    `umask ${unit.umask}`,
    `cd ${unit.folder}`,
    [
      'exec setpriv',
      `--reuid=$(id -u ${user}) --regid=$(id -g ${user})`,
      groups === '' ? '--clear-groups' : `--groups="${groups}"`,
      '--no-new-privs --bounding-set=-all --inh-caps=-all --ambient-caps=-all',
      `env -i ${Object.entries(environment)
        .map(([name, value]) => quoted(`${name}=${value}`))
        .join(' ')}`,
      `/usr/bin/python3 ${quoted(filter)} ${unit.systemCalls.map(quoted).join(' ')} --`,
      unit.command.map(quoted).join(' '),
    ].join(' '),
    '',
  ].join('\n');
}
