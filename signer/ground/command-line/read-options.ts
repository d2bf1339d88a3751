import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * The command-line arguments. `--help` prints `usage` and exits with 0; unknown options print the error and `usage`
 * to standard error and exit with 2. For a program's first lines, before anything is opened.
 */
export function readOptions<const T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  if (asksForHelp(process.argv.slice(2))) {
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  }
  try {
    return parseArgs(config);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Node adds how to write a file name that begins with a dash, which nobody meant.
    process.stderr.write(`${message.replace(/\. To specify a positional argument.*$/s, '')}\n${usage}\n`);
    process.exit(2);
  }
}

/** Not after `--`, where everything is a name. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}
