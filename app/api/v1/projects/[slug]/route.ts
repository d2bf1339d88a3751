import { parseProjectSlug } from '#core/ids/index.ts';
import { publishProject, readProject } from '../../../../../lib/projects/index.ts';
import { maySeeUsage, readProjectUsage, type ProjectUsage } from '../../../../../lib/uploads/index.ts';
import { answer, json } from '../../../_edge/answer.ts';
import { BadRequest } from '../../../_edge/problem.ts';
import { identified } from '../../../_edge/check.ts';

const usageJson = ({
  storedBytes,
  storedBytesMax,
  storedFiles,
  requests,
  requestsPerDayMax,
}: ProjectUsage): Readonly<Record<string, number | null>> => ({
  storedBytes,
  storedBytesMax,
  storedFiles,
  requestsPerDay: requests,
  requestsPerDayMax,
});

/** A project's public page as data; what it has used is for those who use it. */
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
    const usage = maySeeUsage(ctx.actor, slug)
      ? await readProjectUsage({ ctx, input: { project: slug } })
      : null;
    return json({ ...(await publishProject(ctx, detail)), usage: usage === null ? null : usageJson(usage) });
  });
}
