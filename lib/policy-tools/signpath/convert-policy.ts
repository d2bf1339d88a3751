/** A SignPath policy file → a signing policy of ours, as far as the file covers it. */
import { Document } from 'yaml';
import type { Node } from 'yaml';
import type { SigningPolicy } from '#core/generated/index.ts';
import { gitlabOriginLines } from './convert-origin-gitlab.ts';
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
  const { yaml, slug, base } = options;
  const head = ['', ...policy.sections.map(({ pointer }) => pointer)].flatMap((pointer) =>
    yaml.takeComments(pointer),
  );
  const origin = originLines(policy, options);
  const lines: (Line | null)[] = [
    { key: 'apiVersion', value: 'countersign/v1' },
    { key: 'kind', value: 'SigningPolicy' },
    fromBase('description', base),
    { key: 'purpose', value: /(?:^|-)test(?:-|$)/.test(slug) ? 'test' : 'release' },
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
      : githubOriginLines(policy, options);
  const decided = new Set(
    base?.provider === 'gitlab' ? own.map(({ key }) => key) : ['runner', 'reruns', 'branchRulesets'],
  );
  const given = Object.entries(base ?? {})
    .filter(([key]) => !decided.has(key))
    .map(([key, value]): Line => ({ key, value: nodeOf(value) }));
  return [...given, ...own];
}

const githubOriginLines = (policy: SignpathPolicy, options: Options): readonly Line[] =>
  [runnerLine(policy, options), rerunsLine(policy, options), rulesetsLine(policy, options)].filter(
    (line) => line !== null,
  );

function runnerLine({ githubHosted, groups }: SignpathPolicy, { yaml, report }: Options): Line {
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
    const value = mapOf([{ key: 'groups', value: seqOf(groups.names.map(nodeOf)) }]);
    report.addAt('note', yaml.locate(groups.at.pointer), 'allowed_groups', askedOfHost, accessNeeded);
    return { key: 'runner', value, comments };
  }
  if (githubHosted?.value !== true) {
    const place = yaml.locate(githubHosted?.at.pointer ?? groups?.at.pointer ?? '');
    const why = 'The kind of runner must be stated here; SignPath Foundation requires hosted ones anyway.';
    const todo = 'Write runner: {groups: […]} for machines of your own.';
    report.addAt('changed', place, 'any runner may build', why, todo);
  }
  return hosted;
}

function rerunsLine({ disallowReruns }: SignpathPolicy, { yaml, report }: Options): Line | null {
  if (disallowReruns === null) {
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
  return { key: 'reruns', value: disallowReruns.value ? 'refused' : 'allowed', comments };
}

function rulesetsLine(policy: SignpathPolicy, { yaml, report }: Options): Line | null {
  const { conditions, rules, rulesets } = policy;
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
  const allowBypass = conditions.every((condition) => condition.allowBypass);
  const enforcedFrom = strictest(conditions.map((condition) => condition.enforcedFrom));
  for (const condition of conditions) {
    if (condition.allowBypass === allowBypass && condition.enforcedFrom === enforcedFrom) continue;
    const stated = `allow_bypass_actors ${condition.allowBypass}, enforced_from ${condition.enforcedFrom}`;
    const all = `allowBypass ${allowBypass}, enforcedFrom ${enforcedFrom}`;
    const why = `All rules share one setting here: the strictest, ${all}.`;
    const todo = 'Check that the rulesets of the repository meet it.';
    report.addAt('changed', yaml.locate(condition.at.pointer), `a ruleset with ${stated}`, why, todo);
  }
  const value = mapOf([
    { key: 'rules', value: mapOf(lines) },
    { key: 'allowBypass', value: allowBypass },
    { key: 'enforcedFrom', value: enforcedFrom },
  ]);
  report.addAt('note', yaml.locate(conditions[0]?.at.pointer ?? ''), 'rulesets', askedOfHost, accessNeeded);
  return { key: 'branchRulesets', value, comments };
}

const askedOfHost = 'The signer asks GitHub itself about this, each time it signs.';
const accessNeeded =
  'The foundation’s trust/root.yaml needs hostApi for the build system; without it the policy is refused.';

function strictest(all: readonly string[]): string {
  if (all.includes('earliest')) return 'earliest';
  const days = all.filter((start) => start !== 'current-build').sort();
  return days[0] ?? 'current-build';
}
