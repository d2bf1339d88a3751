import { guards, type Area } from '../mutant.ts';

const attacks = 'signer/daemon/code-host/attacks.test.ts';
const protection = 'signer/daemon/code-host/protection.test.ts';
const misbehaving = 'signer/daemon/code-host/misbehaving-host.test.ts';
const check = 'signer/daemon/checks/host.test.ts';
const hidden = 'signer/daemon/code-host/workflow.test.ts';
const artifact = 'signer/daemon/code-host/run-artifact.test.ts';
const file = 'lib/core/origin/github/host/workflow-file.test.ts';
const host = 'lib/core/origin/github/host';

/** What the code host is asked, and that nothing but its answer is a yes. */
export const codeHost: Area = {
  name: 'code-host',
  mutants: [
    ...guards(`${host}/index.ts`, attacks, [
      ['        repository(look, judge),\n', '', 'a repository that another account owns by now'],
      ['        commitOnBranch(look, judge),\n', '', 'an imposter commit'],
      ['        ...tagUnmoved(look, judge, peelsMax),\n', '', 'a tag that moved'],
      ['        ...release(look, judge),\n', '', 'a release that can still be changed'],
      ['        ...workflowFile(look, judge),\n', '', 'a pwn request'],
    ]),
    ...guards(`${host}/index.ts`, protection, [
      ['        ...branchProtection(look, judge),\n', '', 'a weaker rule than the policy’s is none'],
      ['        ...tagProtection(look, judge),\n', '', 'of tags counts where it is about the tag'],
    ]),
    ...guards(`${host}/build.ts`, attacks, [
      [' || String(owner.id) !== wanted.ownerId', '', 'a repository that another account owns by now'],
      ['String(id) !== wanted.id || ', '', 'a name that was registered again'],
      ['run.event === claims.trigger ? []', 'true ? []', 'a workflow that differs'],
      [
        "['success', 'skipped', 'neutral']",
        "['success', 'skipped', 'neutral', 'failure']",
        'is refused as soon as a job failed',
      ],
      ['open.length > 1 || ', '', 'is waited for while another job runs'],
      ['running.length !== open.length', 'false', 'is waited for while another job runs'],
    ]),
    ...guards(`${host}/index.ts`, artifact, [
      ['        ...runArtifact(look, judge),\n', '', 'another run’s artifact with the same digest'],
    ]),
    ...guards(`${host}/artifact.ts`, artifact, [
      ['({ digest }) => digest === look.digest', '() => true', 'a file that isn’t an artifact of the run'],
      ["['of run', text(of?.id), run.id]", "['of run', run.id, run.id]", 'another run’s artifact'],
      [
        "['of repository', text(of?.repository_id), policy.repository.id]",
        "['of repository', policy.repository.id, policy.repository.id]",
        'another repository’s artifact, a fork’s',
      ],
      [
        "['code of repository', text(of?.head_repository_id), policy.repository.id]",
        "['code of repository', policy.repository.id, policy.repository.id]",
        'another repository’s artifact, a fork’s',
      ],
      [
        "['of commit', text(of?.head_sha), claims.commit]",
        "['of commit', claims.commit, claims.commit]",
        'another repository’s artifact, a fork’s',
      ],
      ["...(expired ? ['expired'] : [])", '', 'an artifact that expired'],
      [' && !one.unsaid', '', 'an artifact that doesn’t say whose it is'],
      ['wrong.length === 0)) {', 'wrong.length >= 0)) {', 'an artifact that doesn’t say whose it is'],
      ['!expired && !isDigest(digest)', '!isDigest(digest)', 'an artifact whose digest isn’t told'],
      [".replaceAll(/[^\\p{L}\\p{N}._+@ -]/gu, '?')", '', 'names are a stranger’s'],
    ]),
    ...guards(`${host}/questions.ts`, artifact, [
      ['if (more) return { said', 'if (more && false) return { said', 'more than one page is unknown'],
      ['if (artifacts.length === total) return', 'if (total >= 0) return', 'a list that lacks an entry'],
    ]),
    ...guards(`${host}/context.ts`, attacks, [
      [
        "['identical', 'behind'].includes(compared.said.status) &&\n    compared.said.merge_base_commit.sha === claims.commit",
        "compared.said.status !== ''",
        'an imposter commit',
      ],
    ]),
    ...guards('lib/core/origin/host-judge.ts', misbehaving, [
      ["if (whatUnknownMeans === 'deny') return fail", 'if (false) return fail', 'is no answer, and refuses'],
    ]),
    ...guards(`${host}/rulesets.ts`, protection, [
      ['  if (actors === undefined) {', '  if (false) {', 'whose bypass isn’t told is unknown'],
      ['if (actors.length === 0) return held;', 'return held;', 'that somebody can bypass is none'],
      [
        "if (version.enforcement !== 'active') return",
        'if (false) return',
        'that was changed since is followed',
      ],
      ['if (Date.parse(created) > from.getTime()) {', 'if (false) {', 'that came after the run began'],
    ]),
    ...guards(`${host}/protected.ts`, protection, [
      ['said.enforce_admins?.enabled !== true', 'false', 'that administrators or others can bypass'],
      ['if (!classicCounts(wanted)) return {', 'if (false) return {', 'has no dates'],
    ]),
    ...guards(`${host}/questions.ts`, attacks, [
      ['part(`refs/heads/${branch}`)', 'part(branch)', 'a tag with the name of the branch'],
    ]),
    ...guards(`${host}/rulesets.ts`, protection, [
      [
        "if (now === null && target === 'branch')",
        "if (target === 'branch')",
        'that was about other branches until the run was over',
      ],
      ['|| a.version_id - b.version_id', '', 'that was switched off and on within a second'],
      [
        "  if ((ruleset.source_type ?? 'Repository') !== 'Repository') {",
        '  if (false) {',
        'of an organization that was changed since',
      ],
    ]),
    ...guards(`${host}/needs.ts`, protection, [
      ['rule.type === type && isWhole(rule)', 'rule.type === type', 'under which whoever may write'],
      [' && syncs?.enabled !== true', '', 'under which whoever may write'],
    ]),
    ...guards(`${host}/contents.ts`, hidden, [
      ["if ('unreadable' in said) {", 'if (false) {', 'a workflow file that nobody can read for certain'],
      ['strangers.includes(trigger.toLowerCase())', 'strangers.includes(trigger)', 'an event of strangers'],
      ['...elsewhere.filter(isLocal)', '...[].filter(isLocal)', 'actions and images that the workflow has'],
      [
        'said.elsewhere.filter((uses) => !vouched',
        'said.elsewhere.filter((uses) => vouched.length === 0 && !vouched',
        'the pinned builder at another ref',
      ],
    ]),
    ...guards('lib/core/yaml/plain-text.ts', file, [
      [
        'if (hidden < 0) return { text };',
        'if (hidden < 0 || text !== null) return { text };',
        'by its reason',
      ],
    ]),
    ...guards('lib/core/yaml/compose.ts', file, [
      [', ...duplicateKeys(document)];', '];', 'by its reason'],
      ['...document.errors, ', '', 'by its reason'],
      ['documents.length !== 1', 'false', 'by its reason'],
      [
        'const problem = scan.look(token);',
        "const problem = token === '' ? scan.look(token) : null;",
        'by its reason',
      ],
    ]),
    ...guards('lib/core/yaml/duplicate-keys.ts', file, [
      [' || names.has(name)', '', 'by its reason'],
      ['values.has(key.value) || ', '', 'by its reason'],
    ]),
    ...guards(`${host}/workflow-file.ts`, file, [
      ['/^\\.[/\\\\]/.test(uses)', "uses.startsWith('./')", 'nowhere in a local action'],
      ["if (part === '..') parts.pop();\n    else ", '', 'that is restored by'],
    ]),
    ...guards(`${host}/caching-actions.ts`, file, [
      ["if (given.some(([name]) => name.includes('${{'))) return true;", '', 'where an expression inserts'],
    ]),
    ...guards('signer/daemon/code-host/ask.ts', misbehaving, [
      [
        'if (exchange.status !== 403 && exchange.status !== 429) return null;',
        "if (exchange.kind !== 'answer' || (exchange.status !== 403 && exchange.status !== 429)) return null;",
        'is waited for and decides nothing',
      ],
      ['(Number.isNaN(hostNow) ? at.getTime() : hostNow)', 'at.getTime()', 'is counted by the host’s clock'],
    ]),
    ...guards('signer/daemon/code-host/budget.ts', 'signer/daemon/code-host/budget.test.ts', [
      [
        'own >= requestsPerHourMax - used',
        'own >= requestsPerHourMax',
        'one project may use half of an hour',
      ],
    ]),
    ...guards('signer/daemon/code-host/cache.ts', 'signer/daemon/code-host/cache.test.ts', [
      [' && held <= bytesMax', '', 'answers are kept by number and by size'],
    ]),
    ...guards('signer/daemon/code-host/send.ts', 'signer/daemon/code-host/send.test.ts', [
      ['if (bytes > bytesMax) return null;', 'if (bytes < 0) return null;', 'a small answer that unpacks'],
    ]),
    ...guards('signer/daemon/code-host/send.ts', misbehaving, [
      ["redirect: 'manual'", "redirect: 'follow'", 'a redirect to another host is not followed'],
    ]),
    ...guards('signer/daemon/code-host/open.ts', misbehaving, [
      ['.slice(0, hostRequestsMax - asked.length)', '', 'a policy that needs more than twelve requests'],
      [
        'if (host.limitedUntil !== null && host.limitedUntil > now()) throw',
        'if (false) throw',
        'a long one holds for every look',
      ],
    ]),
    ...guards('signer/daemon/checks/host.ts', check, [
      [
        'if (questions.unknownDenies(policy)) waitForOutage',
        'if (false) waitForOutage',
        'that is down decides nothing',
      ],
      ['sha256: origin.digests.sha256 };', 'sha256: origin.bundleSha256 };', 'is asked about the file'],
      ['if (later !== null && !isRefused) {', 'if (false) {', 'has a run that isn’t over asked about again'],
      ['return isRefused ? { ok: false, findings } : ', 'return ', 'refuses by its answers'],
    ]),
    ...guards('signer/daemon/grant/index.ts', 'signer/daemon/grant/mint-grant.test.ts', [
      [
        'require(host.policyDigest ===',
        'require(effective.digest ===',
        'is refused if the code host was asked',
      ],
      [
        'require(host.bundleSha256 ===',
        'require((origin?.bundleSha256 ?? null) ===',
        'is refused if the code host was asked',
      ],
      [
        'require(host.artifactSha256 ===',
        'require((origin?.digests.sha256 ?? null) ===',
        'is refused if the code host was asked',
      ],
    ]),
    ...guards('lib/core/policy/fields/origin.ts', 'signer/daemon/checks/origin.test.ts', [
      ['buildSystem?.hostApi !== undefined', 'true', 'is refused for'],
    ]),
  ],
};
