/** `--clamd`: scans what was inspected as the signer's daemon does, with the same code and a clamd of whoever runs this. */
import { compileConfiguration, elementAt } from '#core/artifact/index.ts';
import { openScanner, scanInspected, type Scan } from '../../signer/daemon/scan/index.ts';
import type { Inspection } from '../../signer/inspector/index.ts';
import { CliError } from '../error.ts';
import type { Configuration } from './read-configuration.ts';

/** `HOST:PORT`, or the path of a local socket. */
export type ClamdAddress = { readonly host: string; readonly port: number } | { readonly socket: string };

export const readClamdAddress = (text: string): ClamdAddress | null => {
  if (text.includes('/')) return { socket: text };
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  const number = Number(port);
  return host === '' || number < 1 || number > 65_535
    ? null
    : { host: host.replace(/^\[(.*)\]$/, '$1'), port: number };
};

const smallestBytes = 1024 ** 2;
/** What clamd can be set to take (StreamMaxLength). */
const largestBytes = 2000 * 1024 ** 2;
/** As a signer has it where it isn't told otherwise. */
const databaseAgeHoursMax = 48;
const timeoutSeconds = 300;

export async function scan(
  inspection: Inspection,
  { value, locations }: Pick<Configuration, 'value' | 'locations'>,
  clamd: ClamdAddress,
): Promise<Scan> {
  const { elements } = compileConfiguration(value);
  const inspected = {
    leaves: inspection.leaves.map((leaf) => {
      const { opaque, pointer } = elementAt(elements, leaf.element);
      return { ...leaf, opaque, policy: locations[pointer] ?? null };
    }),
    containers: inspection.containers.map((container) => ({
      ...container,
      type: elementAt(elements, container.element).type,
    })),
    inside: inspection.inside,
    copies: inspection.copies,
  };
  const sizes = [...inspected.leaves, ...inspected.containers, ...inspected.inside].map(
    ({ sizeBytes }) => sizeBytes,
  );
  // A signer's scanner is proved for files of one size; this one for the largest that it is to read.
  const largest = sizes.reduce((most, size) => Math.max(most, size), smallestBytes);
  const scanner = openScanner({
    ...('socket' in clamd ? { host: '', port: 0, socket: clamd.socket } : clamd),
    timeoutSeconds,
    streamSizeBytesMax: Math.min(largest, largestBytes),
  });
  try {
    return await scanInspected({
      scanner,
      inspected,
      policy: null,
      databaseAgeHoursMax,
      developmentDatabase: true,
      now: new Date(),
    });
  } catch (error) {
    // The signer would wait for its scanner, and decide nothing.
    if (error instanceof Error && 'component' in error && 'fix' in error)
      throw new CliError('UNAVAILABLE', `${error.message}; ${String(error.fix)}`, error);
    throw error;
  }
}
