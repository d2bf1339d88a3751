/** Every kind of page that somebody sees, by a name for its picture: found by following the links of a running portal. */
import type { Page } from 'playwright';

type Named = readonly [name: string, path: string];

const forEverybody: readonly Named[] = [
  ['home', '/'],
  ['projects', '/projects'],
  ['projects-none', '/projects?q=nothing-of-this-name'],
  ['foundation', '/foundation'],
  ['apply', '/apply'],
  ['requests', '/requests'],
  ['changes', '/changes'],
  ['policy-history', '/policy/history'],
  ['certificates', '/certificates'],
  ['status', '/status'],
  ['about', '/about'],
  ['search', '/search?q=esbuild'],
  ['sign-in', '/sign-in'],
  ['not-found', '/no-such-page'],
];

export async function findPages(page: Page, person: string | null): Promise<readonly Named[]> {
  /** The first link of a list, where there is one. */
  const first = async (name: string, list: string, selector: string): Promise<readonly Named[]> => {
    await page.goto(list);
    const links = page.locator(selector);
    const path = (await links.count()) === 0 ? null : await links.first().getAttribute('href');
    return path === null ? [] : [[name, path]];
  };
  switch (person) {
    case null:
      return [
        ...forEverybody,
        ...(await first('project', '/projects', 'main li a')),
        ...(await first('request-signed', '/requests?status=completed', 'main tbody a')),
        ...(await first('request-denied', '/requests?status=denied', 'main tbody a')),
        ...(await first('change', '/changes', 'main a[href^="/changes/"]:not([href$="new"])')),
      ];
    case 'Nora Newcomer': {
      const draft = await first('apply-tasks', '/applications', 'main tbody a[href^="/apply/"]');
      const [, path] = draft[0] ?? [];
      const steps = ['program', 'repository', 'contact', 'proof', 'check'];
      return [
        ['applications', '/applications'],
        ['messages', '/messages'],
        ...draft,
        ...(path === undefined ? [] : steps.map((step): Named => [`apply-${step}`, `${path}/${step}`])),
        ...(await first('application', '/applications', 'main tbody a[href^="/applications/"]')),
      ];
    }
    case 'Robin Reviewer':
      return [
        ['reviews', '/reviews'],
        ['reviews-closed', '/reviews?state=closed'],
        ['outbox', '/outbox'],
        ...(await first('review', '/reviews', 'main a[data-row]')),
        ...(await first('review-closed', '/reviews?state=closed', 'main a[data-row]')),
      ];
    default:
      return [
        ['approvals', '/approvals'],
        ['change-new', '/changes/new'],
        ['samples', '/samples?for=esbuild-demo'],
        ...(await first('sample', '/samples', 'main a[href^="/samples/"]')),
        ['change-edit', '/changes/new?file=projects/esbuild-demo/policies/release-signing.yaml'],
      ];
  }
}
