/** `countersign preflight FILE --suggest`: an artifact configuration for a file that has none. */
import path from 'node:path';
import { whyNothing } from '#core/suggestion/index.ts';
import { failures } from '#core/wire/finding/index.ts';
import { examineUnknown } from '../../signer/inspector/index.ts';
import { CliError } from '../error.ts';
import { plain } from '../plain.ts';
import { withInspector } from './examine.ts';
import { readFoundationAsItIs } from './read-foundation.ts';

interface Input {
  readonly file: string;
  readonly policies: { readonly folder: string; readonly project: string } | null;
}

interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** The text to standard output, what is left to do to standard error. → exit status. */
export async function suggestCommand({ file, policies }: Input, { out, err }: Io): Promise<0 | 1> {
  const foundation = policies === null ? null : await readFoundationAsItIs(policies);
  const { suggestion, inspection } = await withInspector(file, err, (inspector) =>
    examineUnknown(inspector, {
      file,
      name: path.basename(file),
      folder: 'preflight',
      upstreamRoots: foundation?.upstreamRoots ?? null,
      now: new Date(),
    }),
  );
  const refused = failures(inspection.findings);
  const reasons = refused.map(({ message, fix, path: place }) =>
    plain(`- ${place.length === 0 ? '' : `${place.join(' › ')}: `}${message}\n    ${fix ?? ''}`),
  );
  if (suggestion === null) {
    const signed = [...inspection.leaves, ...inspection.containers].some(
      ({ signatures }) => signatures !== null && signatures.length > 0,
    );
    const nothing = whyNothing({ empty: inspection.sizeBytes === 0, refused: reasons.length > 0, signed });
    throw new CliError('REFUSED', [nothing, ...reasons].join('\n'));
  }
  out(suggestion.text);
  if (suggestion.reasonsToWrite > 0)
    err(
      'TODO in the text: say why files that can’t be looked into may be there; until then it doesn’t validate.\n',
    );
  if (refused.length > 0) err(`The signer would refuse the file all the same:\n${reasons.join('\n')}\n`);
  return refused.length === 0 ? 0 : 1;
}
