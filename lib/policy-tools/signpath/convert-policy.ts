/** A SignPath policy file → a signing policy of ours, as far as the file covers it. */
import { Document } from 'yaml';
import type { Node } from 'yaml';
import type { GitHubOrigin, SigningPolicy } from '#core/generated/index.ts';
import { gitlabOriginLines } from './convert-origin-gitlab.ts';
import { addRulesOf, baseAsksMore, keepOrLoosen, strictestStart } from './keep-base.ts';
import type { PolicyYaml } from './policy-yaml.ts';
import type { SignpathPolicy } from './read-policy.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import { mapOf, seqOf, yamlText } from './write-yaml.ts';
import type { Line } from './write-yaml.ts';

/** The code host's name for the group of its own runners. */
const hostedGroup = 'github actions';

const absent = [
  'SignPath keeps certificate, artifact configuration, submitters, approvers, repository, branches and the',
  'verification of the origin in its portal, not in this file. Add what is missing here.',
].join('\n');

/** `base`: a policy of ours that supplies what SignPath's file lacks; null: those lines are missing. */
export function convertPolicy(
  policy: SignpathPolicy,
  options: {
    readonly yaml: PolicyYaml;
    readonly report: Report;
    readonly slug: string;
    readonly base: SigningPolicy | null;
  },
): string {
  const { yaml, report, slug, base } = options;
  const purpose = /(?:^|-)test(?:-|$)/.test(slug) ? 'test' : 'release';
  if (base !== null && base.purpose !== purpose) {
    const why = `The file’s name says ${purpose}; the base policy is for ${base.purpose}.`;
    report.addAt(
      'changed',
      yaml.locate(''),
      `purpose ${purpose}`,
      why,
      'Check the purpose, and the certificate with it.',
    );
  }
  const head = ['', ...policy.sections.map(({ pointer }) => pointer)].flatMap((pointer) =>
    yaml.takeComments(pointer),
  );
  const origin = originLines(policy, options);
  const lines: (Line | null)[] = [
    { key: 'apiVersion', value: 'countersign/v1' },
    { key: 'kind', value: 'SigningPolicy' },
    fromBase('description', base),
    { key: 'purpose', value: purpose },
    fromBase('certificate', base),
    fromBase('artifactConfiguration', base),
    fromBase('submitters', base),
    { key: 'origin', value: mapOf(origin), comments: base === null ? [absent] : [] },
    { key: 'scan', value: 'required' },
    fromBase('approval', base),
    { key: 'timestamp', value: 'required' },
    fromBase('notifications', base),
  ];
  return yamlText(mapOf(lines), head, yaml.takeCommentsBelow(''));
}

function fromBase(key: keyof SigningPolicy, base: SigningPolicy | null): Line | null {
  const value = base?.[key];
  return value === undefined ? null : { key, value: nodeOf(value) };
}

function nodeOf(value: unknown): Node {
  return new Document(undefined, { version: '1.2', schema: 'core' }).createNode(value);
}

interface Options {
  readonly yaml: PolicyYaml;
  readonly report: Report;
  readonly base: SigningPolicy | null;
}

/** Lines of `origin` that SignPath's file determines; they replace the base's lines of the same name. */
function originLines(policy: SignpathPolicy, options: Options): Line[] {
  const base = options.base?.origin;
  const own =
    base?.provider === 'gitlab'
      ? gitlabOriginLines(policy, { ...options, base })
      : githubOriginLines(policy, { ...options, base: base ?? null });
  const decided = new Set(
    base?.provider === 'gitlab' ? own.map(({ key }) => key) : ['runner', 'reruns', 'branchRulesets'],
  );
  const given = Object.entries(base ?? {})
    .filter(([key]) => !decided.has(key))
    .map(([key, value]): Line => ({ key, value: nodeOf(value) }));
  return [...given, ...own];
}

interface GitHubOptions extends Omit<Options, 'base'> {
  readonly base: GitHubOrigin | null;
}

const githubOriginLines = (policy: SignpathPolicy, options: GitHubOptions): readonly Line[] =>
  [runnerLine(policy, options), rerunsLine(policy, options), rulesetsLine(policy, options)].filter(
    (line) => line !== null,
  );

function runnerLine(
  { githubHosted, groups, isAboutGitHub }: SignpathPolicy,
  { yaml, report, base }: GitHubOptions,
): Line {
  const pointers = [githubHosted?.at.pointer, groups?.at.pointer].filter((pointer) => pointer !== undefined);
  const comments = pointers.flatMap((pointer) => [
    ...yaml.takeComments(pointer.slice(0, pointer.lastIndexOf('/'))),
    ...yaml.takeCommentsBelow(pointer),
  ]);
  const others = groups?.names.filter((name) => name.toLowerCase() !== hostedGroup) ?? [];
  const hosted: Line = { key: 'runner', value: 'github-hosted', comments };
  if (githubHosted?.value === true && groups !== null && others.length > 0) {
    report.addAt(
      'left-out',
      yaml.locate(groups.at.pointer),
      `allowed_groups ${quoted(groups.names.join(', '))} beside require_github_hosted`,
      'Only one of the two can be required.',
      'Write runner: {groups: […]} if the groups matter more than who operates the machines.',
    );
    return hosted;
  }
  if (githubHosted?.value !== true && groups !== null && groups.names.length > 0) {
    if (others.length === 0) return hosted;
    const names = groupsOf(groups.names, base);
    if (names.length < groups.names.length) {
      const what = `allowed_groups ${quoted(groups.names.join(', '))}`;
      report.addAt('changed', yaml.locate(groups.at.pointer), what, baseAsksMore, keepOrLoosen);
    }
    if (names.length === 0) return { key: 'runner', value: nodeOf(base?.runner), comments };
    const value = mapOf([{ key: 'groups', value: seqOf(names.map(nodeOf)) }]);
    report.addAt('note', yaml.locate(groups.at.pointer), 'allowed_groups', askedOfHost, accessNeeded);
    return { key: 'runner', value, comments };
  }
  const asksHosted = githubHosted?.value === true;
  if (!asksHosted && base !== null) return { key: 'runner', value: nodeOf(base.runner), comments };
  if (asksHosted && base !== null && typeof base.runner !== 'string') {
    const why = `The base policy names the groups ${quoted(base.runner.groups.join(', '))}; only one of the two can be required.`;
    const place = yaml.locate(githubHosted.at.pointer);
    report.addAt('changed', place, 'require_github_hosted', why, 'Check which of the two is meant.');
  }
  if (!asksHosted && isAboutGitHub) {
    const place = yaml.locate(githubHosted?.at.pointer ?? groups?.at.pointer ?? '');
    const why = 'The kind of runner must be stated here; SignPath Foundation requires hosted ones anyway.';
    const todo = 'Write runner: {groups: […]} for machines of your own.';
    report.addAt('changed', place, 'any runner may build', why, todo);
  }
  return hosted;
}

/** Of the groups those in which the base allows builds; none: those of the base alone count. */
function groupsOf(names: readonly string[], base: GitHubOrigin | null): readonly string[] {
  if (base === null) return names;
  const { runner } = base;
  return typeof runner === 'string' ? [] : names.filter((name) => runner.groups.includes(name));
}

function rerunsLine(
  { disallowReruns, isAboutGitHub }: SignpathPolicy,
  { yaml, report, base }: GitHubOptions,
): Line | null {
  const isAllowed = base?.reruns === 'allowed';
  if (disallowReruns === null) {
    if (base?.reruns !== undefined) return { key: 'reruns', value: base.reruns };
    if (!isAboutGitHub) return null;
    const why = 'Without this line, repeated runs are refused here and accepted by SignPath.';
    const todo = 'Write reruns: allowed if releases depend on it.';
    report.addAt('changed', yaml.locate(''), 'no disallow_reruns', why, todo);
    return null;
  }
  const { pointer } = disallowReruns.at;
  const comments = [
    ...yaml.takeComments(pointer.slice(0, pointer.lastIndexOf('/'))),
    ...yaml.takeComments(pointer),
  ];
  const { value } = disallowReruns;
  const isStricter = !value && base !== null && !isAllowed;
  if (isStricter)
    report.addAt('changed', yaml.locate(pointer), 'disallow_reruns false', baseAsksMore, keepOrLoosen);
  return { key: 'reruns', value: value || isStricter ? 'refused' : 'allowed', comments };
}

function rulesetsLine(policy: SignpathPolicy, { yaml, report, base }: GitHubOptions): Line | null {
  const { conditions, rules, rulesets } = policy;
  const kept = base?.branchRulesets;
  const asksRules = rules.flags.size > 0 || rules.pullRequest !== null || rules.codeScanning.length > 0;
  const more = addRulesOf(kept, rules);
  const lines: Line[] = [...rules.flags].map(([key, value]) => ({
    key,
    value,
    comments: rules.comments.get(key) ?? [],
  }));
  if (rules.pullRequest !== null) {
    const value = mapOf([...rules.pullRequest].map(([key, inner]) => ({ key, value: inner })));
    lines.push({ key: 'pullRequest', value, comments: rules.comments.get('pullRequest') ?? [] });
  }
  if (rules.codeScanning.length > 0) {
    const comments = rules.comments.get('codeScanning') ?? [];
    lines.push({ key: 'codeScanning', value: nodeOf(rules.codeScanning), comments });
  }
  const comments = [
    ...rulesets.flatMap(({ pointer }) => yaml.takeComments(pointer)),
    ...(rules.comments.get('rules') ?? []),
    ...conditions.flatMap(({ at }) => yaml.takeCommentsBelow(at.pointer)),
  ];
  if (lines.length === 0) return null;
  const asked = {
    allowBypass: conditions.every((one) => one.allowBypass),
    from: strictestStart(conditions.map((one) => one.enforcedFrom)),
  };
  const allowBypass = asked.allowBypass && (kept === undefined || kept.allowBypass === true);
  const enforcedFrom = strictestStart([asked.from, kept?.enforcedFrom ?? 'current-build']);
  if (allowBypass !== asked.allowBypass) more.push('allowBypass');
  if (enforcedFrom !== asked.from) more.push('enforcedFrom');
  // Of a file that asks for no rules the base’s stay what they are.
  if (asksRules && more.length > 0) {
    const place = yaml.locate(conditions[0]?.at.pointer ?? '');
    report.addAt('changed', place, `rulesets without ${more.join(', ')}`, baseAsksMore, keepOrLoosen);
  }
  for (const condition of conditions) {
    if (condition.allowBypass === asked.allowBypass && condition.enforcedFrom === asked.from) continue;
    const stated = `allow_bypass_actors ${condition.allowBypass}, enforced_from ${condition.enforcedFrom}`;
    const all = `allowBypass ${asked.allowBypass}, enforcedFrom ${asked.from}`;
    const why = `All rules share one setting here: the strictest, ${all}.`;
    const todo = 'Check that the rulesets of the repository meet it.';
    report.addAt('changed', yaml.locate(condition.at.pointer), `a ruleset with ${stated}`, why, todo);
  }
  const value = mapOf([
    { key: 'rules', value: mapOf(lines) },
    { key: 'allowBypass', value: allowBypass },
    { key: 'enforcedFrom', value: enforcedFrom },
  ]);
  if (asksRules)
    report.addAt('note', yaml.locate(conditions[0]?.at.pointer ?? ''), 'rulesets', askedOfHost, accessNeeded);
  return { key: 'branchRulesets', value, comments };
}

const askedOfHost = 'The signer asks GitHub itself about this, each time it signs.';
const accessNeeded =
  'The foundation’s trust/root.yaml needs hostApi for the build system; without it the policy is refused.';
