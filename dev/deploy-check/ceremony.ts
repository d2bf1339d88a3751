/** The first ceremony of an installation, as the checks hold it: wherever its tokens and its command are. */
import { stringify } from 'yaml';
import { StackError } from '../stack/error.ts';
import { project } from './policy.ts';

export const tokenLabels = ['root', 'issuing', 'signing', 'timestamping', 'log'] as const;

export interface CeremonyPlaces {
  readonly keysDirectory: string;
  readonly module: string;
  readonly softhsmConf: string;
  /** Where the PIN of the token is. */
  readonly pinFile: (label: string) => string;
}

/** → ceremony.yaml. */
export const ceremonyDocument = ({ keysDirectory, module, softhsmConf, pinFile }: CeremonyPlaces): string =>
  stringify({
    version: 1,
    foundation: { name: 'Example Foundation', country: 'AT' },
    keysDirectory,
    module,
    softhsmConf,
    tokens: Object.fromEntries(tokenLabels.map((label) => [label, { label, pin: { file: pinFile(label) } }])),
    urls: {
      rootCrl: 'http://pki.example.org/foundation-root.crl',
      issuingCrl: 'http://pki.example.org/foundation-issuing.crl',
      ocsp: 'http://pki.example.org/ocsp',
    },
    projects: [
      {
        slug: project,
        name: 'Portable',
        program: 'executables',
        certificates: [{ name: 'test', purpose: 'test' }],
      },
    ],
  });

/** Has the plan shown, and carried out as it was shown. `hold` runs `ceremony hold` with these arguments → what it printed. */
export async function holdAsPlanned(hold: (args: readonly string[]) => Promise<string>): Promise<void> {
  const shown = await hold(['--dry-run']);
  const [, plan] = /: plan (\S+)/.exec(shown) ?? [];
  if (plan === undefined) throw new StackError('BAD_STATE', `the ceremony names no plan:\n${shown}`);
  await hold(['--confirm', plan]);
}
