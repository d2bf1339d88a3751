import { guards, type Area } from '../mutant.ts';

const attacks = 'signer/daemon/code-host/attacks.test.ts';
const protection = 'signer/daemon/code-host/protection.test.ts';
const misbehaving = 'signer/daemon/code-host/misbehaving-host.test.ts';
const check = 'signer/daemon/checks/host.test.ts';
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
    ...guards(`${host}/context.ts`, attacks, [
      ["['identical', 'behind']", "['identical', 'behind', 'ahead']", 'an imposter commit'],
    ]),
    ...guards('lib/core/origin/host-judge.ts', misbehaving, [
      ["if (whatUnknownMeans === 'deny') return fail", 'if (false) return fail', '%s is no answer'],
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
    ]),
    ...guards('lib/core/policy/fields/origin.ts', 'signer/daemon/checks/origin.test.ts', [
      ['buildSystem?.hostApi !== undefined', 'true', 'is refused for %s'],
    ]),
  ],
};
