import { z } from 'zod';
import { requestStatuses } from '#core/wire/request/index.ts';

export { isFinal, requestStatuses, requestSteps } from '#core/wire/request/index.ts';
export type { RequestStatus, RequestStep } from '#core/wire/request/index.ts';

export const requestStatusSchema = z.enum(requestStatuses);
