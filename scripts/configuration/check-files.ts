/** What the paths of a configuration lead to: whether it is there, and who else may read or change it. Contents are never read. */
import { accessSync, constants, existsSync, statSync, type Stats } from 'node:fs';
import { dirname, join } from 'node:path';
import { mayOthersRead } from '../../lib/host/configuration/index.ts';
import type { Found } from './walk.ts';

/** `path`, where it isn't the value of a member. */
export interface Fault {
  readonly path: Found['path'];
  readonly message: string;
  readonly fix: string;
}

const groupOrOthersWrite = 0o022;
const othersWrite = 0o002;
const modeOf = ({ mode }: Stats): string => (mode & 0o777).toString(8);

export interface Credentials {
  /** The folder of what LoadCredential= hands over. */
  readonly credentials: string;
  /** systemd made it, for the unit in which this runs: the files' modes are as it makes them. */
  readonly areHandedOver: boolean;
}

/** Rests on what the user who runs it may see. */
export function checkNamed({ path, setting, value }: Found, given: Credentials): readonly Fault[] {
  const { credentials, areHandedOver } = given;
  const { names } = setting.words;
  if (names === undefined) return [];
  const all = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
  return all.flatMap((file) => {
    const place = names === 'credential' ? join(credentials, file) : credentialAtRest(file, credentials);
    const fault = faultOf(place, names, areHandedOver && dirname(place) === credentials);
    return fault === null ? [] : [{ path, ...fault }];
  });
}

/** What systemd puts below /run/credentials while the unit runs lies in the folder of credentials before. */
function credentialAtRest(file: string, credentials: string): string {
  const [, name] = /^\/run\/credentials\/[^/]+\/([^/]+)$/.exec(file) ?? [];
  return name === undefined ? file : join(credentials, name);
}

type Kind = NonNullable<Found['setting']['words']['names']>;

function faultOf(file: string, kind: Kind, isHandedOver: boolean): Omit<Fault, 'path'> | null {
  const looked = kind === 'makes' ? madeIn(file) : file;
  const found = look(looked);
  if ('fault' in found) return found.fault;
  const { stats } = found;
  const isFolder = kind === 'folder' || kind === 'makes';
  if (isFolder !== stats.isDirectory()) {
    const is = stats.isDirectory() ? 'a folder' : 'no folder';
    return { message: `${looked} is ${is}.`, fix: `Name a ${isFolder ? 'folder' : 'file'}.` };
  }
  if (kind === 'secret' || kind === 'credential') return secretFault(looked, stats, isHandedOver);
  const wide = isFolder ? othersWrite : groupOrOthersWrite;
  // In a folder like /tmp only the owner removes what is there.
  if ((stats.mode & wide) !== 0 && (stats.mode & 0o1000) === 0)
    return {
      message: `Others may change ${looked} (mode ${modeOf(stats)}).`,
      fix: `Check whether it was changed, then: chmod ${isFolder ? 'o-w' : 'go-w'} ${looked}`,
    };
  return null;
}

/** A process makes what it writes, and the folder of it; what that is in has to be there. */
function madeIn(file: string): string {
  const folder = dirname(file);
  return existsSync(folder) ? folder : dirname(folder);
}

function secretFault(file: string, stats: Stats, isHandedOver: boolean): Omit<Fault, 'path'> | null {
  if (mayOthersRead(stats.mode, isHandedOver))
    return {
      message: `Others may read ${file} (mode ${modeOf(stats)}), which holds a secret.`,
      fix: `Change the secret, then: chmod 600 ${file}`,
    };
  if (stats.size === 0)
    return { message: `${file} is empty.`, fix: 'Write the secret into it, and nothing else.' };
  return null;
}

function look(file: string): { readonly stats: Stats } | { readonly fault: Omit<Fault, 'path'> } {
  try {
    const stats = statSync(file);
    accessSync(file, constants.R_OK);
    return { stats };
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    const denied = code === 'EACCES' || code === 'EPERM';
    return {
      fault: denied
        ? {
            message: `${file} can’t be read by the user who runs this check.`,
            fix: 'Run it as the process’s user or as root, or give that user the right.',
          }
        : { message: `${file} isn’t there.`, fix: 'Make it, or name the right one.' },
    };
  }
}
