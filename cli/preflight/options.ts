/** How preflight is called. */
import { parseArgs } from 'node:util';
import { readParameters, type ParameterValues } from '#core/wire/parameters/index.ts';
import { CliError } from '../error.ts';
import { readClamdAddress, type ClamdAddress } from './scan.ts';

export const preflightUsage = `  countersign preflight FILE --config CONFIG [--parameter NAME=VALUE]… [--policies DIR --project SLUG] [--clamd PLACE] [--json]
                                                               what the signer would say of FILE, by its own engine, here
  countersign preflight FILE --suggest [--policies DIR --project SLUG]     an artifact configuration for FILE`;

/** With the exit status, for `countersign help preflight`. */
export const explainPreflight = `${preflightUsage}

    --config CONFIG      an artifact configuration, as in projects/<slug>/artifacts/
    --suggest            writes a configuration that expects FILE, to standard output; read it before you propose it
    --parameter N=VALUE  the value of a parameter of the configuration; once for each
    --policies DIR       a folder with the foundation’s policies: its floors and upstream roots count too
    --project SLUG       the project there that the configuration is for
    --clamd PLACE        scans as the signer does, by clamd at HOST:PORT, or at the path of a local socket
    --json               report, findings and order of signing as JSON

Prints every file of FILE with type, size, SHA-256, the line that expects it, what it says of itself, signatures that it
carries and what can’t be seen inside; every finding; in which order it would be signed; and what isn’t checked here.
Nothing leaves this machine, and nothing is signed.

Exit status: 0 it would be signed, as far as can be told here; 1 refused, the configuration isn’t valid, or there is nothing to
suggest; 2 wrong usage;
4 the inspector or clamd can’t work on this machine.

  countersign help says all`;

const options = {
  config: { type: 'string' },
  parameter: { type: 'string', multiple: true },
  policies: { type: 'string' },
  project: { type: 'string' },
  clamd: { type: 'string' },
  json: { type: 'boolean' },
  suggest: { type: 'boolean' },
} as const;

/** For what holds documents against commands. */
export const preflightOptions: readonly string[] = Object.keys(options);

export interface PreflightArguments {
  readonly file: string;
  /** null: one is to be suggested. */
  readonly config: string | null;
  readonly parameters: ParameterValues;
  readonly policies: { readonly folder: string; readonly project: string } | null;
  /** null: nothing is scanned. */
  readonly clamd: ClamdAddress | null;
  readonly json: boolean;
}

/** Throws CliError USAGE. */
export function readPreflightArguments(args: readonly string[]): PreflightArguments {
  const { values, positionals } = parse(args);
  const { config, policies, project, clamd, json = false, suggest = false } = values;
  const [file, surplus] = positionals;
  if (file === undefined) throw usageError('FILE is missing');
  if (surplus !== undefined) throw usageError(`preflight doesn’t know what to do with ${surplus}`);
  if ((config === undefined) !== suggest) throw usageError('either --config or --suggest');
  if (suggest && (json || clamd !== undefined || values.parameter !== undefined))
    throw usageError('--suggest goes with --policies and --project alone');
  if ((policies === undefined) !== (project === undefined))
    throw usageError('--policies and --project go together');
  return {
    file,
    config: config ?? null,
    parameters: parametersOf(values.parameter ?? []),
    policies: policies === undefined || project === undefined ? null : { folder: policies, project },
    clamd: clamd === undefined ? null : clamdAt(clamd),
    json,
  };
}

function clamdAt(text: string): ClamdAddress {
  const address = readClamdAddress(text);
  if (address === null) throw usageError(`--clamd is HOST:PORT or the path of a local socket, not ${text}`);
  return address;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

function parametersOf(given: readonly string[]): ParameterValues {
  const values = new Map<string, string>();
  for (const one of given) {
    const at = one.indexOf('=');
    if (at < 1) throw usageError(`--parameter is NAME=VALUE, not ${one}`);
    const name = one.slice(0, at);
    if (values.has(name)) throw usageError(`--parameter gives ${name} twice`);
    values.set(name, one.slice(at + 1));
  }
  const read = readParameters(Object.fromEntries(values));
  if (!read.ok) throw usageError(read.message);
  return read.value;
}

const usageError = (message: string): CliError => new CliError('USAGE', `${message}\n\n${preflightUsage}`);
