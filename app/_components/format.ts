import { formatCount } from '#core/text/typed/index.ts';

/** Values as people read them; always UTC, so that a page reads the same for everybody. */
const dateTime = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'short',
  timeZone: 'UTC',
});
const toTheSecond = new Intl.DateTimeFormat('en-GB', {
  dateStyle: 'medium',
  timeStyle: 'medium',
  timeZone: 'UTC',
});
const dateOnly = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });

export const formatTime = (date: Date): string => `${dateTime.format(date)} UTC`;
/** Times that a program wrote into a sentence (RFC 3339, in UTC), as people read them: to the second, since others compare them. */
export const formatTimesIn = (text: string): string =>
  text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z\b/g, (written) => {
    const date = new Date(written);
    return Number.isNaN(date.getTime()) ? written : `${toTheSecond.format(date)} UTC`;
  });
export const formatDate = (date: Date): string => dateOnly.format(date);

export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? 'bytes'}`;
}

/** Two sizes to be compared: to the byte if they would otherwise read the same. */
export function formatSizes(one: number, other: number): readonly [one: string, other: string] {
  const short = [formatBytes(one), formatBytes(other)] as const;
  const exact = (bytes: number): string => `${formatCount(bytes)} bytes`;
  return one !== other && short[0] === short[1] ? [exact(one), exact(other)] : short;
}

export function formatDuration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  return seconds < 60
    ? `${seconds.toFixed(1)} s`
    : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

export const shortHash = (hash: string): string => hash.slice(0, 12);

export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`;
