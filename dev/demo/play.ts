/** What the demo does once everything runs: four requests, their outcomes, the report. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseProjectSlug } from '../../lib/core/ids/index.ts';
import { parsePortalConfig } from '../../lib/platform/config/index.ts';
import { openPortal } from '../../lib/platform/portal/index.ts';
import { createApiToken } from '../../lib/projects/index.ts';
import type { Foundation } from '../foundation/index.ts';
import { step, type StackPaths } from '../stack/index.ts';
import { prepareArtifacts } from './artifacts.ts';
import { printOutcome, reportOutcome, writeReport, type ReportedRequest } from './report.ts';
import { demoProject, demoRequests, playRequest } from './scenario.ts';

const say = (line: string): void => {
  process.stdout.write(`${line}\n`);
};

/**
 * Lets the demo's requests happen in a running foundation and writes report.json → what came of each. The program is
 * fetched into `artifactsFolder` once.
 */
export async function playDemo(
  foundation: Foundation,
  portalUrl: string,
  artifactsFolder = join(foundation.stack.paths.demo, 'artifacts'),
): Promise<readonly ReportedRequest[]> {
  const { paths } = foundation.stack;
  const folder = paths.demo;
  const artifacts = await step('Fetching a real Windows program from npm', () =>
    prepareArtifacts(artifactsFolder),
  );
  const token = await keepApiToken(paths);
  const context = {
    foundation,
    portal: { url: portalUrl, token },
    folder: join(folder, 'requests'),
    say: () => undefined,
  };
  const reported: ReportedRequest[] = [];
  for (const request of demoRequests(artifacts)) {
    const outcome = await step(`Request: ${request.title}`, () => playRequest(context, request));
    const one = await reportOutcome(foundation, portalUrl, join(folder, 'requests'), outcome);
    printOutcome(one, say);
    reported.push(one);
  }
  say(`\n  Report:  ${await writeReport(folder, portalUrl, reported)}`);
  return reported;
}

/** The demo project's token: the one of last time, or a new one made by the operator's own verb. */
async function keepApiToken(paths: StackPaths): Promise<string> {
  const file = join(paths.secrets, 'demo-api-token');
  const config = parsePortalConfig(await readFile(join(paths.portal, 'config.yaml'), 'utf8'), paths.portal);
  const portal = openPortal(config);
  try {
    if (existsSync(file)) {
      const token = await readFile(file, 'utf8');
      const tokenSha256 = createHash('sha256').update(token).digest('hex');
      if ((await portal.db.apiToken.count({ where: { tokenSha256, revokedAt: null } })) > 0) return token;
    }
    const ctx = { ...portal, actor: { kind: 'operator', name: 'demo' } as const };
    const input = { project: parseProjectSlug(demoProject), name: 'demo' };
    const { token } = await createApiToken({ ctx, input });
    await writeFile(file, token, { mode: 0o600 });
    return token;
  } finally {
    await portal.close();
  }
}
