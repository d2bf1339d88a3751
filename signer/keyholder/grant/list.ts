/** For signer/authorities/revocation/mint-list-grant.ts alone, which has the number that was reserved for the list. */
import { seal, type SigningGrant } from './sealed.ts';

export interface ListContent {
  readonly keyLabel: string;
  readonly number: number;
  /** null: the whole list. */
  readonly part: number | null;
  /** DER. */
  readonly tbsCertList: Uint8Array;
}

export function grantList(
  { keyLabel, number, part, tbsCertList }: ListContent,
  until: Date,
): SigningGrant<'crl'> {
  const requestId = `crl-${number}${part === null ? '' : `-${part}`}`;
  return seal<'crl'>({ purpose: 'crl', keyLabel, requestId }, tbsCertList, until);
}
