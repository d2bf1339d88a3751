import { guards, type Area } from '../mutant.ts';

const imported = 'signer/authorities/ceremony/import-certificate.hsm.test.ts';
const licence = 'lib/core/licence/licence.test.ts';

/** Under whose name something is signed, and under which licence. */
export const publisher: Area = {
  name: 'publisher',
  mutants: [
    ...guards('signer/daemon/checks/policy.ts', 'signer/daemon/checks/policy.test.ts', [
      ['(entry.holder !== undefined) === isOwn;', 'true;', 'never passes for the foundation’s'],
    ]),
    ...guards('lib/core/policy/check-project.ts', 'lib/core/policy/publisher.test.ts', [
      ["if (purpose !== 'release') {", 'if (false) {', 'is allowed for releases where'],
    ]),
    ...guards('signer/authorities/ceremony/import-certificate.ts', imported, [
      ['|| organisations[0] !== named', '', 'is refused'],
      [
        'entry.holder?.organization ?? config.foundation.name',
        'organisations[0]',
        'from its authority isn’t accepted as the foundation’s certificate',
      ],
      [
        '    holder === undefined\n',
        '    config.projectAuthority === undefined\n',
        'from its authority isn’t accepted as the foundation’s certificate',
      ],
      ['if (days > daysMax) throw', 'if (false) throw', 'refuses a life over 460 days'],
      ['if (!publicKey.equals(read.leaf.publicKey)) continue;', '', 'refuses a certificate for another key'],
    ]),
    ...guards('lib/core/licence/osi-approval.ts', licence, [
      [
        'return isOsiApproved(expression.left) || isOsiApproved(expression.right);',
        'return isOsiApproved(expression.left) && isOsiApproved(expression.right);',
        'MIT OR BUSL-1.1',
      ],
    ]),
    ...guards('lib/core/licence/licence-problem.ts', licence, [
      ['if (isOsiApproved(read.expression)) return null;', 'return null;', 'MIT AND BUSL-1.1'],
    ]),
    ...guards('lib/core/policy/check-project.ts', 'lib/core/policy/load-snapshot.test.ts', [
      [
        "const problem = status === 'active' ? licenceProblem(licence, { replaced: 'accepted' }) : null;",
        "const problem = status === 'retired' ? licenceProblem(licence, { replaced: 'accepted' }) : null;",
        'BUSL-1.1',
      ],
    ]),
    ...guards('lib/evidence/ask-pages.ts', 'lib/evidence/ask-pages.test.ts', [
      [' && new URL(url).host === site.host', '', 'are its home page and at most three'],
    ]),
    ...guards('lib/applications/conflicts.ts', 'lib/applications/applications.git.test.ts', [
      [
        'slug !== null && projects.some(([other]) => other === slug)',
        'slug === ""',
        'of a project is neither taken nor similar for the project itself',
      ],
    ]),
    ...guards('lib/policy-changes/confirm.ts', 'lib/policy-changes/flow.git.test.ts', [
      ['  authoriseMaintainer(personOf(ctx));\n', '', 'that confirms the policy renews its date'],
    ]),
    ...guards('lib/core/policy/check-guards.ts', 'lib/core/policy/check-guards.test.ts', [
      [
        '    ...checkAuthority(before, after),\n',
        '    ...(checkAuthority.length < 0 ? [] : []),\n',
        'doesn’t change by a maintainer who goes',
      ],
    ]),
    ...guards('lib/onboarding/signing-items.ts', 'lib/onboarding/signing-items.db.test.ts', [
      [
        'other.policy_slug = ANY(${policies})',
        'cardinality(${policies}) > 0',
        'doesn’t count a test signature as a release, nor the other way round',
      ],
    ]),
  ],
};
