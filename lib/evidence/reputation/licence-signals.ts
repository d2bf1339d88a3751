/** The licence as the application says it, against what the host, the files and the manifests say. */
import { isOsiApproved, isOsiApprovedId, licenceProblem, readLicence } from '#core/licence/index.ts';
import type { Claims, Answers, Read } from './answers.ts';
import { familiesOf, familyOf, hasOwnTerms, licencesInText } from './licence-text.ts';
import { asks, asksFile, unverified, verified } from './signal.ts';
import type { Signal, SignalFrame } from './signal.ts';
import { isSource, licenceFile, manifestFile, othersPlace } from './texts-to-read.ts';

const filesSource = asksFile('{path}');
const frames = {
  claimed: {
    id: 'licence-claimed',
    group: 'licence',
    title: 'Licence as applied for',
    gaming: 'high',
    source: 'The application',
    explanation:
      'What the applicant wrote. Of licences joined by AND, the Open Source Initiative has to have approved all; of those joined by OR, one.',
  },
  agreement: {
    id: 'licence-agreement',
    group: 'licence',
    title: 'Licence, by all who name it',
    gaming: 'low',
    source: ['The application; ', ...asks('licence'), '; ', ...filesSource],
    explanation:
      'Whether the application, the host, the licence files at the top and the package manifests name the same. “Only” and “or later” aren’t told apart. Texts are known by a few sentences: where one isn’t, read it.',
  },
  texts: {
    id: 'licence-texts',
    group: 'licence',
    title: 'Texts of licence files',
    source: filesSource,
    gaming: 'low',
    explanation:
      'What the licence files are, at the top and below, by well-known sentences; the first twelve. Files of code taken over from others are among them.',
  },
  headers: {
    id: 'licence-headers',
    group: 'licence',
    title: 'Licences in source files',
    source: filesSource,
    gaming: 'medium',
    explanation:
      'What the heads of ten source files from all over the tree name. Without one, a file is under the licence at the top; another one there is worth a question.',
  },
} as const satisfies Record<string, SignalFrame>;

type Texts = Read<{ readonly files: readonly { readonly path: string; readonly text: string }[] }>;

export function licenceSignals(answers: Answers, claims: Claims): readonly Signal[] {
  const texts: Texts = answers.texts;
  return [
    claimed(claims),
    agreement(answers, claims, texts),
    ...(texts.ok
      ? [licenceTexts(texts.value.files), headers(texts.value.files, expected(answers, claims))]
      : [unverified(frames.texts, texts.reason), unverified(frames.headers, texts.reason)]),
  ];
}

function claimed({ licence }: Claims): Signal {
  if (licence === null) return unverified(frames.claimed, 'the application names none');
  const read = readLicence(licence);
  if (read.ok && isOsiApproved(read.expression)) {
    return verified(frames.claimed, `${licence}: approved by the Open Source Initiative`, 'good');
  }
  const problem = licenceProblem(licence, { replaced: 'accepted' });
  return verified(frames.claimed, `${licence}: ${problem?.message ?? ''}`, 'look');
}

const hostLicence = (answers: Answers): string | null => {
  const answer = answers.licence;
  return answer.ok ? answer.value.id : null;
};

/** Families that are no surprise; null: nothing says what to expect. */
function expected(answers: Answers, { licence }: Claims): ReadonlySet<string> | null {
  const named = licence ?? hostLicence(answers);
  return named === null ? null : new Set(familiesOf(named));
}

function agreement(answers: Answers, claims: Claims, texts: Texts): Signal {
  const host = hostLicence(answers);
  const files = texts.ok ? texts.value.files : [];
  const named = [
    ...(host === null ? [] : [{ who: 'the host', ids: [familyOf(host)] }]),
    ...files
      .filter(({ path }) => licenceFile.test(path) && !path.includes('/'))
      .map(({ path, text }) => ({ who: path, ids: licencesInText(text) })),
    ...files
      .filter(({ path }) => manifestFile.test(path))
      .map(({ path, text }) => ({ who: path, ids: manifestLicences(path, text) })),
  ].filter(({ ids }) => ids.length > 0);
  if (claims.licence === null || named.length === 0) {
    const reason =
      claims.licence === null ? 'the application names none' : 'nobody else names one that is known';
    return unverified(frames.agreement, reason);
  }
  const claimedFamilies = new Set(familiesOf(claims.licence));
  const others = named.filter(({ ids }) => ids.some((id) => !claimedFamilies.has(id)));
  const found = new Set(named.flatMap(({ ids }) => ids));
  const unseen = [...claimedFamilies].filter((id) => !found.has(id));
  const details = [
    `the application: ${claims.licence}`,
    ...named.map(({ who, ids }) => `${who}: ${ids.join(', ')}`),
  ];
  if (others.length > 0) {
    return verified(
      frames.agreement,
      `another one is named by ${others.map(({ who }) => who).join(', ')}`,
      'look',
      details,
    );
  }
  return unseen.length > 0
    ? verified(frames.agreement, `nobody but the application names ${unseen.join(', ')}`, 'look', details)
    : verified(
        frames.agreement,
        named.length === 1 ? 'one other names the same' : `${named.length} others name the same`,
        'good',
        details,
      );
}

function licenceTexts(files: readonly { readonly path: string; readonly text: string }[]): Signal {
  const all = files
    .filter(({ path }) => licenceFile.test(path) && !/NOTICE/i.test(path))
    .map(({ path, text }) => ({ path, ids: licencesInText(text), own: hasOwnTerms(text) }));
  if (all.length === 0) return verified(frames.texts, 'there are no licence files', 'look');
  const open = (ids: readonly string[]): boolean => ids.length > 0 && ids.every(isOsiApprovedId);
  const closer = all.filter(({ ids, own }) => !open(ids) || own);
  return verified(
    frames.texts,
    closer.length === 0
      ? `${all.length}, each known and approved by the Open Source Initiative`
      : `${closer.length} of ${all.length} to be read`,
    closer.length === 0 ? 'good' : 'look',
    all.map(({ path, ids, own }) =>
      [
        `${path}: ${ids.length === 0 ? 'not recognised' : ids.join(', ')}`,
        ...(own ? ['speaks of terms of its own'] : []),
      ].join('; '),
    ),
  );
}

function headers(
  files: readonly { readonly path: string; readonly text: string }[],
  claimedFamilies: ReadonlySet<string> | null,
): Signal {
  const sampled = files.filter(
    ({ path }) => isSource(path) && !manifestFile.test(path) && !othersPlace.test(path),
  );
  if (sampled.length === 0) return unverified(frames.headers, 'no source files were found');
  const named = sampled.map(({ path, text }) => ({
    path,
    ids: licencesInText(text),
    own: hasOwnTerms(text),
  }));
  const differing = named.filter(
    ({ ids, own }) => own || (claimedFamilies !== null && ids.some((id) => !claimedFamilies.has(id))),
  );
  const withOne = named.filter(({ ids }) => ids.length > 0).length;
  return verified(
    frames.headers,
    differing.length === 0
      ? `${withOne} of ${sampled.length} name a licence, and none another`
      : `${differing.length} of ${sampled.length} name another licence or terms of their own`,
    differing.length === 0 ? 'neutral' : 'look',
    differing.map(
      ({ path, ids, own }) => `${path}: ${[...ids, ...(own ? ['terms of its own'] : [])].join(', ')}`,
    ),
  );
}

/** What a package manifest says; only what is plain in it. */
function manifestLicences(path: string, text: string): readonly string[] {
  if (path.endsWith('.json')) {
    const licence = jsonOf(text)['license'];
    const all = Array.isArray(licence) ? licence : [licence];
    return all.flatMap((licence) =>
      typeof licence === 'string' && licence.length < 200 ? familiesOf(licence) : [],
    );
  }
  const found =
    /^[ \t]{0,8}(?:[\w.]{1,30}\.)?licen[cs]es?[ \t]{0,8}=[ \t]{0,8}["']([^"'\n]{1,120})["']/m.exec(text)?.[1];
  return found === undefined ? [] : familiesOf(found.replaceAll('/', ' OR '));
}

export function jsonOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
