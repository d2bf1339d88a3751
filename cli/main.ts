/** The countersign command: finds the verb, loads only what the verb needs, prints, sets the exit code. */

const [verb = 'help', ...rest] = process.argv.slice(2);

function print(text: string): void {
  process.stdout.write(text);
}

async function main(): Promise<void> {
  switch (verb) {
    case 'help':
    case '--help':
      print(await usage());
      return;
    case 'validate':
    case 'plan':
    case 'explain':
    case 'fmt': {
      const { policyCommand } = await import('./policy/command.ts');
      process.exitCode = await policyCommand(verb, rest, print);
      return;
    }
    case 'import': {
      const { importCommand } = await import('./import.ts');
      const err = (text: string): void => void process.stderr.write(text);
      process.exitCode = await importCommand(rest, { out: print, err });
      return;
    }
    default: {
      const { portalCommand } = await import('./portal-command.ts');
      await portalCommand([verb, ...rest]);
    }
  }
}

async function usage(): Promise<string> {
  const { policyUsage } = await import('./policy/command.ts');
  const { portalUsage } = await import('./portal-command.ts');
  return `countersign – write policies, ask for signatures, approve them, fetch the results

${policyUsage}
  countersign import signpath FILE… [--out DIR] [--base POLICY]

${portalUsage}

Exit status: 0 done; 1 refused, denied, invalid or failed; 2 wrong usage; 3 still running when --wait gave up, or
imported with something left out.
`;
}

main().catch((error: unknown) => {
  // Typed errors say what to do; anything else is a fault of this program and shows its stack.
  if (!(error instanceof Error) || !('code' in error)) throw error;
  process.stderr.write(`countersign: ${error.message}\n`);
  process.exitCode = error.code === 'USAGE' ? 2 : error.code === 'TIMEOUT' ? 3 : 1;
});
