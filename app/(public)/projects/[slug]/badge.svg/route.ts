import { isError } from '#core/error/index.ts';
import { IdentifierError, parseProjectSlug } from '#core/ids/index.ts';
import { wholeResponse } from '../../../../../lib/platform/http/index.ts';
import { currentPortal } from '../../../../../lib/platform/portal/index.ts';
import { pending, readProject, standingsOf } from '../../../../../lib/projects/index.ts';
import type { Standing } from '../../../../../lib/projects/index.ts';

const words: Readonly<Record<Standing, readonly [text: string, colour: string]>> = {
  signed: ['verified', '#17693f'],
  pending: ['pending', '#7d5200'],
  revoked: ['revoked', '#a3271f'],
  expired: ['certificate expired', '#7d5200'],
  paused: ['paused', '#7d5200'],
  retired: ['retired', '#55606b'],
};

/** For projects' own pages: the standing of the project now. It shows no text that a user typed. */
export async function GET(
  _request: Request,
  context: { readonly params: Promise<{ readonly slug: string }> },
): Promise<Response> {
  const portal = currentPortal();
  const { slug } = await context.params;
  const detail = await find(portal, slug);
  if (detail === null) return wholeResponse('There is no such project.\n', { status: 404 });
  const { standing, publishers } = (await standingsOf(portal, [detail])).get(detail.slug) ?? pending;
  const [how, colour] = words[standing];
  const text = publishers.includes('project') ? `${how}, own certificate` : how;
  return wholeResponse(badge(text, colour), {
    headers: {
      'content-type': 'image/svg+xml; charset=utf-8',
      // A revocation is seen within seconds, through whatever proxy serves the badge.
      'cache-control': 'public, max-age=10',
    },
  });
}

async function find(portal: ReturnType<typeof currentPortal>, slug: string) {
  try {
    return await readProject({ ctx: portal, input: { slug: parseProjectSlug(slug) } });
  } catch (error) {
    if (isError(error, IdentifierError)) return null;
    throw error;
  }
}

function badge(text: string, colour: string): string {
  const label = 'code signing';
  const left = 92;
  const right = 14 + text.length * 7;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" aria-label="${label}: ${text}">
<title>${label}: ${text}</title>
<clipPath id="r"><rect width="${left + right}" height="20" rx="4"/></clipPath>
<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#17212b"/><rect x="${left}" width="${right}" height="20" fill="${colour}"/></g>
<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><path d="M7 10.5l2.6 2.6L15 7" fill="none" stroke="#d9ab5e" stroke-width="1.8" stroke-linecap="round" stroke-linejoin="round"/>
<text x="20" y="14">${label}</text><text x="${left + 7}" y="14">${text}</text></g>
</svg>
`;
}
