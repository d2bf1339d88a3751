/** How verify-origin is called. */
import { parseArgs } from 'node:util';
import { CliError } from '../error.ts';

export const verifyOriginUsage = `  countersign verify-origin --bundle BUNDLE --artifact FILE --policy POLICY [--trust-root ROOT] [--issuer URL] [--json]
                                                               whether FILE was built where POLICY says, by the signer’s own rules, offline`;

/** With the exit status, for `countersign help verify-origin`. */
export const explainVerifyOrigin = `${verifyOriginUsage}

    --bundle BUNDLE      the Sigstore bundle of the build’s attestation, as JSON
    --artifact FILE      what was built; it is read once, whatever its size
    --policy POLICY      a signing policy. In a policy repository (projects/<slug>/policies/<name>.yaml below foundation.yaml) the
                         whole repository is read: floors, build systems and the state of the project count. Alone, it is taken for
                         itself, and the age that a foundation may set is that of the software
    --trust-root ROOT    a Sigstore trusted_root.json; left out: the public Sigstore instance’s, as this command carries it
    --issuer URL         who vouches for builds, for a policy that stands alone; left out: the provider’s own address
    --json               verdict, findings and what was verified, as JSON

Prints every check with what was expected and found, which line of the policy asked for it, and how to put it right.
Nothing leaves this machine.

Exit status: 0 built where the policy says; 1 refused, or policy or trust root can’t be used; 2 wrong usage, or a file can’t be read.

  countersign help says all`;

const options = {
  bundle: { type: 'string' },
  artifact: { type: 'string' },
  policy: { type: 'string' },
  'trust-root': { type: 'string' },
  issuer: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** For what holds documents against commands. */
export const verifyOriginOptions: readonly string[] = Object.keys(options);

export interface VerifyOriginArguments {
  readonly bundle: string;
  readonly artifact: string;
  readonly policy: string;
  /** null: the public Sigstore instance's. */
  readonly trustRoot: string | null;
  /** null: the provider's own. */
  readonly issuer: string | null;
  readonly json: boolean;
}

/** Throws CliError USAGE. */
export function readVerifyOriginArguments(args: readonly string[]): VerifyOriginArguments {
  const { values, positionals } = parse(args);
  const [surplus] = positionals;
  if (surplus !== undefined) throw usageError(`verify-origin doesn’t know what to do with ${surplus}`);
  const needed = (name: 'bundle' | 'artifact' | 'policy'): string => {
    const value = values[name] ?? '';
    if (value === '') throw usageError(`--${name} is missing`);
    return value;
  };
  return {
    bundle: needed('bundle'),
    artifact: needed('artifact'),
    policy: needed('policy'),
    trustRoot: values['trust-root'] ?? null,
    issuer: values.issuer ?? null,
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], allowPositionals: true, options });
  } catch (error) {
    throw usageError((error as Error).message);
  }
}

const usageError = (message: string): CliError => new CliError('USAGE', `${message}\n\n${verifyOriginUsage}`);
