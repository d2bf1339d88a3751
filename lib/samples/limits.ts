/** What a sample may be, and how many of them. Told before the upload, held to while it comes in, and by the signer once more. */
import { readSignerLimits } from '../platform/signer-limits/index.ts';
import type { Portal } from '../platform/portal/index.ts';

/** As the signer has it where it doesn't say otherwise. */
const sizeBytesDefault = 256 * 1024 ** 2;

/** Not yet looked at; looked at within a day. */
export const countLimits = {
  person: { waiting: 3, day: 60 },
  project: { waiting: 8, day: 200 },
} as const;

export async function sampleBytesMax(portal: Pick<Portal, 'db' | 'config'>): Promise<number> {
  const told = (await readSignerLimits(portal))?.sampleBytes ?? sizeBytesDefault;
  return Math.min(told, portal.config.upload.sizeBytesMax);
}
