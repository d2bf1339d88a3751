/**
 * What the build's own files allow: rights of its token, code of others that can change under it, and triggers that run
 * a stranger's code with the project's rights. After the checks of the OpenSSF Scorecard of the same purpose.
 */
import { isMap, isScalar, isSeq, LineCounter } from 'yaml';
import type { Document, Node } from 'yaml';
import type { Answers } from './answers.ts';
import { parseBuildFile } from './build-file.ts';
import { asksFile, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const source = asksFile('.github/workflows');
const frames = {
  token: {
    id: 'workflow-token',
    group: 'practices',
    title: 'Rights of the build’s token',
    source,
    gaming: 'low',
    explanation:
      'Whether every workflow says which rights its token has. Without that, some repositories give it the right to write.',
  },
  pinned: {
    id: 'workflow-pinned',
    group: 'practices',
    title: 'Pinned actions',
    source,
    gaming: 'low',
    explanation:
      'Whether actions are named by a full commit. A tag can be moved to other code, and then builds run it.',
  },
  triggers: {
    id: 'workflow-triggers',
    group: 'practices',
    title: 'Dangerous workflows',
    source,
    gaming: 'low',
    explanation:
      'Triggers that run with the project’s rights on a stranger’s pull request together with its code, and texts of strangers put into a script.',
  },
} as const satisfies Record<string, SignalFrame>;

/** Texts that anybody who opens an issue or a pull request can write, inside one expression. */
const strangersText =
  /\bgithub\.(?:head_ref|event\.[\w.*[\]'-]{0,200}\.(?:title|body|message|email|name|label|ref|head_branch|display_title|page_name))\b/;
const expression = /\$\{\{([^}]{1,300})\}\}/g;
const scriptCharactersMax = 50_000;
const pullHead =
  /\bgithub\.(?:event\.pull_request\.head\.(?:sha|ref)|head_ref|event\.workflow_run\.head_(?:sha|branch))\b/;

interface Found {
  readonly withoutRights: string[];
  readonly pinned: string[];
  readonly unpinned: string[];
  readonly dangers: string[];
  readonly unreadable: string[];
}

export function workflowSignals(answers: Answers): readonly Signal[] {
  const answer = answers.workflows;
  if (!answer.ok) {
    return [frames.token, frames.pinned, frames.triggers].map((frame) => unverified(frame, answer.reason));
  }
  const { files } = answer.value;
  const found: Found = { withoutRights: [], pinned: [], unpinned: [], dangers: [], unreadable: [] };
  for (const file of files) lookAt(file.path.split('/').at(-1) ?? file.path, file.text, found);
  const readable = files.length - found.unreadable.length;
  if (files.length > 0 && readable === 0) {
    return [frames.token, frames.pinned, frames.triggers].map((frame) =>
      unverified(frame, 'the workflows can’t be read'),
    );
  }
  const unread = found.unreadable.map((name) => `${name}: can’t be read`);
  const actions = found.pinned.length + found.unpinned.length;
  if (files.length === 0) {
    return [frames.token, frames.pinned, frames.triggers].map((frame) =>
      verified(frame, 'there are no workflows', 'neutral'),
    );
  }
  return [
    verified(
      frames.token,
      found.withoutRights.length === 0
        ? `said in every workflow (${readable})`
        : `not limited in ${found.withoutRights.length} of ${readable}`,
      found.withoutRights.length === 0 ? 'good' : 'look',
      [...found.withoutRights, ...unread],
    ),
    verified(
      frames.pinned,
      actions === 0 ? 'no actions of others' : `${found.pinned.length} of ${actions} uses`,
      found.unpinned.length === 0 ? 'good' : 'look',
      [...found.unpinned, ...unread],
    ),
    verified(
      frames.triggers,
      found.dangers.length === 0 ? 'none found' : `${found.dangers.length} to check`,
      found.dangers.length === 0 ? 'good' : 'look',
      [...found.dangers, ...unread],
    ),
  ];
}

function lookAt(name: string, text: string, found: Found): void {
  const lines = new LineCounter();
  const document = parseBuildFile(text, lines);
  if (document === null || !isMap(document.contents)) {
    found.unreadable.push(name);
    return;
  }
  const at = (node: Node): string => `${name}:${lines.linePos(node.range?.[0] ?? 0).line}`;
  const jobs = document.get('jobs');
  if (!limits(document.get('permissions')) && !everyJobLimits(jobs)) {
    found.withoutRights.push(`${name}: no limit on permissions`);
  }
  const strange = triggersOf(document).filter(
    (trigger) => trigger === 'pull_request_target' || trigger === 'workflow_run',
  );
  const walk = (node: unknown, key: string): void => {
    if (isMap(node)) {
      for (const pair of node.items) walk(pair.value, isScalar(pair.key) ? String(pair.key.value) : '');
      return;
    }
    if (isSeq(node)) {
      for (const item of node.items) walk(item, key);
      return;
    }
    if (!isScalar(node) || typeof node.value !== 'string') return;
    const { value } = node;
    if (key === 'uses') useOf(value, at(node), found);
    if (key === 'ref' && strange.length > 0 && pullHead.test(value.slice(0, 1_000))) {
      found.dangers.push(`${at(node)}: on ${strange.join(', ')}, checks out the pull request’s own code`);
    }
    if (key === 'run' && holdsStrangersText(value)) {
      found.dangers.push(`${at(node)}: puts text of strangers into a script`);
    }
  };
  walk(jobs, 'jobs');
}

function holdsStrangersText(script: string): boolean {
  for (const [, inside = ''] of script.slice(0, scriptCharactersMax).matchAll(expression)) {
    if (strangersText.test(inside)) return true;
  }
  return false;
}

/** A map of rights, or `read-all`, `{}`, none: anything but `write-all`. */
function limits(permissions: unknown): boolean {
  if (isMap(permissions)) return true;
  return typeof permissions === 'string' && permissions !== 'write-all';
}

function everyJobLimits(jobs: unknown): boolean {
  if (!isMap(jobs) || jobs.items.length === 0) return false;
  return jobs.items.every(({ value }) => isMap(value) && limits(value.get('permissions')));
}

function triggersOf(document: Document): readonly string[] {
  // YAML 1.1 readers take `on` for true; this one is 1.2.
  const on = document.get('on');
  if (typeof on === 'string') return [on];
  if (isSeq(on))
    return on.items.flatMap((item) => (isScalar(item) && typeof item.value === 'string' ? [item.value] : []));
  return isMap(on) ? on.items.map((pair) => (isScalar(pair.key) ? String(pair.key.value) : '')) : [];
}

function useOf(value: string, at: string, found: Found): void {
  if (value.startsWith('./')) return;
  const short = value.slice(0, 120);
  if (/@[0-9a-f]{40}$/.test(value) || /@sha256:[0-9a-f]{64}$/.test(value)) found.pinned.push(short);
  else found.unpinned.push(`${at} uses ${short}`);
}
