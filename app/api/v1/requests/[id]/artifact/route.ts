import { z } from 'zod';
import { isRefused } from '../../../../../../lib/certificates/standing/index.ts';
import { parseSha256Hex } from '#core/ids/index.ts';
import { sized } from '../../../../../../lib/platform/http/index.ts';
import type { Context } from '../../../../../../lib/platform/portal/index.ts';
import { despite, openReleased, saysDespite } from '../../../../../../lib/releases/index.ts';
import type { OpenedRelease } from '../../../../../../lib/releases/index.ts';
import { revocationJson } from '../../../../../../lib/signatures/index.ts';
import { answerQuery } from '../../../../_edge/answer.ts';
import { askedPart } from '../../../../_edge/range.ts';
import { BadRequest } from '../../../../_edge/problem.ts';
import { requestIdOf } from '../../../../_edge/request-id.ts';
import type { RequestRoute } from '../../../../_edge/request-id.ts';

const query = z.strictObject({ [despite.name]: z.literal(despite.value).optional() });

/** The signed file, only once the signer has released it; a revoked one only to callers who state that they know. */
export async function GET(request: Request, context: RequestRoute): Promise<Response> {
  return answerQuery(request, query, async (ctx) => {
    const id = await requestIdOf(context);
    const released = await openReleased({ ctx, input: { id } });
    if (released === null) {
      throw new BadRequest({
        code: 'NOT_RELEASED',
        message: `The signer has released no file for request ${id}.`,
        fix: `See where it stands: ${ctx.config.publicUrl}/requests/${id}`,
      });
    }
    const { state } = released.standing;
    const refused = isRefused(state);
    if (refused && !saysDespite(request)) {
      const warning = `${ctx.config.publicUrl}/requests/${id}/download`;
      if (!isPerson(request)) throw revoked(ctx, released, warning);
      return new Response(null, { status: 303, headers: { location: warning, ...askedAnew } });
    }
    const { artifact } = released;
    const { sizeBytes } = artifact;
    const etag = `"${released.sha256}"`;
    const part = askedPart(request, sizeBytes, etag);
    if (!refused && part === null && request.method === 'GET' && isPerson(request)) {
      const location = await ctx.released.directAddress(parseSha256Hex(released.sha256), released.name);
      if (location !== null)
        return new Response(null, {
          status: 303,
          headers: {
            location,
            'countersign-standing': state,
            'referrer-policy': 'no-referrer',
            ...askedAnew,
          },
        });
    }
    return new Response(artifact.stream(part ?? { start: 0, end: sizeBytes }), {
      status: part === null ? 200 : 206,
      headers: {
        'accept-ranges': 'bytes',
        ...sized(part === null ? sizeBytes : part.end - part.start),
        ...(part === null ? {} : { 'content-range': `bytes ${part.start}-${part.end - 1}/${sizeBytes}` }),
        'content-type': 'application/octet-stream',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(released.name)}`,
        'countersign-standing': state,
        // What is good now may be revoked the next time somebody asks; revoked files must not be cached.
        ...(refused ? askedAnew : { etag, 'cache-control': 'public, no-cache' }),
      },
    });
  });
}

const askedAnew = { 'cache-control': 'no-store', vary: 'accept, sec-fetch-site' } as const;

/** Browsers ask for HTML when somebody follows a link; programs don't. */
const isPerson = (request: Request): boolean => /\btext\/html\b/i.test(request.headers.get('accept') ?? '');

function revoked(ctx: Context, { name, standing }: OpenedRelease, warning: string): BadRequest {
  const { revocation } = standing;
  const since = revocation === null ? '' : `, as of ${revocation.effectiveAt.toISOString()}`;
  return new BadRequest({
    code: 'RELEASE_REVOKED',
    message: `${name} is revoked${since}: don't run it.`,
    fix: `Take another release. To look into this one, add ?${despite.name}=${despite.value} to the address (countersign download: --despite-revocation). ${warning} says why.`,
    members: { revocation: revocationJson(ctx.config.publicUrl, revocation) },
  });
}
