/** What the repository holds: licences of the whole tree, papers, programs that nobody built here, rules of the branch. */
import { isOsiApprovedId } from '#core/licence/index.ts';
import type { BranchRule } from '../../platform/code-host/index.ts';
import type { Answers } from './answers.ts';
import { asks, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const treeSource = asks('tree');
const frames = {
  licence: {
    id: 'licence',
    group: 'licence',
    title: 'Licence',
    gaming: 'low',
    source: asks('licence'),
    explanation:
      'What the host recognised in the licence file at the top. Whether all of the code is under it, it can’t know.',
  },
  licenceFiles: {
    id: 'licence-files',
    group: 'licence',
    title: 'Other licence files',
    gaming: 'low',
    source: treeSource,
    explanation:
      'Licence files below the top, in code taken over from others above all. Look whether each is one that the foundation accepts.',
  },
  papers: {
    id: 'papers',
    group: 'practices',
    title: 'Documents',
    gaming: 'high',
    source: asks('community'),
    explanation: 'Readme, contributing guide, code of conduct. Quickly written, but still useful.',
  },
  security: {
    id: 'security-policy',
    group: 'practices',
    title: 'Security policy',
    gaming: 'high',
    source: treeSource,
    explanation: 'A file that says where to report vulnerabilities.',
  },
  binaries: {
    id: 'binaries',
    group: 'practices',
    title: 'Programs in the tree',
    gaming: 'low',
    source: treeSource,
    explanation:
      'Compiled files that were committed: nobody can see from which source they come. Test data is common and told apart.',
  },
  rules: {
    id: 'branch-rules',
    group: 'practices',
    title: 'Rules of the main branch',
    gaming: 'low',
    source: asks('rules'),
    explanation:
      'What the host enforces before something gets onto the branch. Older branch protection can’t be seen from outside.',
  },
} as const satisfies Record<string, SignalFrame>;

const licenceFile = /(?:^|\/)(?:LICEN[CS]E|COPYING|NOTICE|UNLICENSE)(?:[.-][A-Za-z0-9._-]{1,40})?$/i;
const programFile =
  /\.(?:exe|dll|so(?:\.\d+)*|dylib|jar|class|pyc|o|a|lib|whl|msi|cab|sys|apk|dmg|deb|rpm|node|wasm)$/i;
const testPlace = /(?:^|\/)(?:tests?|testdata|fixtures?|spec|corpus|samples?|examples?)\//i;
const securityFile = /^(?:\.github\/|\.gitlab\/|docs\/)?SECURITY(?:\.(?:md|rst|txt|adoc))?$/i;

export function contentSignals(answers: Answers): readonly Signal[] {
  return [licence(answers), ...treeSignals(answers), papers(answers), rules(answers)];
}

function licence(answers: Answers): Signal {
  const answer = answers.licence;
  if (!answer.ok) return unverified(frames.licence, answer.reason);
  const { id, path } = answer.value;
  if (id === null) {
    return verified(frames.licence, `${path} is there, and isn’t recognised`, 'look');
  }
  return isOsiApprovedId(id)
    ? verified(frames.licence, `${id}, approved by the Open Source Initiative (${path})`, 'good')
    : verified(frames.licence, `${id}: not among those approved by the Open Source Initiative`, 'look');
}

function treeSignals(answers: Answers): readonly Signal[] {
  const answer = answers.tree;
  if (!answer.ok) {
    return [frames.licenceFiles, frames.security, frames.binaries].map((frame) =>
      unverified(frame, answer.reason),
    );
  }
  const paths = answer.value.files.map((file) => file.path);
  // A tree that the host cut off says what is there, never what isn't.
  const partly = answer.value.truncated ? '; the host gave only a part of the tree' : '';
  const nested = paths.filter((path) => path.includes('/') && licenceFile.test(path));
  const programs = paths.filter((path) => programFile.test(path));
  const own = programs.filter((path) => !testPlace.test(path));
  const security = paths.find((path) => securityFile.test(path));
  return [
    verified(
      frames.licenceFiles,
      nested.length === 0 ? `none below the top${partly}` : `${nested.length} below the top${partly}`,
      nested.length === 0 ? 'neutral' : 'look',
      nested,
    ),
    security === undefined && answer.value.truncated
      ? unverified(frames.security, 'the host gave only a part of the tree')
      : verified(frames.security, security ?? 'none found', security === undefined ? 'neutral' : 'good'),
    programs.length === 0 && answer.value.truncated
      ? unverified(frames.binaries, 'the host gave only a part of the tree')
      : verified(
          frames.binaries,
          programs.length === 0
            ? 'none'
            : `${own.length}, and ${programs.length - own.length} among test data${partly}`,
          own.length > 0 ? 'look' : 'good',
          own,
        ),
  ];
}

function papers(answers: Answers): Signal {
  const answer = answers.community;
  if (!answer.ok) return unverified(frames.papers, answer.reason);
  const documents = answer.value;
  const words = [
    ['readme', 'readme'],
    ['contributing', 'contributing guide'],
    ['codeOfConduct', 'code of conduct'],
  ] as const;
  const there = words.filter(([name]) => documents[name]).map(([, word]) => word);
  return verified(
    frames.papers,
    there.length === 0 ? 'none of those looked for' : there.join(', '),
    there.length === words.length ? 'good' : documents.readme ? 'neutral' : 'look',
  );
}

const ruleWords: Readonly<Record<BranchRule['kind'], string>> = {
  'pull-requests': 'changes come by pull request',
  checks: 'checks have to pass',
  'signed-commits': 'commits are signed',
  'no-rewriting': 'history can’t be rewritten',
  'no-deletion': 'the branch can’t be deleted',
};

function rules(answers: Answers): Signal {
  const answer = answers.rules;
  if (!answer.ok) return unverified(frames.rules, answer.reason);
  const kinds = [...new Set(answer.value.map((rule) => rule.kind))];
  const approvals =
    answer.value.flatMap((rule) => (rule.kind === 'pull-requests' ? (rule.approvals ?? []) : []))[0] ?? null;
  const ruleTexts = kinds.map((kind) => ruleWords[kind]);
  const reviewed =
    approvals !== null && approvals > 0 ? `${approvals} approval${approvals === 1 ? '' : 's'} needed` : null;
  return verified(
    frames.rules,
    ruleTexts.length === 0
      ? 'none that can be seen from outside'
      : [...ruleTexts, ...(reviewed === null ? [] : [reviewed])].join('; '),
    kinds.includes('pull-requests') && kinds.includes('no-rewriting') ? 'good' : 'neutral',
  );
}
