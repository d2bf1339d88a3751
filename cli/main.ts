/** The countersign command: finds the verb, loads only what the verb needs, prints, sets the exit status. */
import { printError } from '#core/error/index.ts';
import about from '../package.json' with { type: 'json' };
import { describeFailure } from './error.ts';
import { endWhenInterrupted } from './interrupt.ts';

const out = (text: string): void => void process.stdout.write(text);
const err = (text: string): void => void process.stderr.write(text);

async function main([verb = 'help', ...rest]: readonly string[]): Promise<number> {
  if (isHelp(verb) || rest.some(isHelpOption)) {
    out(await usage(isHelp(verb) ? (rest[0] ?? null) : verb));
    return 0;
  }
  switch (verb) {
    case '--version':
      out(`${about.version}\n`);
      return 0;
    case 'validate':
    case 'plan':
    case 'explain':
    case 'fmt': {
      const { policyCommand } = await import('./policy/command.ts');
      return policyCommand(verb, rest, out);
    }
    case 'import': {
      const { importCommand } = await import('./import.ts');
      return importCommand(rest, { out, err });
    }
    case 'preflight': {
      const { preflightCommand } = await import('./preflight/command.ts');
      return preflightCommand(rest, { out, err });
    }
    case 'verify-origin': {
      const { verifyOriginCommand } = await import('./verify-origin/command.ts');
      return verifyOriginCommand(rest, out);
    }
    case 'report': {
      const { reportCommand } = await import('./report.ts');
      return reportCommand(rest, out);
    }
    case 'audit': {
      const { auditCommand } = await import('./audit.ts');
      return auditCommand(rest, out);
    }
    default: {
      const { portalCommand } = await import('./portal-command.ts');
      const io = { say: (line: string) => out(`${line}\n`), note: (line: string) => err(`${line}\n`) };
      return portalCommand([verb, ...rest], io);
    }
  }
}

const isHelpOption = (argument: string): boolean => argument === '--help' || argument === '-h';
const isHelp = (verb: string): boolean => verb === 'help' || isHelpOption(verb);

async function usage(verb: string | null): Promise<string> {
  const { policyUsage } = await import('./policy/command.ts');
  const { explainPortalCommand, linesOf, portalUsage } = await import('./options.ts');
  const { importUsage } = await import('./import.ts');
  const { auditUsage } = await import('./audit.ts');
  const { reportUsage } = await import('./report.ts');
  const { explainPreflight, preflightUsage } = await import('./preflight/options.ts');
  const { explainVerifyOrigin, verifyOriginUsage } = await import('./verify-origin/options.ts');
  if (verb === 'verify-origin') return `${explainVerifyOrigin}\n`;
  if (verb === 'import') return `${importUsage}\n`;
  if (verb === 'preflight') return `${explainPreflight}\n`;
  if (verb === 'report') return `${reportUsage}\n`;
  if (verb === 'audit') return `${auditUsage}\n`;
  const own = verb === null ? null : (explainPortalCommand(verb) ?? linesOf(policyUsage, verb).join('\n'));
  if (own !== null && own !== '') return `${own}\n\n  countersign help says all\n`;
  return `countersign – write policies, ask for signatures, approve them, fetch the results

${policyUsage}
${preflightUsage}
${verifyOriginUsage}
  countersign import signpath FILE… [--out DIR] [--base POLICY]
${auditUsage}
${reportUsage}

${portalUsage}

Exit status: 0 done; 1 refused, denied, invalid or failed; 2 wrong usage; 3 still running when --wait gave up, or
imported with something left out; 4 the portal can't be reached or is out of order, so try again; 70 a fault of this
program; 130 interrupted; 141 nobody reads the output any more.
`;
}

/** Like a program ended by SIGPIPE: the reader of the output has what it wanted, and nobody is left to tell. */
const pipeClosedStatus = 128 + 13;

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(pipeClosedStatus);
    if (stream === process.stdout) err(`countersign: standard output can’t be written: ${error.message}\n`);
    process.exit(1);
  });
}

function fail(error: unknown): void {
  const { text, status } = describeFailure(error);
  err(`countersign: ${text}\n`);
  if (process.env['COUNTERSIGN_TRACE'] === '1') err(`${printError(error)}\n`);
  process.exitCode = status;
}

endWhenInterrupted();
// Unhandled failures end the command as well, with a message.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    fail(error);
    process.exit();
  });
}
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  fail(error);
}
