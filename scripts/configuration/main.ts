/**
 * countersign config check [FILE…]: what keeps a process from starting, and what is allowed but dangerous, before it is started.
 * Exit status: 0 nothing; 1 an error in a file; 2 wrong usage; 3 warnings alone.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkConfigurations, type Remark } from './check.ts';
import { configuredProcesses } from './processes.ts';

const names = configuredProcesses.map(({ name }) => name);
const usage = `usage: countersign config check [FILE…] [--as ${names.join('|')}] [--credentials FOLDER] [--offline] [--json]

Without FILE: those of ${names.map((name) => `${name}.yaml`).join(', ')} that are in /etc/countersign.
--offline: buckets of an S3 server aren’t asked.
--credentials: where what LoadCredential= hands over lies (default: $CREDENTIALS_DIRECTORY, or /etc/countersign/credentials).
Exit status: 0 nothing to say; 1 errors; 2 wrong usage; 3 warnings alone.`;

const place = ({ file, line, column }: Remark): string =>
  line === null ? file : `${file}:${line}:${column ?? 1}`;

async function main(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      as: { type: 'string' },
      credentials: { type: 'string' },
      json: { type: 'boolean', default: false },
      offline: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const [verb, ...named] = positionals;
  if (values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  if (verb !== 'check') throw new TypeError(`there is no command ${verb ?? '(none)'}`);
  if (values.as !== undefined && !names.includes(values.as))
    throw new TypeError(`--as ${values.as}: none of ${names.join(', ')}`);
  const usual = names.map((name) => `/etc/countersign/${name}.yaml`);
  const files = named.length > 0 ? named : usual.filter((file) => existsSync(file));
  if (files.length === 0) throw new TypeError('no FILE, and none in /etc/countersign');
  const credentials =
    values.credentials ?? process.env['CREDENTIALS_DIRECTORY'] ?? '/etc/countersign/credentials';
  const { checked, remarks } = await checkConfigurations(files, {
    as: values.as ?? null,
    credentials,
    areHandedOver: values.credentials === undefined && process.env['CREDENTIALS_DIRECTORY'] !== undefined,
    isOffline: values.offline,
  });
  const errors = remarks.filter(({ severity }) => severity === 'error').length;
  if (values.json) {
    process.stdout.write(`${JSON.stringify({ checked, remarks }, null, 2)}\n`);
  } else {
    for (const remark of remarks)
      process.stdout.write(`${place(remark)}: ${remark.severity}: ${remark.message} ${remark.fix}\n`);
    for (const { file, process: name } of checked)
      process.stdout.write(`${file}: ${name ?? 'of no known process'}, checked.\n`);
    process.stdout.write(`${errors} errors, ${remarks.length - errors} warnings\n`);
  }
  if (errors > 0) return 1;
  return remarks.length > 0 ? 3 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`config: ${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
  process.exitCode = 2;
}
