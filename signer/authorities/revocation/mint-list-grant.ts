/** The one place where a revocation list is granted: for a number that was reserved for it. */
import type { SigningGrant } from '../../keyholder/index.ts';
import { grantList, type ListContent } from '../../keyholder/grant/list.ts';
import type { ReservedNumber } from './last-published.ts';

const grantMilliseconds = 60_000;

export function mintListGrant(
  { number }: { readonly number: ReservedNumber },
  about: Omit<ListContent, 'number'>,
  now: Date,
): SigningGrant<'crl'> {
  return grantList({ ...about, number }, new Date(now.getTime() + grantMilliseconds));
}
