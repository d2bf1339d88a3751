import { parseProjectSlug } from '#core/ids/index.ts';
import { publishProject, readProject } from '../../../../../lib/projects/index.ts';
import { answer, json } from '../../../_edge/answer.ts';
import { BadRequest } from '../../../_edge/problem.ts';
import { identified } from '../../../_edge/check.ts';

/** A project's public page as data. */
export async function GET(
  request: Request,
  context: { readonly params: Promise<{ readonly slug: string }> },
): Promise<Response> {
  return answer(request, async (ctx) => {
    const slug = identified(parseProjectSlug, (await context.params).slug);
    const detail = await readProject({ ctx, input: { slug } });
    if (detail === null) {
      throw new BadRequest({
        code: 'UNKNOWN_PROJECT',
        status: 404,
        message: `The policy in force has no project ${slug}.`,
        fix: 'Look it up in the list of projects.',
      });
    }
    return json(await publishProject(ctx, detail));
  });
}
