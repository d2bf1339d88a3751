/** Sizes as people read them: the same in the portal, in the command and in what the signer says. */
import { formatCount } from '../typed/index.ts';

const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** `256 MiB`, `1.5 KiB`: one digit behind the point, and none where it would be a nought. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  let value = bytes;
  let unit = 0;
  while (Number(value.toFixed(1)) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1).replace(/[.]0$/, '')} ${units[unit] ?? 'bytes'}`;
}

/** Two sizes to be compared: to the byte if they would otherwise read the same. */
export function formatSizes(one: number, other: number): readonly [one: string, other: string] {
  const short = [formatBytes(one), formatBytes(other)] as const;
  const exact = (bytes: number): string => `${formatCount(bytes)} bytes`;
  return one !== other && short[0] === short[1] ? [exact(one), exact(other)] : short;
}
