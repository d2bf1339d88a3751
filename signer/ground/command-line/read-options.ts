import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * What this program was called with. `--help` prints `usage` and ends the program with 0; what it doesn't know prints what is
 * wrong and `usage` to the standard error, and ends it with 2. For a program's first lines: nothing has been opened by then.
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
    // Node goes on with how to write a file's name that begins with a dash: nobody meant one.
    process.stderr.write(`${message.replace(/\. To specify a positional argument.*$/s, '')}\n${usage}\n`);
    process.exit(2);
  }
}

/** Not behind `--`, where everything is a name. */
function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}
