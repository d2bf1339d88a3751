import { guards, type Area } from '../mutant.ts';

const claims = 'dev/build-system/claims.test.ts';
const options = 'dev/build-system/policy-options.test.ts';
const bundles = 'dev/build-system/bundles.test.ts';
const gitlab = 'dev/build-system/gitlab.test.ts';
const gitlabPolicies = 'lib/core/policy/gitlab-origin.test.ts';
const alone = 'is denied';

/** Built by whom, from what, where and when. */
export const origin: Area = {
  name: 'origin',
  mutants: [
    ...guards('lib/core/origin/judge-build.ts', claims, [
      ['[issuer(provider, judging), ...provider', '[...provider', alone],
    ]),
    ...guards('lib/core/origin/github/rules/index.ts', claims, [
      ['    repository(source),\n', '', alone],
      ['    repositoryUri(source),\n', '', alone],
      ['    owner(source),\n', '', alone],
      ['    workflow(context),\n', '', alone],
      ['    signer(context),\n', '', alone],
      ['    runner(context),\n', '', alone],
      ['    run(context),\n', '', alone],
    ]),
    ...guards('lib/core/origin/sigstore/signature.ts', 'dev/build-system/rekor-2.oracle.test.ts', [
      [
        'if (retired !== undefined) {',
        'if (false) {',
        'is refused by a trust root that doesn’t know the log, or knew it until before',
      ],
    ]),
    ...guards('lib/core/origin/sigstore/trust-root.ts', 'lib/core/origin/sigstore/trust-root.test.ts', [
      ['  checkKind(root, kind);\n', '', 'refuses a root of kind github'],
    ]),
    ...guards('cli/verify-origin/read-inputs.ts', 'cli/verify-origin/verify-origin.test.ts', [
      ['named !== publicRootName) {', 'false) {', 'is refused under another trust root'],
    ]),
    ...guards('lib/core/generated/schemas.ts', 'lib/core/policy/tuf-roots.test.ts', [
      ['was installed with.",\n              "not": {}', 'was installed with."', 'can’t have both'],
    ]),
    ...guards('lib/core/policy/tuf-roots.ts', 'lib/core/policy/tuf-roots.test.ts', [
      ["member(signed, '_type') === 'root' && ", '', 'pins no metadata of another role'],
    ]),
    ...guards('lib/core/origin/rules/source.ts', claims, [
      ['value.startsWith(prefix) &&', '', alone],
      ["matches('refs/heads/', branches, value) || matches('refs/tags/', tags, value)", 'true', alone],
    ]),
    ...guards('lib/core/origin/github/rules/workflow.ts', claims, [
      ['(!ownWorkflow || sameAs(signerDigest, value)) &&', '', alone],
      ['sameAs(buildConfigDigest, value),', 'true,', alone],
    ]),
    ...guards('lib/core/origin/github/rules/run.ts', claims, [
      ['triggers.includes(value),', 'true,', alone],
      ['(allowed || attempt === 1)', 'true', alone],
    ]),
    ...guards('lib/core/origin/rules/surroundings.ts', claims, [
      ["accepts: exactly('public'),", 'accepts: () => true,', alone],
    ]),
    ...guards('lib/core/origin/github/rules/workflow.ts', options, [
      ['accepts: exactly(builder.digest),', 'accepts: () => true,', 'refuses a moved ref'],
    ]),
    ...guards('lib/core/origin/gitlab/rules/index.ts', gitlab, [
      ['    repository(source),\n', '', alone],
      ['    repositoryUri(source),\n', '', alone],
      ['    owner(source),\n', '', alone],
      ['    workflow(context),\n', '', alone],
      ['    signer(context),\n', '', alone],
      ['    ref(source),\n', '', alone],
      ['    commit(context),\n', '', alone],
      ['    trigger(context),\n', '', alone],
      ['    runner(context),\n', '', alone],
      ['    run(context),\n', '', alone],
      ['[visibility(source)]', '[]', alone],
      ['[environment(source, context.policy.environment)]', '[]', alone],
    ]),
    ...guards('lib/core/origin/gitlab/rules/configuration.ts', gitlab, [
      ['accepts: (value) => value === expected,', 'accepts: () => true,', alone],
      ['value === expected && isSaid(san, value)', 'value === expected', 'is denied when issued to another'],
      ['isSaid(signerDigest, value) &&', '', alone],
      ['isSaid(buildConfigDigest, value),', 'true,', alone],
    ]),
    ...guards('lib/core/origin/gitlab/rules/pipeline.ts', gitlab, [
      ['pipelineSources.includes(value),', 'true,', alone],
      ['accepts: exactly(expected),', 'accepts: () => true,', alone],
      ['jobOfUri(value)?.project === uri,', 'jobOfUri(value) !== null,', alone],
    ]),
    ...guards('lib/core/origin/gitlab/floors.ts', gitlabPolicies, [
      ["runner === 'gitlab-hosted' &&", 'runner !== undefined &&', 'are not kept by less'],
    ]),
    ...guards('lib/core/origin/age.ts', options, [
      ['if (latest <= bound) {', 'if (latest) {', 'refuses what is dated a day ahead'],
    ]),
    ...guards('lib/core/origin/statement.ts', bundles, [
      [
        'if (kind !== null && accepted.includes(kind)) {',
        'if (kind !== null) {',
        'is accepted with provenance of version 0.2',
      ],
      [
        'Object.keys(value).length === countMembers(text)',
        'true',
        'is refused if two readers could read the statement differently',
      ],
    ]),
  ],
};
