/** Rules of code-host rulesets, as the generations of SignPath's policy files write them. */
import type { At, PolicyYaml } from './policy-yaml.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import { closest } from './vocabulary.ts';

export interface ScanningTool {
  readonly tool: string;
  readonly alerts?: string;
  readonly securityAlerts?: string;
}

/** What our `branchRulesets.rules` can express; several sources are merged to what satisfies all of them. */
export interface Rules {
  readonly flags: Map<string, boolean>;
  pullRequest: Map<string, boolean | number> | null;
  readonly codeScanning: ScanningTool[];
  /** Comments at a rule, by the line they belong to. */
  readonly comments: Map<string, string[]>;
  /** Where each was asked for first. */
  readonly places: Map<string, At>;
}

export function noRules(): Rules {
  return { flags: new Map(), pullRequest: null, codeScanning: [], comments: new Map(), places: new Map() };
}

const flagNames: ReadonlyMap<string, string> = new Map([
  ['restrict_creations', 'restrictCreations'],
  ['restrict_updates', 'restrictUpdates'],
  ['restrict_deletions', 'restrictDeletions'],
  ['block_force_pushes', 'blockForcePushes'],
  ['require_linear_history', 'requireLinearHistory'],
  ['require_signed_commits', 'requireSignedCommits'],
]);

/** Rule types of the code host's API, which the third generation uses. */
const typeNames: ReadonlyMap<string, string> = new Map([
  ['creation', 'restrictCreations'],
  ['update', 'restrictUpdates'],
  ['deletion', 'restrictDeletions'],
  ['non_fast_forward', 'blockForcePushes'],
  ['required_linear_history', 'requireLinearHistory'],
  ['required_signatures', 'requireSignedCommits'],
]);

/** Types that the API has and our rules lack. */
const otherTypes = [
  'required_status_checks',
  'required_deployments',
  'merge_queue',
  'commit_message_pattern',
  'commit_author_email_pattern',
  'committer_email_pattern',
  'branch_name_pattern',
  'tag_name_pattern',
  'workflows',
  'file_path_restriction',
  'max_file_path_length',
  'file_extension_restriction',
  'max_file_size',
  'copilot_code_review',
  'code_quality',
] as const;

const pullRequestNames: ReadonlyMap<string, string> = new Map([
  ['min_required_approvals', 'minApprovals'],
  ['required_approving_review_count', 'minApprovals'],
  ['dismiss_stale_reviews_on_push', 'dismissStaleReviews'],
  ['require_code_owner_review', 'requireCodeOwnerReview'],
  ['require_last_push_approval', 'requireLastPushApproval'],
  ['require_review_thread_resolution', 'requireThreadResolution'],
  ['required_review_thread_resolution', 'requireThreadResolution'],
]);

/** Parameters of the API's pull request rule that ours lacks. */
const otherPullRequestParameters = [
  'allowed_merge_methods',
  'automatic_copilot_code_review_enabled',
  'required_reviewers',
] as const;

const alertNames: ReadonlyMap<string, string> = new Map([
  ['none', 'none'],
  ['errors', 'errors'],
  ['warnings', 'errors-and-warnings'],
  ['errors_and_warnings', 'errors-and-warnings'],
  ['all', 'all'],
]);

const severityNames: ReadonlyMap<string, string> = new Map([
  ['none', 'none'],
  ['critical', 'critical'],
  ['high', 'high-or-higher'],
  ['high_or_higher', 'high-or-higher'],
  ['medium', 'medium-or-higher'],
  ['medium_or_higher', 'medium-or-higher'],
  ['all', 'all'],
]);

const approvalsMax = 10;

export class RuleReader {
  readonly #yaml: PolicyYaml;
  readonly #report: Report;

  constructor(yaml: PolicyYaml, report: Report) {
    this.#yaml = yaml;
    this.#report = report;
  }

  /** First and second generation: a list of groups, each key a rule. */
  named(list: At, rules: Rules): void {
    const pull = ['require_pull_request', 'pull_request'];
    const scanning = ['require_code_scanning', 'code_scanning'];
    const known = [...flagNames.keys(), ...pull, ...scanning];
    for (const item of this.#yaml.list(list, 'rules')) {
      for (const [name, at] of this.#yaml.group(item, 'A rule', known)) {
        const ours = flagNames.get(name);
        if (ours !== undefined) this.#flag(rules, ours, at, this.#yaml.flag(at, name), item);
        else if (pull.includes(name)) this.#pullRequest(rules, at, name, item);
        else this.#codeScanning(rules, at, name, item);
      }
    }
  }

  /** Third generation: a list of `type` and `parameters`, as the code host's API exports them. */
  typed(list: At, rules: Rules): void {
    for (const item of this.#yaml.list(list, 'rules')) {
      const group = this.#yaml.group(item, 'A rule', ['type', 'parameters']);
      const type = group.get('type');
      if (type === undefined) {
        this.#yaml.refuse(item.pointer, 'value', 'A rule has no type.', 'Write type: deletion, or another.');
        continue;
      }
      const name = this.#yaml.text(type, 'type');
      const parameters = group.get('parameters') ?? null;
      this.#carry(rules, '', type, item);
      const ours = typeNames.get(name);
      if (ours !== undefined) {
        this.#flag(rules, ours, type, true, item);
        if (parameters !== null) this.#leaveOut(parameters, `parameters of ${name}`);
      } else if (name === 'pull_request') {
        this.#pullRequest(rules, parameters ?? { value: null, pointer: type.pointer }, name, item);
      } else if (name === 'code_scanning' && parameters !== null) {
        this.#codeScanning(rules, parameters, name, item);
      } else if (otherTypes.some((otherType) => otherType === name)) {
        this.#leaveOut(type, `rule ${name}`);
      } else {
        const near = closest(name, [...typeNames.keys(), ...otherTypes, 'pull_request', 'code_scanning']);
        const fix = near === null ? 'Write a rule type of the code host.' : `Did you mean ${near}?`;
        this.#yaml.refuse(type.pointer, 'value', `The rule type ${quoted(name)} is not known.`, fix, false);
      }
    }
  }

  #leaveOut({ pointer }: At, what: string): void {
    this.#report.addAt(
      'left-out',
      this.#yaml.locate(pointer),
      what,
      'No equivalent in this format.',
      'Keep the rule at the code host; the signer won’t check it.',
    );
  }

  #flag(rules: Rules, name: string, at: At, value: boolean, item: At): void {
    rules.flags.set(name, value || rules.flags.get(name) === true);
    this.#carry(rules, name, at, item);
  }

  /** Comments at a rule go to the line that it becomes. */
  #carry(rules: Rules, name: string, at: At, item: At): void {
    const key = name === '' ? 'rules' : name;
    if (!rules.places.has(key)) rules.places.set(key, at);
    const comments = [...this.#yaml.takeComments(item.pointer), ...this.#yaml.takeCommentsBelow(at.pointer)];
    const known = rules.comments.get(key);
    if (known === undefined) rules.comments.set(key, comments);
    else for (const comment of comments) known.push(comment);
  }

  #pullRequest(rules: Rules, at: At, name: string, item: At): void {
    this.#carry(rules, 'pullRequest', at, item);
    if (at.value === false) {
      const place = this.#yaml.locate(at.pointer);
      this.#report.addAt(
        'note',
        place,
        `${name}: false`,
        'It requires nothing.',
        'Nothing: it is not written.',
      );
      return;
    }
    rules.pullRequest ??= new Map();
    if (at.value === true || at.value === null) return;
    const known = [...pullRequestNames.keys(), ...otherPullRequestParameters];
    for (const [key, inner] of this.#yaml.group(at, name, known)) {
      const ours = pullRequestNames.get(key);
      if (ours === undefined) {
        this.#leaveOut(inner, `${key} of ${name}`);
      } else if (ours === 'minApprovals') {
        const least = Number(rules.pullRequest.get(ours) ?? 0);
        rules.pullRequest.set(ours, Math.max(least, this.#yaml.whole(inner, key, approvalsMax)));
      } else {
        rules.pullRequest.set(ours, this.#yaml.flag(inner, key) || rules.pullRequest.get(ours) === true);
      }
    }
  }

  #codeScanning(rules: Rules, at: At, name: string, item: At): void {
    this.#carry(rules, 'codeScanning', at, item);
    const group = this.#yaml.group(at, name, ['tools', 'code_scanning_tools']);
    const tools = group.get('tools') ?? group.get('code_scanning_tools');
    if (tools === undefined) {
      this.#yaml.refuse(at.pointer, 'value', `${name} names no tools.`, 'Write tools: and a list.');
      return;
    }
    for (const tool of this.#yaml.list(tools, 'tools')) rules.codeScanning.push(this.#tool(tool));
  }

  #tool(at: At): ScanningTool {
    const keys = ['min_alerts_threshold', 'alerts_threshold'];
    const severities = ['min_security_alerts_threshold', 'security_alerts_threshold'];
    const group = this.#yaml.group(at, 'A tool', ['tool', ...keys, ...severities]);
    const tool = group.get('tool');
    if (tool === undefined) {
      return this.#yaml.refuse(at.pointer, 'value', 'A tool has no name.', 'Write tool: and its name.');
    }
    const alerts = keys.map((key) => group.get(key)).find((value) => value !== undefined);
    const security = severities.map((key) => group.get(key)).find((value) => value !== undefined);
    return {
      tool: this.#yaml.text(tool, 'tool'),
      ...(alerts === undefined ? {} : { alerts: this.#threshold(alerts, alertNames) }),
      ...(security === undefined ? {} : { securityAlerts: this.#threshold(security, severityNames) }),
    };
  }

  #threshold(at: At, names: ReadonlyMap<string, string>): string {
    const written = this.#yaml.text(at, 'The threshold');
    const ours = names.get(written.toLowerCase());
    if (ours !== undefined) return ours;
    const fix = `Write ${[...names.keys()].join(', ')}.`;
    return this.#yaml.refuse(at.pointer, 'value', `${quoted(written)} is not a threshold.`, fix, false);
  }
}
