import { currentPortal } from '../../../../lib/platform/portal/index.ts';
import { receiveJob } from '../../../../lib/publish-jobs/index.ts';
import { answerDelivery } from '../../_edge/delivery.ts';

/** Deliveries of the app that lets jobs start. What a delivery says is a reason to look, never a fact. */
export const POST = (request: Request): Promise<Response> =>
  answerDelivery(request, (input) => receiveJob({ ctx: currentPortal(), input }));
