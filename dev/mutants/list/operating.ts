import { guards, type Area } from '../mutant.ts';

const checks = 'scripts/configuration/configuration.test.ts';
const site = 'scripts/docs-site/docs-site.test.ts';

/** What operators are told: checks of configurations, the documentation, readiness. */
export const operating: Area = {
  name: 'operating',
  mutants: [
    ...guards('scripts/configuration/check-files.ts', checks, [
      ['mayOthersRead(stats.mode, isHandedOver)', 'false', 'looks where paths lead'],
      ['(stats.mode & wide) !== 0 &&', 'false &&', 'looks where paths lead'],
    ]),
    ...guards('lib/platform/health/portal-clock.ts', 'lib/platform/health/portal-clock.db.test.ts', [
      [
        'if (Math.abs(ahead) <= toleranceMilliseconds) return [];',
        'return [];',
        'is told of where it differs',
      ],
    ]),
    ...guards('lib/platform/health/readiness.ts', 'lib/platform/health/portal-clock.db.test.ts', [
      ['    ...clock,\n', '', 'that is wrong makes the portal not ready'],
    ]),
    ...guards('scripts/release/manifest.ts', 'scripts/release/manifest.test.ts', [
      [
        "      ...asGuidesCallThem(project['scripts'] as Manifest),\n",
        '',
        'a release has every command that a guide has operators run by npm',
      ],
    ]),
    ...guards('scripts/configuration/settings.ts', checks, [
      [
        'if (own === undefined) throw',
        'if (own === undefined) return []; if (own === null) throw',
        'a key without words can’t be described',
      ],
    ]),
    ...guards('scripts/docs-site/render.ts', site, [
      ['        throw new DocsError(\n', '        void new DocsError(\n', 'is refused with HTML in it'],
    ]),
    ...guards('scripts/docs-site/build.ts', site, [
      ['if (section.isGuide)\n', 'if (false)\n', 'is refused with a link that leads nowhere'],
      ['if (one === undefined) return;', 'return;', 'is refused with a link that leads nowhere'],
    ]),
    ...guards('lib/platform/health/revocation.ts', 'lib/platform/health/revocation.test.ts', [
      ['if (isSilent)', 'if (false)', 'an authority that worked a moment ago is ok'],
      ['answer.status === 200', 'answer.status !== 404', 'a responder is what it says of itself'],
    ]),
    ...guards(
      'signer/authorities/revocation/start.ts',
      'signer/authorities/revocation/authority.hsm.test.ts',
      [
        [
          'if (published === null || failures.length > 0) throw failures[0];\n    await this.#heartbeat.worked(this.#now());',
          'await this.#heartbeat.worked(this.#now());\n    if (published === null || failures.length > 0) throw failures[0];',
          'says beside what it publishes when it worked',
        ],
      ],
    ),
  ],
};
