/** What the repository holds: licences of the whole tree, papers, programs that nobody built here, rules of the branch. */
import { isOsiApprovedId } from '#core/licence/index.ts';
import { read, schemas } from './answers.ts';
import type { RawAnswers } from './answers.ts';
import { unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';

const treeSource = 'GET /repos/{owner}/{repo}/git/trees/{sha}?recursive=1';
const frames = {
  licence: {
    id: 'licence',
    group: 'licence',
    title: 'Licence',
    gaming: 'low',
    source: 'GET /repos/{owner}/{repo}/license',
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
    source: 'GET /repos/{owner}/{repo}/community/profile',
    explanation: 'Readme, contributing guide, code of conduct. Quickly written, and useful all the same.',
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
    source: 'GET /repos/{owner}/{repo}/rules/branches/{branch}',
    explanation:
      'What the host enforces before something gets onto the branch. Older branch protection can’t be seen from outside.',
  },
} as const satisfies Record<string, SignalFrame>;

const licenceFile = /(?:^|\/)(?:LICEN[CS]E|COPYING|NOTICE|UNLICENSE)(?:[.-][A-Za-z0-9._-]{1,40})?$/i;
const programFile =
  /\.(?:exe|dll|so(?:\.\d+)*|dylib|jar|class|pyc|o|a|lib|whl|msi|cab|sys|apk|dmg|deb|rpm|node|wasm)$/i;
const testPlace = /(?:^|\/)(?:tests?|testdata|fixtures?|spec|corpus|samples?|examples?)\//i;
const securityFile = /^(?:\.github\/|docs\/)?SECURITY(?:\.(?:md|rst|txt|adoc))?$/i;

export function contentSignals(answers: RawAnswers): readonly Signal[] {
  return [licence(answers), ...treeSignals(answers), papers(answers), rules(answers)];
}

function licence(answers: RawAnswers): Signal {
  const answer = read(answers, 'licence', schemas.licence);
  if (!answer.ok) return unverified(frames.licence, answer.reason);
  const id = answer.value.license?.spdx_id;
  if (id === undefined || id === null || id === 'NOASSERTION') {
    return verified(frames.licence, `${answer.value.path} is there, and isn’t recognised`, 'look');
  }
  return isOsiApprovedId(id)
    ? verified(frames.licence, `${id}, approved by the Open Source Initiative (${answer.value.path})`, 'good')
    : verified(frames.licence, `${id}: not among those approved by the Open Source Initiative`, 'look');
}

function treeSignals(answers: RawAnswers): readonly Signal[] {
  const answer = read(answers, 'tree', schemas.tree);
  if (!answer.ok) {
    return [frames.licenceFiles, frames.security, frames.binaries].map((frame) =>
      unverified(frame, answer.reason),
    );
  }
  const paths = answer.value.tree.filter((one) => one.type === 'blob').map((one) => one.path);
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

function papers(answers: RawAnswers): Signal {
  const answer = read(answers, 'community', schemas.community);
  if (!answer.ok) return unverified(frames.papers, answer.reason);
  const { files } = answer.value;
  const words = [
    ['readme', 'readme'],
    ['contributing', 'contributing guide'],
    ['code_of_conduct', 'code of conduct'],
  ] as const;
  const has = (name: string): boolean => files[name] !== null && files[name] !== undefined;
  const there = words.filter(([name]) => has(name)).map(([, word]) => word);
  return verified(
    frames.papers,
    there.length === 0 ? 'none of those looked for' : there.join(', '),
    there.length === words.length ? 'good' : has('readme') ? 'neutral' : 'look',
  );
}

const ruleWords: Readonly<Record<string, string>> = {
  pull_request: 'changes come by pull request',
  required_status_checks: 'checks have to pass',
  required_signatures: 'commits are signed',
  non_fast_forward: 'history can’t be rewritten',
  deletion: 'the branch can’t be deleted',
};

function rules(answers: RawAnswers): Signal {
  const answer = read(answers, 'rules', schemas.rules);
  if (!answer.ok) return unverified(frames.rules, answer.reason);
  const known = answer.value.flatMap((one) => (Object.hasOwn(ruleWords, one.type) ? [one.type] : []));
  const types = [...new Set(known)];
  const approvals = answer.value
    .filter((one) => one.type === 'pull_request')
    .map((one) => one.parameters?.['required_approving_review_count'])
    .find((one) => typeof one === 'number');
  const said = types.map((type) => ruleWords[type] ?? type);
  const reviewed =
    typeof approvals === 'number' && approvals > 0
      ? `${approvals} approval${approvals === 1 ? '' : 's'} needed`
      : null;
  return verified(
    frames.rules,
    said.length === 0
      ? 'none that can be seen from outside'
      : [...said, ...(reviewed === null ? [] : [reviewed])].join('; '),
    types.includes('pull_request') && types.includes('non_fast_forward') ? 'good' : 'neutral',
  );
}
