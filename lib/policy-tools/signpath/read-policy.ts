/** `.signpath/policies/<project>/<policy>.yml` → what it requires of the build, in whichever generation of the format it is written. */
import type { At, PolicyYaml } from './policy-yaml.ts';
import type { Report } from './report.ts';
import { quoted } from './source.ts';
import { noRules, RuleReader } from './ruleset-rules.ts';
import type { Rules } from './ruleset-rules.ts';

export interface Condition {
  readonly at: At;
  readonly allowBypass: boolean;
  /** current-build, earliest, or a day as YYYY-MM-DD. */
  readonly enforcedFrom: string;
}

export interface SignpathPolicy {
  readonly githubHosted: { readonly value: boolean; readonly at: At } | null;
  readonly groups: { readonly names: readonly string[]; readonly at: At } | null;
  readonly disallowReruns: { readonly value: boolean; readonly at: At } | null;
  readonly conditions: readonly Condition[];
  /** Whether it says anything of builds on GitHub. */
  readonly isAboutGitHub: boolean;
  /** The rules of all conditions together. */
  readonly rules: Rules;
  /** The sections at the top of the file, to carry comments. */
  readonly sections: readonly At[];
  /** Where rulesets are required, to carry comments. */
  readonly rulesets: readonly At[];
}

const sections = [
  'github-policies',
  'github-build-policies',
  'github-scm-policies',
  'azure-devops-build-policies',
] as const;

/** Throws SignpathError with line and column for keys and values that no generation knows. */
export function readPolicy(yaml: PolicyYaml, report: Report): SignpathPolicy {
  return new Reading(yaml, report).policy();
}

class Reading {
  readonly #yaml: PolicyYaml;
  readonly #report: Report;
  readonly #reader: RuleReader;
  readonly #rules = noRules();
  readonly #conditions: Condition[] = [];
  readonly #rulesets: At[] = [];
  #githubHosted: SignpathPolicy['githubHosted'] = null;
  #groups: SignpathPolicy['groups'] = null;
  #disallowReruns: SignpathPolicy['disallowReruns'] = null;

  constructor(yaml: PolicyYaml, report: Report) {
    this.#yaml = yaml;
    this.#report = report;
    this.#reader = new RuleReader(yaml, report);
  }

  policy(): SignpathPolicy {
    const top = this.#yaml.group(this.#yaml.root, 'A SignPath policy file', sections);
    const [first] = top.keys();
    if (first === undefined) {
      this.#yaml.refuse('', 'value', 'The file is empty.', 'It begins with github-policies:.');
    }
    const old = top.get('github-policies');
    const build = top.get('github-build-policies');
    const scm = top.get('github-scm-policies');
    const azure = top.get('azure-devops-build-policies');
    if (old !== undefined && (build ?? scm) !== undefined) {
      const message = 'github-policies appears together with sections of a newer generation.';
      this.#yaml.refuse(old.pointer, 'value', message, 'Keep one of the two.');
    }
    if (old !== undefined) this.#build(old, 'github-policies');
    if (build !== undefined) this.#build(build, 'github-build-policies');
    if (scm !== undefined) this.#scm(scm);
    if (azure !== undefined) {
      const why =
        'Builds of Azure Pipelines can’t be verified here; those of GitHub Actions and GitLab CI/CD can.';
      const todo = 'Build with one of these, and write what its builds have to meet into the origin.';
      const place = this.#yaml.locate(azure.pointer);
      this.#report.addAt('left-out', place, 'azure-devops-build-policies', why, todo);
    }
    return {
      githubHosted: this.#githubHosted,
      groups: this.#groups,
      disallowReruns: this.#disallowReruns,
      conditions: this.#conditions,
      isAboutGitHub: (old ?? build ?? scm) !== undefined,
      rules: this.#rules,
      sections: [...top.values()],
      rulesets: this.#rulesets,
    };
  }

  /** Sections of the first and second generation contain `build`; the third has its keys one level up. */
  #build(at: At, name: string): void {
    const known =
      name === 'github-policies'
        ? ['runners', 'build', 'branch_rulesets']
        : ['version', 'runners', 'build', 'branch_rulesets', 'disallow_reruns'];
    const group = this.#yaml.group(at, name, known);
    this.#version(group.get('version'));
    const runners = group.get('runners');
    if (runners !== undefined) this.#runners(runners);
    const build = group.get('build');
    const inner = build === undefined ? group : this.#yaml.group(build, 'build', ['disallow_reruns']);
    const reruns = inner.get('disallow_reruns');
    if (reruns !== undefined) {
      this.#disallowReruns = { value: this.#yaml.flag(reruns, 'disallow_reruns'), at: reruns };
    }
    const rulesets = group.get('branch_rulesets');
    if (rulesets !== undefined) this.#branchRulesets(rulesets);
  }

  #version(at: At | undefined): void {
    if (at === undefined || at.value === '1.0' || at.value === 1) return;
    const message = `Version ${quoted(String(at.value))} is not known.`;
    this.#yaml.refuse(at.pointer, 'value', message, "Write '1.0'.", false);
  }

  #runners(at: At): void {
    const hosted = ['require_github_hosted', 'required_github_hosted'];
    const group = this.#yaml.group(at, 'runners', [...hosted, 'allowed_groups']);
    for (const key of hosted) {
      const flag = group.get(key);
      if (flag !== undefined) this.#githubHosted = { value: this.#yaml.flag(flag, key), at: flag };
    }
    const groups = group.get('allowed_groups');
    if (groups !== undefined) {
      const names = this.#yaml
        .list(groups, 'allowed_groups')
        .map((group) => this.#yaml.text(group, 'A group'));
      this.#groups = { names: [...new Set(names)], at: groups };
    }
  }

  /** `allow_bypass_actors` and `enforced_from` are inside the condition or next to it. */
  #branchRulesets(at: At): void {
    this.#rulesets.push(at);
    for (const item of this.#yaml.list(at, 'branch_rulesets')) {
      const outer = this.#yaml.group(item, 'A ruleset', [
        'condition',
        'allow_bypass_actors',
        'enforced_from',
      ]);
      const condition = outer.get('condition');
      if (condition === undefined) {
        this.#yaml.refuse(
          item.pointer,
          'value',
          'The ruleset has no condition.',
          'Write condition: and rules:.',
        );
        continue;
      }
      const inner = this.#yaml.group(condition, 'condition', [
        'rules',
        'allow_bypass_actors',
        'enforced_from',
      ]);
      const rules = inner.get('rules');
      if (rules !== undefined) this.#reader.named(rules, this.#rules);
      this.#condition(item, new Map([...outer, ...inner]));
    }
  }

  #scm(at: At): void {
    const group = this.#yaml.group(at, 'github-scm-policies', ['version', 'ruleset_constraints']);
    this.#version(group.get('version'));
    const constraints = group.get('ruleset_constraints');
    if (constraints === undefined) return;
    this.#rulesets.push(constraints);
    const known = ['rules', 'allow_bypass_actors', 'enforced_from'];
    for (const item of this.#yaml.list(constraints, 'ruleset_constraints')) {
      const inner = this.#yaml.group(item, 'A constraint', known);
      const rules = inner.get('rules');
      if (rules !== undefined) this.#reader.typed(rules, this.#rules);
      this.#condition(item, inner);
    }
  }

  #condition(at: At, keys: ReadonlyMap<string, At>): void {
    const bypass = keys.get('allow_bypass_actors');
    const from = keys.get('enforced_from');
    this.#conditions.push({
      at,
      allowBypass: bypass !== undefined && this.#yaml.flag(bypass, 'allow_bypass_actors'),
      enforcedFrom: from === undefined ? 'current-build' : this.#enforcedFrom(from),
    });
  }

  #enforcedFrom(at: At): string {
    const written = this.#yaml.text(at, 'enforced_from');
    if (written.toUpperCase() === 'EARLIEST') return 'earliest';
    if (written.toUpperCase() === 'CURRENT_BUILD') return 'current-build';
    const pattern =
      /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?) ?(?:Z|[+-]\d{2}:?\d{2})?)?$/;
    const [, year = '', month = '', day = '', time = '00:00'] = pattern.exec(written) ?? [];
    const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
    if (year === '' || date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) {
      const message = `enforced_from is ${quoted(written)}.`;
      this.#yaml.refuse(at.pointer, 'value', message, 'Write EARLIEST, CURRENT_BUILD or a date.', false);
    }
    if (/[1-9]/.test(time)) {
      const why = 'Only days can be written here; the rules must apply from the beginning of that day.';
      const place = this.#yaml.locate(at.pointer);
      const todo = 'Write the day after, if the rules came into force on this one.';
      this.#report.addAt('changed', place, `enforced_from ${quoted(written)}`, why, todo);
    }
    return `${year}-${month}-${day}`;
  }
}
