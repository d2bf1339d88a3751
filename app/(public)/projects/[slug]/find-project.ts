import { cache } from 'react';
import { isError } from '#core/error/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import { readProject } from '../../../../lib/projects/index.ts';
import type { ProjectDetail } from '../../../../lib/projects/index.ts';
import { pageContext } from '../../../_components/page-context.ts';

/** The project an address names, or null; once per request. */
export const findProject = cache(async (slug: string): Promise<ProjectDetail | null> => {
  try {
    return await readProject({ ctx: await pageContext(), input: { slug: parseProjectSlug(slug) } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
});
