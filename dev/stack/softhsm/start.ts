import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StackError } from '../error.ts';
import type { StackPaths } from '../paths.ts';
import { requireProgram, runCommand } from '../process/run.ts';
import { keepSecret, randomPin } from '../secrets.ts';

export const stackTokens = ['root', 'issuing', 'signing', 'timestamping', 'log'] as const;

export interface SoftHsmToken {
  readonly label: string;
  readonly pinFile: string;
}

export interface SoftHsm {
  /** the PKCS#11 module to load */
  readonly module: string;
  /** what SOFTHSM2_CONF must be set to in every process that loads the module */
  readonly configFile: string;
  readonly tokens: readonly SoftHsmToken[];
}

const modules = [
  '/usr/lib/softhsm/libsofthsm2.so',
  '/usr/lib64/softhsm/libsofthsm2.so',
  '/opt/homebrew/lib/softhsm/libsofthsm2.so',
  '/usr/local/lib/softhsm/libsofthsm2.so',
];

/**
 * SoftHSM is a library, not a server: starting it means that its tokens exist. Each has a PIN of its own in
 * `secrets/pin-<label>`; tokens that exist are kept.
 */
export async function startSoftHsm(
  paths: Pick<StackPaths, 'softhsm' | 'secrets'>,
  labels: readonly string[] = stackTokens,
): Promise<SoftHsm> {
  const utility = requireProgram('softhsm2-util', 'softhsm2', 'softhsm');
  const module = modules.find((candidate) => existsSync(candidate));
  if (module === undefined) {
    throw new StackError(
      'MISSING_PROGRAM',
      `libsofthsm2.so is in none of ${modules.join(', ')}; install softhsm2`,
    );
  }
  const tokenFolder = join(paths.softhsm, 'tokens');
  mkdirSync(tokenFolder, { recursive: true, mode: 0o700 });
  const configFile = join(paths.softhsm, 'softhsm2.conf');
  writeFileSync(
    configFile,
    `directories.tokendir = ${tokenFolder}\nobjectstore.backend = file\nlog.level = ERROR\nslots.removable = false\n`,
  );
  const env = { ...process.env, SOFTHSM2_CONF: configFile };
  const existing = await tokenLabels(utility, env);
  const tokens: SoftHsmToken[] = [];
  for (const label of labels) {
    const hadPin = existsSync(join(paths.secrets, `pin-${label}`));
    if (existing.has(label) && !hadPin) {
      throw new StackError(
        'BAD_STATE',
        `token ${label} exists, but its PIN ${join(paths.secrets, `pin-${label}`)} is gone, and with it the use of its ` +
          `keys. Put the file back, or remove ${paths.softhsm} and ${paths.secrets} to begin with new keys.`,
      );
    }
    const { file, value: pin } = keepSecret(paths.secrets, `pin-${label}`, randomPin);
    if (!existing.has(label)) {
      const securityOfficerPin = keepSecret(paths.secrets, `so-pin-${label}`, randomPin).value;
      const slot = ['--init-token', '--free', '--label', label];
      await runCommand(utility, [...slot, '--pin', pin, '--so-pin', securityOfficerPin], { env });
    }
    tokens.push({ label, pinFile: file });
  }
  return { module, configFile, tokens };
}

async function tokenLabels(utility: string, env: NodeJS.ProcessEnv): Promise<ReadonlySet<string>> {
  const slots = await runCommand(utility, ['--show-slots'], { env });
  return new Set([...slots.matchAll(/^\s*Label:\s*(\S+)\s*$/gm)].map(([, label]) => label ?? ''));
}
