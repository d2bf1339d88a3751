/** The countersign command: finds the verb, loads only what the verb needs, prints, sets the exit status. */
import { printError } from '#core/error/index.ts';
import about from '../package.json' with { type: 'json' };
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
    case 'init-policies': {
      const { initPolicies } = await import('./policy/init-policies.ts');
      return initPolicies(rest, out);
    }
    case 'config': {
      const { configCommand } = await import('./config.ts');
      return configCommand(rest);
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
    case 'completion': {
      const { completionCommand } = await import('./completion.ts');
      return completionCommand(rest, out);
    }
    default: {
      const { portalCommand } = await import('./portal-command.ts');
      const isTerminal = process.stderr.isTTY && process.env['TERM'] !== 'dumb';
      return portalCommand([verb, ...rest], {
        say: (line) => out(`${line}\n`),
        note: (line) => err(`${line}\n`),
        screen: { write: err, isTerminal },
      });
    }
  }
}

const isHelpOption = (argument: string): boolean => argument === '--help' || argument === '-h';
const isHelp = (verb: string): boolean => verb === 'help' || isHelpOption(verb);

async function usage(verb: string | null): Promise<string> {
  const { examplesOf } = await import('./usage.ts');
  const text = verb === null ? null : await usageOf(verb);
  if (verb === null || text === null) return await wholeUsage();
  const examples = examplesOf(verb);
  const end = '\n\n  countersign help says all';
  const own = text.replace(end, '');
  return `${own}${examples === '' ? '' : `\n\n${examples}`}${end}\n`;
}

/** Of one command; null: there is none of that name. */
async function usageOf(verb: string): Promise<string | null> {
  const { policyUsage } = await import('./policy/command.ts');
  const { explainPortalCommand, linesOf } = await import('./usage.ts');
  switch (verb) {
    case 'verify-origin':
      return (await import('./verify-origin/options.ts')).explainVerifyOrigin;
    case 'init-policies':
      return (await import('./policy/init-policies.ts')).initPoliciesUsage;
    case 'import':
      return (await import('./import.ts')).importUsage;
    case 'config':
      return (await import('./config.ts')).configUsage;
    case 'preflight':
      return (await import('./preflight/options.ts')).explainPreflight;
    case 'report':
      return (await import('./report.ts')).reportUsage;
    case 'audit':
      return (await import('./audit.ts')).auditUsage;
    case 'completion':
      return (await import('./completion.ts')).completionUsage;
    default: {
      const lines = explainPortalCommand(verb) ?? linesOf(policyUsage, verb).join('\n');
      return lines === '' ? null : lines;
    }
  }
}

async function wholeUsage(): Promise<string> {
  const { policyUsage } = await import('./policy/command.ts');
  const { portalUsage } = await import('./usage.ts');
  const { auditUsage } = await import('./audit.ts');
  const { reportUsage } = await import('./report.ts');
  const { initPoliciesUsage } = await import('./policy/init-policies.ts');
  const { preflightUsage } = await import('./preflight/options.ts');
  const { verifyOriginUsage } = await import('./verify-origin/options.ts');
  const { completionUsage } = await import('./completion.ts');
  const { configUsage } = await import('./config.ts');
  return `countersign – write policies, ask for signatures, approve them, fetch the results

${policyUsage}
${initPoliciesUsage}
${configUsage}
${preflightUsage}
${verifyOriginUsage}
  countersign import signpath FILE… [--out DIR] [--base POLICY]
${auditUsage}
${reportUsage}
${completionUsage}

${portalUsage}

countersign COMMAND --help has examples.

Exit status: 0 done; 1 refused, denied, invalid or failed; 2 wrong usage; 3 still running when --wait gave up, or
imported with something left out; 4 the portal can't be reached or is out of order, so try again; 5 not signed in: no
token, or one that isn't taken; 70 a fault of this program; 130 interrupted; 141 nobody reads the output any more.
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

async function fail(error: unknown): Promise<void> {
  const { describeFailure } = await import('./describe-failure.ts');
  const { text, status } = describeFailure(error);
  err(`countersign: ${text}\n`);
  if (process.env['COUNTERSIGN_TRACE'] === '1') err(`${printError(error)}\n`);
  process.exitCode = status;
}

endWhenInterrupted();
// Unhandled failures end the command as well, with a message.
for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
  process.on(event, (error: unknown) => {
    void fail(error).finally(() => process.exit());
  });
}
try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  await fail(error);
}
