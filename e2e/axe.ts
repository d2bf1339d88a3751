import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';

const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** What axe has to say against the page as it stands: rule and first element. */
export async function violations(page: Page): Promise<readonly string[]> {
  return analyse(builderOf(page).withTags(rules));
}

/** Only what other colours can change. */
export async function colourViolations(page: Page): Promise<readonly string[]> {
  return analyse(builderOf(page).withRules(['color-contrast', 'link-in-text-block']));
}

/** No page has frames, so axe needs no page of its own to put results together; and only violations need their details. */
function builderOf(page: Page): AxeBuilder {
  return new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ['violations'] });
}

async function analyse(builder: AxeBuilder): Promise<readonly string[]> {
  const { violations: found } = await builder.analyze();
  return found.map((one) => `${one.id}: ${one.nodes[0]?.html ?? ''}`);
}
