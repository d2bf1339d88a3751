/** Every kind of page that somebody sees, by a name for its picture: found by following the links of a running portal. */
import type { Page } from 'playwright';
import { askingPolicy } from '../demo/scenario.ts';

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
  ['reference', '/reference'],
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
  /** Pages below the first link of a list, where they have this. */
  const below = async (
    [found]: readonly Named[],
    pages: readonly (readonly [name: string, end: string, has: string])[],
  ): Promise<readonly Named[]> => {
    const named: Named[] = [];
    for (const [name, end, has] of found === undefined ? [] : pages) {
      await page.goto(`${found?.[1] ?? ''}${end}`);
      if ((await page.locator(has).count()) > 0) named.push([name, `${found?.[1] ?? ''}${end}`]);
    }
    return named;
  };
  switch (person) {
    case null: {
      const project = await first('project', '/projects', 'main li a');
      const signed = await first('request-signed', '/requests?status=completed', 'main tbody a');
      return [
        ...forEverybody,
        ...project,
        ...(await below(project, [['project-own-keys', '#own-keys', '#own-keys']])),
        ...signed,
        ...(await below(signed, [
          ['report', '/report', '#files'],
          ['report-found', '/report?q=.exe', '#found'],
          ['report-compared', '/report/compare', 'main h1'],
          ['signed-files', '/files', 'main h1'],
        ])),
        // Of the policy by which the signer asks the code host: denied, so that the step is open.
        ...(await first(
          'request-host-asked',
          '/requests?status=denied',
          `main tbody tr:has-text("${askingPolicy}") a`,
        )),
        ...(await first('request-denied', '/requests?status=denied', 'main tbody a')),
        ...(await first('change', '/changes', 'main a[href^="/changes/"]:not([href$="new"])')),
      ];
    }
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
        ['first-release', '/projects/esbuild-demo/first-release'],
        ['change-new', '/changes/new'],
        ['samples', '/samples?for=esbuild-demo'],
        ...(await first('sample', '/samples', 'main a[href^="/samples/"]')),
        ['change-edit', '/changes/new?file=projects/esbuild-demo/policies/release-signing.yaml'],
      ];
  }
}
