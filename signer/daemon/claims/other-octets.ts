import { CodedError } from '#core/error/index.ts';

/** For this signature of this file of the request, other octets or another key were claimed before, by whichever signer. */
export class OtherOctetsClaimed extends CodedError<'OTHER_OCTETS_CLAIMED'> {
  static override readonly errorName = 'OtherOctetsClaimed';
  constructor(path: string) {
    super(
      'OTHER_OCTETS_CLAIMED',
      `${path}: other bytes or another key were claimed for this signature before; submit a new request`,
      { context: { path } },
    );
  }
}
