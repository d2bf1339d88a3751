/** A sample → the text of a configuration that expects it, and what is to be done before it can be proposed. */
import {
  compileConfiguration,
  configurationProblems,
  fillParameters,
  type ArtifactMatcher,
} from '../artifact/index.ts';
import type { ArtifactConfiguration, Element, SetBody } from '../generated/index.ts';
import { canonicalJson, type JsonValue } from '../json/index.ts';
import type { DraftBody, DraftElement } from './draft.ts';
import { closeIdle, makeDraft, type DraftChoices } from './make-draft.ts';
import { ownIn } from './own.ts';
import type { Sample, SampleFile } from './sample.ts';
import { findVersion, hasMark, versionMark } from './version.ts';
import { versionPattern, writeConfiguration } from './write.ts';

export interface Suggestion {
  /** YAML. */
  readonly text: string;
  /** As the text says, with the version in place of its parameter and a reason for each `opaque`: to be tried against the file. */
  readonly configuration: ArtifactConfiguration;
  /** Of this release, which a request gives as `version`; null: the text asks for none. */
  readonly version: string | null;
  /** Files whose reason for `opaque` somebody has to write. */
  readonly reasonsToWrite: number;
}

/** null: nothing in it is of a type that gets signed. */
export function suggest(sample: Sample, { asksMetadata = true } = {}): Suggestion | null {
  const { verifies } = sample;
  const root = closeIdle(sample.root, { verifies });
  if (hasMark(root)) return null;
  const found = findVersion(root, { own: ownIn(root), verifies });
  // Names without their versions may match more than they should: then they stay as they are.
  const tries: readonly { readonly generalises: boolean; readonly version: string | null }[] = [
    ...(found === null ? [] : [{ generalises: true, version: found }]),
    { generalises: true, version: null },
    { generalises: false, version: null },
  ];
  for (const { generalises, version } of tries) {
    const made = (choices: Pick<DraftChoices, 'generalises'>): DraftBody =>
      makeDraft(root, { verifies, version, asksMetadata, ...choices });
    const draft = made({ generalises });
    if (version !== null && !usesVersion(draft)) continue;
    const problems = configurationProblems(configurationOf(draft, version));
    if (problems.some(({ rule }) => rule === 'rule.nothing-signed')) return null;
    if (problems.length > 0 && generalises) continue;
    const tried = filledWith(configurationOf(draft, version), version);
    if (tried === null) continue;
    if (generalises) {
      const literal = filledWith(configurationOf(made({ generalises: false }), version), version);
      if (literal !== null && !isSameAs(literal, tried, root)) continue;
    }
    return {
      text: writeConfiguration(draft, { about: aboutOf(sample, version), version }),
      configuration: tried,
      version,
      reasonsToWrite: reasonsIn(draft),
    };
  }
  return null;
}

/** null: with the version of this release it is none that can be used. */
function filledWith(
  configuration: ArtifactConfiguration,
  version: string | null,
): ArtifactConfiguration | null {
  if (version === null) return configuration;
  const filled = fillParameters(configuration, { version });
  return filled.ok ? filled.configuration : null;
}

const usesVersion = (draft: DraftBody): boolean =>
  JSON.stringify(draft).includes(JSON.stringify(versionMark).slice(1, -1));

/** Whether both say the same of every file, and nothing is matched more often than it may. */
function isSameAs(one: ArtifactConfiguration, other: ArtifactConfiguration, root: SampleFile): boolean {
  if (configurationProblems(one).length > 0) return true;
  const [first, second] = [compileConfiguration(one), compileConfiguration(other)];
  if (filesIn(root) * second.elements.length > comparisonsMax) return false;
  return alike(first, 0, second, 0, root);
}

/** What is compared costs time; where it would be much, versions stay in names. */
const comparisonsMax = 200_000;

const filesIn = ({ opened }: SampleFile): number =>
  (opened?.files ?? []).reduce((sum, file) => sum + filesIn(file), 1);

function alike(
  one: ArtifactMatcher,
  at: number,
  other: ArtifactMatcher,
  otherAt: number,
  file: SampleFile,
): boolean {
  const counts = new Map<number, number>();
  const same = (file.opened?.files ?? []).every((inner) => {
    const [a, b] = [one.matchEntry(at, inner.path), other.matchEntry(otherAt, inner.path)];
    if (a === null || b === null) return false;
    counts.set(b.index, (counts.get(b.index) ?? 0) + 1);
    const isAlike = treatmentKey(a) === treatmentKey(b);
    return isAlike && (inner.opened === null || alike(one, a.index, other, b.index, inner));
  });
  return same && other.elements.every(({ index, max }) => max === null || (counts.get(index) ?? 0) <= max);
}

const treatmentKey = ({ type, sign, detached, check, opaque, follows }: ArtifactMatcher['root']): string =>
  canonicalJson(JSON.parse(JSON.stringify({ type, sign, detached, check, opaque, follows })) as JsonValue);

function aboutOf({ name, sha256 }: Sample, version: string | null): readonly string[] {
  return [
    `Suggested for ${JSON.stringify(name.slice(0, 200).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?'))}`,
    `(SHA-256 ${sha256}).`,
    'Read every line before you propose it: whoever approves it approves that such files get signed.',
    '`*` stands for versions and other parts of names that change.',
    ...(version === null
      ? []
      : [
          'A request gives the version of its release, and approvers see it: `--parameter version=…`;',
          `of this file it is ${version}.`,
        ]),
  ];
}

function reasonsIn(body: DraftBody): number {
  const inside = (body.contents ?? []).map(reasonsInElement);
  return (body.opaque ? 1 : 0) + inside.reduce((sum, count) => sum + count, 0);
}

function reasonsInElement(element: DraftElement): number {
  if (element.is === 'directory')
    return element.contents.reduce((sum, one) => sum + reasonsInElement(one), 0);
  return reasonsIn(element.body);
}

/** Stands in for what somebody has to write. */
const someReason = 'to be written by whoever proposes this';

function configurationOf(root: DraftBody, version: string | null): ArtifactConfiguration {
  const value = {
    apiVersion: 'countersign/v1',
    kind: 'ArtifactConfiguration',
    ...(version === null
      ? {}
      : { parameters: [{ name: 'version', pattern: versionPattern, required: true }] }),
    root: valueOf(root),
  };
  return value as unknown as ArtifactConfiguration;
}

function valueOf({ type, metadata, verify, opaque, follows, method, contents }: DraftBody): SetBody {
  const body = {
    type,
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: escaped(metadata) }),
    ...(verify ? { verify: 'authenticode' } : {}),
    ...(opaque ? { opaque: { reason: someReason } } : {}),
    ...(follows === null ? {} : { follows: { format: follows } }),
    ...(method === null ? {} : { sign: { method } }),
    ...(contents === null ? {} : { contents: contents.map(elementValue) }),
  };
  return body as unknown as SetBody;
}

const escape = (text: string): string =>
  text.replaceAll('${', () => '$${').replaceAll(versionMark, () => '${version}');
const escaped = (texts: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, escape(text)]));

function elementValue(element: DraftElement): Element {
  if (element.is === 'directory') {
    const contents = element.contents.map(elementValue);
    return { type: 'directory', path: escape(element.path), contents } as unknown as Element;
  }
  const { patterns, body } = element;
  const include = patterns.map(({ path, min, metadata }) => ({
    path: escape(path),
    ...(min === null ? {} : { matches: { min, max: 'unbounded' } }),
    ...(Object.keys(metadata).length === 0 ? {} : { metadata: escaped(metadata) }),
  }));
  const [only] = include;
  if (include.length === 1 && only !== undefined) {
    const asked = { ...body, metadata: { ...body.metadata, ...patterns[0]?.metadata } };
    const { metadata: _own, ...place } = only;
    return { ...valueOf(asked), ...place } as unknown as Element;
  }
  return { type: 'set', include, each: valueOf(body) } as unknown as Element;
}
