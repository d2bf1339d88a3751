import {
  buildTimestampResponse,
  buildTimestampToken,
  parseTimestampRequest,
  TspError,
  type TimestampFailure,
  type TimestampRequest,
} from '#core/pki/tsp/index.ts';
import type { KeyHolder } from '../../keyholder/index.ts';
import { TsaError } from './error.ts';
import { mintTimestampGrant } from './mint-grant.ts';
import { createTimeReader, type TrustedTime } from './read-time.ts';
import type { SerialNumbers } from './serial-numbers.ts';

export interface TimestampAuthorityPorts {
  readonly keyHolder: Pick<KeyHolder, 'sign'>;
  readonly serialNumbers: SerialNumbers;
  readonly now: () => Date;
  /** Why the clock can't be relied on; null: it can. */
  readonly clockProblem: () => string | null;
  readonly keyLabel: string;
  readonly policyOid: string;
  readonly accuracySeconds: number;
  /** DER. */
  readonly tsaCertificate: Uint8Array;
  readonly chain: readonly Uint8Array[];
  /** Receives what the caller isn't told: the reason behind systemFailure. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The authority's single operation: DER TimeStampReq → DER TimeStampResp. Always answers; what can't be granted is
 * rejected with the PKIFailureInfo of RFC 3161 §2.4.2.
 */
export function createTimestampAuthority(
  ports: TimestampAuthorityPorts,
): (query: Uint8Array) => Promise<Uint8Array> {
  const readTime = createTimeReader(ports);
  return async (query) => {
    try {
      const request = parseTimestampRequest(query);
      if (request.policyOid !== null && request.policyOid !== ports.policyOid) {
        return reject('unacceptedPolicy', `this authority issues under ${ports.policyOid}`);
      }
      return buildTimestampResponse({ token: await issue(request, readTime(), ports) });
    } catch (error) {
      return answerFailure(error, ports);
    }
  };
}

async function issue(
  request: TimestampRequest,
  time: TrustedTime,
  ports: TimestampAuthorityPorts,
): Promise<Uint8Array> {
  const { policyOid, accuracySeconds, tsaCertificate, chain, keyLabel } = ports;
  const serial = await ports.serialNumbers.next();
  return buildTimestampToken({
    request,
    serial,
    time: time.at,
    policyOid,
    accuracySeconds,
    tsaCertificate,
    chain,
    async sign(signedAttributes) {
      const grant = mintTimestampGrant({ serial, time }, { keyLabel, signedAttributes }, ports.now());
      return (await ports.keyHolder.sign(grant)).signature;
    },
  });
}

function answerFailure(error: unknown, ports: TimestampAuthorityPorts): Uint8Array {
  if (error instanceof TspError && error.code === 'ALGORITHM_UNSUPPORTED')
    return reject('badAlg', error.message);
  if (error instanceof TspError && error.code === 'EXTENSION_UNSUPPORTED') {
    return reject('unacceptedExtension', error.message);
  }
  if (error instanceof TspError) return reject('badDataFormat', error.message);
  ports.onFailure(error);
  return error instanceof TsaError && (error.code === 'CLOCK_WENT_BACK' || error.code === 'CLOCK_WRONG')
    ? reject('timeNotAvailable', 'the clock of this authority is being corrected; try again later')
    : reject('systemFailure', 'the authority can’t sign at the moment; try again later');
}

function reject(failure: TimestampFailure, reason: string): Uint8Array {
  return buildTimestampResponse({ failure, reason: reason.slice(0, 200) });
}
