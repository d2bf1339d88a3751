/** What is asked and answered where a request is made. */
import { z } from 'zod';
import type { RequestId } from '#core/ids/index.ts';
import type { Context } from '../../../lib/platform/portal/index.ts';
import { json } from './answer.ts';
import { checked } from './check.ts';

const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,200}$/, 'an Idempotency-Key of 1 to 200 visible ASCII characters')
  .nullable();

export const idempotencyKeyOf = (request: Request): string | null =>
  checked(idempotencyKey, request.headers.get('idempotency-key'));

export function submitted({ config }: Pick<Context, 'config'>, id: RequestId, created: boolean): Response {
  const api = `${config.publicUrl}/api/v1/requests/${id}`;
  return json(
    { id, url: `${config.publicUrl}/requests/${id}`, api, created },
    { status: created ? 201 : 200, headers: { location: api } },
  );
}
