/** Checks configurations as their processes would read them, and what they lead to. Reads no secret but a bucket's keys, and tells none. */
import { basename, resolve } from 'node:path';
import { isError } from '#core/error/index.ts';
import {
  ConfigurationError,
  configurationBytesMax,
  openConfiguration,
  readConfigurationFile,
  type ConfigurationProblem,
  type OpenConfiguration,
} from '../../lib/host/configuration/index.ts';
import { checkNamed, type Credentials } from './check-files.ts';
import { configuredProcesses, type ConfiguredProcess } from './processes.ts';
import { settingsOf } from './settings.ts';
import { compareTogether, type Parsed } from './together.ts';
import { reachStores } from './reach-stores.ts';
import { valuesIn, type Found } from './walk.ts';

export interface Remark extends ConfigurationProblem {
  readonly file: string;
  /** An error keeps the process from starting or working; a warning is allowed, but dangerous. */
  readonly severity: 'error' | 'warning';
}

export interface CheckedFile {
  readonly file: string;
  /** null: it can't be said whose it is. */
  readonly process: string | null;
}

interface Read extends Parsed {
  readonly open: OpenConfiguration;
}

/** `as`: whose configuration the files are, where it isn't to be told from their names and keys. */
export async function checkConfigurations(
  files: readonly string[],
  {
    as,
    credentials,
    areHandedOver = false,
    isOffline = false,
  }: {
    readonly as: string | null;
    /** The folder of what LoadCredential= hands over. */
    readonly credentials: string;
    /** It is systemd's own, of a unit in which this runs. */
    readonly areHandedOver?: boolean;
    readonly isOffline?: boolean;
  },
): Promise<{ readonly checked: readonly CheckedFile[]; readonly remarks: readonly Remark[] }> {
  const checked: CheckedFile[] = [];
  const remarks: Remark[] = [];
  const read: Read[] = [];
  for (const name of files) {
    const file = resolve(name);
    let process: ConfiguredProcess | null = null;
    try {
      const open = openConfiguration({ file, bytes: readConfigurationFile(file, configurationBytesMax) });
      process = processOf(file, open.value, as);
      if (process === null) throw unknownProcess(file);
      const value: unknown = open.parse(process.schema);
      read.push({ process: process.name, file, value, open });
      remarks.push(
        ...remarksOf({ process: process.name, file, value, open }, process, { credentials, areHandedOver }),
      );
      for (const { path, message, fix } of isOffline
        ? []
        : await reachStores(process.name, value, credentials)) {
        // Of a keys' file that can't be read it was told already.
        if (remarks.some((one) => one.file === file && one.message.startsWith(`\`${path.join('.')}.`)))
          continue;
        remarks.push({ ...open.problemAt(path, remarkOn(path, message), fix), file, severity: 'error' });
      }
    } catch (error) {
      if (!isError(error, ConfigurationError)) throw error;
      remarks.push(...error.problems.map((one): Remark => ({ ...one, file, severity: 'error' })));
    }
    checked.push({ file, process: process?.name ?? null });
  }
  for (const { of, path, message, fix } of compareTogether(read)) {
    const { file, open } = read.find((one) => one.file === of.file) ?? (of as Read);
    remarks.push({ ...open.problemAt(path, message, fix), file, severity: 'warning' });
  }
  return { checked, remarks: inOrder(remarks, checked) };
}

function remarksOf({ file, value, open }: Read, process: ConfiguredProcess, given: Credentials): Remark[] {
  const remarks: Remark[] = [];
  for (const found of valuesIn(settingsOf(process), value)) {
    for (const { path, message, fix } of checkNamed(found, given))
      remarks.push({
        ...open.problemAt(path, remarkOn(path, message), fix),
        file,
        severity: 'error',
      });
    const risk = found.setting.words.risk?.(found.value) ?? null;
    if (risk === null) continue;
    const [why, fix] = splitRisk(risk);
    remarks.push({
      ...open.problemAt(found.path, `\`${found.path.join('.')}\`: ${why}`, fix),
      file,
      severity: 'warning',
    });
  }
  return remarks;
}

const remarkOn = (path: Found['path'], message: string): string => `\`${path.join('.')}\`: ${message}`;

/** `Why it is dangerous: what to write.` */
function splitRisk(risk: string): readonly [string, string] {
  const at = risk.lastIndexOf(': ');
  if (at === -1) return [risk, ''];
  const fix = risk.slice(at + 2);
  return [`${risk.slice(0, at)}.`, `${fix.charAt(0).toUpperCase()}${fix.slice(1)}`];
}

/** By its name; else the one process that knows most of its keys. */
function processOf(file: string, value: unknown, as: string | null): ConfiguredProcess | null {
  const name = as ?? basename(file).replace(/\.ya?ml$/, '');
  const named = configuredProcesses.find((process) => process.name === name);
  if (named !== undefined) return named;
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const counted = configuredProcesses.map((process) => {
    const settings = settingsOf(process);
    const known = names.filter((key) => settings.some((setting) => setting.name === key)).length;
    const missing = settings.filter((setting) => setting.isRequired && !names.includes(setting.name)).length;
    return { process, score: known - missing };
  });
  const best = Math.max(...counted.map(({ score }) => score));
  const found = counted.filter(({ score }) => score === best);
  const [only] = found;
  return best > 0 && found.length === 1 && only !== undefined ? only.process : null;
}

function unknownProcess(file: string): ConfigurationError {
  const names = configuredProcesses.map(({ name }) => name).join(', ');
  return new ConfigurationError(file, [
    {
      line: null,
      column: null,
      message: 'No process has these keys.',
      fix: `Say whose it is: --as ${names}.`,
    },
  ]);
}

function inOrder(remarks: readonly Remark[], checked: readonly CheckedFile[]): readonly Remark[] {
  const place = ({ file }: Remark): number => checked.findIndex((one) => one.file === file);
  return [...remarks].sort((a, b) => place(a) - place(b) || (a.line ?? 0) - (b.line ?? 0));
}
