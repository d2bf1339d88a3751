import { parseRequestId } from '#core/ids/index.ts';
import type { RequestId } from '#core/ids/index.ts';
import { BadRequest } from './problem.ts';
import { identified } from './check.ts';

export interface RequestRoute {
  readonly params: Promise<{ id: string }>;
}

export async function requestIdOf(context: RequestRoute): Promise<RequestId> {
  return identified(parseRequestId, (await context.params).id);
}

export const noSuchRequest = (id: RequestId): BadRequest =>
  new BadRequest({
    code: 'UNKNOWN_REQUEST',
    message: `There is no signing request ${id}.`,
    fix: 'Check the id; GET /api/v1/requests lists all requests.',
  });

export const noReport = (id: RequestId): BadRequest =>
  new BadRequest({
    code: 'NO_REPORT',
    message: `There is no inspection report of a request ${id}.`,
    fix: 'Check the id, and whether the signer has come to the inspection: GET /api/v1/requests/{id} says where it stands.',
  });
