/** What came into the build besides its source, and whether what goes out of it stays as it is. */
import type { Finding } from '../../../wire/finding/index.ts';
import { answerTo } from '../../host.ts';
import { isFinding, type Asked, type Judge } from '../../host-judge.ts';
import type { Look } from './context.ts';
import type { PinnedBuilder } from '../policy.ts';
import { isLocal } from './workflow-file.ts';

const shown = (names: readonly string[]): string => names.join('; ').slice(0, 500);

export function workflowFile(look: Look, judge: Judge): readonly Finding[] {
  const { lines, policy, claims, questions } = look;
  if (!lines.cachesRefused && !lines.actionsPinned) return [];
  const path = [lines.cachesRefused ? 'caches' : 'actions'];
  const triggers: Asked = {
    rule: 'origin.workflow-triggers',
    whether: 'the workflow starts for strangers',
    path,
  };
  const answer = judge.told(triggers, questions.workflowFile(policy.workflow, claims.commit));
  if (isFinding(answer)) return [answer];
  const { said } = answer;
  if ('unreadable' in said) {
    // What GitHub has told isn't unknown, and whoever writes the file could make it so.
    const message = 'The workflow file isn’t written so that it can be read with certainty.';
    const fix =
      'Write plain YAML of at most 128 KiB: no anchors and aliases, tags, merge keys or invisible characters, each key once.';
    return [judge.refused(triggers, message, said.unreadable, 'a workflow file that is read whole', fix)];
  }
  const findings: Finding[] = [];
  const dangerous = said.triggers.filter((trigger) => strangers.includes(trigger.toLowerCase()));
  const noStranger = `no ${strangers.join(', ')}`;
  findings.push(
    dangerous.length === 0
      ? judge.held(
          triggers,
          'The workflow isn’t started by what strangers do.',
          shown(said.triggers),
          noStranger,
        )
      : judge.refused(
          triggers,
          'The workflow is also started by what strangers do, with the project’s secrets and its cache.',
          shown(dangerous),
          noStranger,
          'Move these events into a workflow of their own.',
        ),
  );
  // The pinned builder is looked into by who pins it.
  const vouched = vouchedFor(policy.builder);
  const elsewhere = said.elsewhere.filter((uses) => !vouched.includes(uses));
  if (lines.cachesRefused) {
    const asked: Asked = {
      rule: 'origin.workflow-caches',
      whether: 'caches were restored',
      path: ['caches'],
    };
    const found = [...said.caches, ...elsewhere.map((uses) => `${uses} (not looked into)`)];
    findings.push(
      found.length === 0
        ? judge.held(asked, 'No step of the workflow restores a cache.', 'none', 'no restored caches')
        : judge.refused(
            asked,
            'The workflow restores caches, which any other run of the repository may have written.',
            shown(found),
            'no restored caches',
            'Remove the cache from the workflow that releases: switch it off where an action uses one by itself, and write called workflows and local actions out.',
          ),
    );
  }
  if (lines.actionsPinned) {
    const asked: Asked = {
      rule: 'origin.workflow-actions',
      whether: 'its actions are pinned',
      path: ['actions'],
    };
    const found = [
      ...said.unpinned.filter((uses) => !vouched.includes(uses)),
      ...elsewhere.filter(isLocal).map((uses) => `${uses} (not looked into)`),
    ];
    findings.push(
      found.length === 0
        ? judge.held(asked, 'Every action of the workflow is pinned to a commit.', 'all pinned', 'commits')
        : judge.refused(
            asked,
            'The workflow uses actions or images by names that can be moved to other code, or local ones that may.',
            shown(found),
            'the full commit of every action',
            'Write the commit after the @, of an image its digest, and the version in a comment; write local actions and workflows out.',
          ),
    );
  }
  return findings;
}

/** As a workflow may write the very builder that the policy pins: at another ref it is another one. */
function vouchedFor(builder: PinnedBuilder | undefined): readonly string[] {
  if (builder === undefined) return [];
  const file = new URL(builder.uri).pathname.slice(1);
  const { ref, digest } = builder;
  return [ref, ref.replace(/^refs\/(?:heads|tags)\//, ''), digest].map((at) => `${file}@${at}`);
}

const strangers = [
  'pull_request_target',
  'workflow_run',
  'issue_comment',
  'issues',
  'discussion',
  'discussion_comment',
  'fork',
  'gollum',
  'watch',
];

export function release(look: Look, judge: Judge): readonly Finding[] {
  const { lines, tag, questions, answers } = look;
  if (!lines.immutableRelease) return [];
  const asked: Asked = {
    rule: 'origin.host-release',
    whether: 'the release is immutable',
    path: ['release'],
  };
  const expected = 'a release that nobody can change';
  if (tag === null) {
    const fix = 'Build from a tag, or remove `release` from the policy.';
    return [
      judge.refused(asked, 'A branch was built, and no release is of a branch.', 'a branch', expected, fix),
    ];
  }
  const question = questions.release(tag);
  const answer = answerTo(answers, question);
  const isOut = answer?.kind === 'told' && !answer.said.draft;
  if (isOut || (answer?.kind !== 'none' && answer?.kind !== 'told')) {
    const told = judge.told(asked, question);
    if (isFinding(told)) return [told];
    if (told.said.tag_name !== tag)
      return [judge.unknown(asked, 'the answer is about another release', 'Submit again.')];
    if (told.said.immutable)
      return [judge.held(asked, `The release ${tag} is immutable.`, 'immutable', expected)];
    const fix =
      'Switch on immutable releases in the repository’s settings, and release again under a new tag.';
    return [judge.refused(asked, `The release ${tag} can be changed.`, 'not immutable', expected, fix)];
  }
  const setting = judge.told(asked, questions.immutableReleases);
  if (isFinding(setting)) return [setting];
  if (setting.said.enabled) {
    return [
      judge.held(
        asked,
        'There is no release yet, and it will be immutable.',
        'switched on for the repository',
        expected,
      ),
    ];
  }
  const fix = 'Switch on immutable releases in the repository’s settings.';
  return [judge.refused(asked, 'Releases of the repository can be changed.', 'switched off', expected, fix)];
}
