import { Readable } from 'node:stream';
import { archiveOf, archiveSizeBytes, openExport } from '../../../../../../../lib/audit-exports/index.ts';
import { sessionActor } from '../../../../../../../lib/platform/auth/web.ts';
import { sized } from '../../../../../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../../../../../lib/platform/portal/index.ts';
import { BadRequest, logFault, problemOf, problemResponse } from '../../../../../../api/_edge/problem.ts';

const all = 'all.tar';

/** A file of an export, or all of them as one: for auditors who are signed in. */
export async function GET(
  _request: Request,
  context: { params: Promise<{ readonly id: string; readonly name: string }> },
): Promise<Response> {
  try {
    const { id, name } = await context.params;
    const portal = currentPortal();
    const ctx = { ...portal, actor: await sessionActor(portal) };
    const files = await openExport({ ctx, input: { id, file: name === all ? null : name } });
    if (files === null) {
      throw new BadRequest({
        code: 'NOT_FOUND',
        message: 'This export has no such file, or it isn’t written yet.',
        fix: `See what is there: ${ctx.config.publicUrl}/audit`,
      });
    }
    const [first] = files;
    const folder = `audit-export-${id}`;
    const body =
      name === all || first === undefined
        ? (Readable.toWeb(
            Readable.from(archiveOf(files, folder, portal.now())),
          ) as ReadableStream<Uint8Array>)
        : first.stream();
    const size = name === all || first === undefined ? archiveSizeBytes(files) : first.sizeBytes;
    return new Response(body, {
      headers: {
        'content-type': 'application/octet-stream',
        ...sized(size),
        'content-disposition': `attachment; filename="${name === all ? `${folder}.tar` : `${folder}-${name}`}"`,
        'cache-control': 'private, no-store',
        'x-content-type-options': 'nosniff',
      },
    });
  } catch (error) {
    const problem = problemOf(error);
    logFault(problem, error);
    return problemResponse(problem);
  }
}
