import { receiveDelivery } from '../../../../lib/policy-changes/index.ts';
import { currentPortal } from '../../../../lib/platform/portal/index.ts';
import { answerDelivery } from '../../_edge/delivery.ts';

/** Deliveries of the GitHub App's webhook. What a delivery says is a reason to look, never a fact. */
export const POST = (request: Request): Promise<Response> =>
  answerDelivery(request, (input) => receiveDelivery({ ctx: currentPortal(), input }));
