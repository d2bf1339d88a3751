import { formatTime } from './format.ts';

export function Time({ value }: { readonly value: Date }) {
  return <time dateTime={value.toISOString()}>{formatTime(value)}</time>;
}
