/** Every alert has a runbook, and a runbook names only what there is: alerts, commands, units, tests that rehearse it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { commands } from '../../cli/commands.ts';
import { anchorsOf } from '../../scripts/docs-site/render.ts';
import { startable } from '../../scripts/processes/list.ts';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'docs', 'guides', 'runbooks');
const rules = z
  .object({
    groups: z.array(
      z.object({
        rules: z.array(z.object({ alert: z.string(), annotations: z.object({ runbook_url: z.url() }) })),
      }),
    ),
  })
  .parse(parse(readFileSync(join(import.meta.dirname, 'alerts.yaml'), 'utf8')))
  .groups.flatMap((group) => group.rules);
const pages = readdirSync(folder).filter((name) => name.endsWith('.md'));
const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
const incidents = pages.filter((name) => !['index.md', 'parts.md'].includes(name));

describe('alerts', () => {
  it.each(rules.map(({ alert, annotations }) => [alert, annotations.runbook_url]))(
    '%s has a runbook that speaks of it: %s',
    (alert, url) => {
      const { pathname, hash } = new URL(url);
      const [, name = ''] = /^\/docs\/guides\/runbooks\/([a-z-]+)$/.exec(pathname) ?? [];
      const page = text(`${name}.md`);
      expect(page).toContain(`\`${alert}\``);
      const anchorOf = anchorsOf();
      const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
        anchorOf(title.replaceAll('`', '')),
      );
      if (hash !== '') expect(anchors).toContain(hash.slice(1));
    },
  );
});

describe('runbooks', () => {
  it('are those of the incidents that a foundation has to expect', () => {
    expect(incidents.sort()).toEqual(
      [
        'clamd-behind',
        'clock-wrong',
        'git-host-gone',
        'hsm-lost',
        'key-compromise',
        'portal-breach',
        'tsa-down',
      ].map((name) => `${name}.md`),
    );
    for (const name of incidents) expect(text('index.md')).toContain(`(${name})`);
  });

  it.each(incidents)(
    '%s says how it is noticed, what comes first, when it is over, whom to tell, and what rehearses it',
    (name) => {
      for (const title of [
        'How you notice',
        'First',
        'How you know it is over',
        'Whom to tell what',
        'Rehearsed by',
      ])
        expect(text(name)).toContain(`\n## ${title}\n`);
    },
  );

  it.each(pages)('%s names alerts, commands, units and tests that are there', (name) => {
    const page = text(name);
    const known = new Set(rules.map(({ alert }) => alert));
    for (const [, alerts = ''] of page.matchAll(
      /Alerts?(?: |: )((?:\*{0,2}`[A-Z][A-Za-z]+`\*{0,2}(?:[^`\n]{0,60})?)+)/g,
    ))
      for (const [, alert = ''] of alerts.matchAll(/`([A-Z][A-Za-z]+)`/g)) expect(known).toContain(alert);
    for (const [, command = ''] of page.matchAll(/npm run ([a-z:-]+)/g)) {
      const scripts = z.object({ scripts: z.record(z.string(), z.string()) });
      const { scripts: all } = scripts.parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')));
      expect(Object.keys(all)).toContain(command);
    }
    const asSigner = readFileSync(join(root, 'deploy', 'as-signer'), 'utf8');
    for (const [, command = ''] of page.matchAll(/as-signer ([a-z-]+)/g))
      expect(asSigner).toMatch(new RegExp(`^  .*\\b${command}\\b.*\\) ;;$`, 'm'));
    for (const [, command = ''] of page.matchAll(/dist\/([a-z-]+)\.js/g))
      expect(startable).toContain(command);
    for (const [, verb = ''] of page.matchAll(
      /[`\n]\s*countersign ([a-z-]+(?: (?:list|revoke|create|check))?)/g,
    ))
      expect([...commands.keys()]).toContain(verb);
    for (const [, unit = ''] of page.matchAll(/systemctl (?:\w+) ((?:countersign-[a-z-]+ ?)+)/g))
      for (const one of unit.trim().split(' '))
        expect(existsSync(join(root, 'deploy', 'systemd', `${one}.service`)), one).toBe(true);
    for (const [, path = ''] of page.matchAll(/`((?:dev|signer|lib)\/[\w./-]+)`/g))
      expect(existsSync(join(root, path)), path).toBe(true);
  });
});
