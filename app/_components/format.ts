import { formatBytes, formatSizes } from '#core/text/size/index.ts';
import { formatCount } from '#core/text/typed/index.ts';

export { formatBytes, formatSizes };

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
