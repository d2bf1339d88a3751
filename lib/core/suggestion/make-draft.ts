/** A sample → the elements of a configuration for it. */
import { cover, endingOf, type Covered } from './cover.ts';
import { plainBody, type DraftBody, type DraftElement, type DraftPattern } from './draft.ts';
import { listTreatment } from './lists.ts';
import { commonMetadata } from './metadata.ts';
import { ownIn, type Own } from './own.ts';
import type { SampleFile } from './sample.ts';
import { treatmentOf, type Treatment } from './treatment.ts';
import { withoutVersions } from './version.ts';

export interface DraftChoices {
  readonly verifies: boolean;
  /** Versions in names become `*`. */
  readonly generalises: boolean;
  /** Of the release: the parameter stands for it; null: it isn't known, or stays as it is. */
  readonly version: string | null;
  readonly asksMetadata: boolean;
}

/** Files of a treatment that are named one by one. */
const exactMax = 200;
/** Endings of other files that are told apart; with more, everything else is one pattern. */
const endingsMax = 12;
const namedMax = 24;
/** What Windows starts is named one by one: a pattern for it would let others pass unsigned. */
const started = /^[.](?:exe|dll|sys|ocx|com|scr|cpl|efi|msi|msp|msm|ps1|psm1|psd1|bat|cmd|vbs|js|wsf|jar)$/;
const isNamed = (ending: string): boolean => ending === '' || started.test(ending);

interface Context extends DraftChoices {
  readonly own: Own;
}

export function makeDraft(root: SampleFile, choices: DraftChoices): DraftBody {
  const context = { ...choices, own: ownIn(root) };
  return bodyOf(context, root, treatmentOf(root, context));
}

/** Installers in which nothing gets signed stay closed: whoever opens one has to expect every file of it, and gains nothing. */
export function closeIdle(root: SampleFile, { verifies }: Pick<DraftChoices, 'verifies'>): SampleFile {
  const context = { verifies, own: ownIn(root) };
  const closed = (file: SampleFile): SampleFile => {
    if (file.opened === null) return file;
    const { type, files } = file.opened;
    if (type === 'msi' && !files.some((inner) => signsIn(inner, context))) return { ...file, opened: null };
    return { ...file, opened: { type, files: files.map(closed) } };
  };
  return closed(root);
}

function bodyOf(context: Context, file: SampleFile, treatment: Treatment | null): DraftBody {
  const type = file.opened?.type ?? treatment?.type ?? 'file';
  const asks = context.asksMetadata && treatment !== null && treatment.method !== null;
  return {
    ...plainBody(type),
    ...(treatment?.type === type
      ? {
          verify: treatment.verify,
          method: treatment.method,
          opaque: treatment.opaque && file.opened === null,
        }
      : {}),
    metadata: asks ? commonMetadata(type, [file], context.version) : {},
    contents: file.opened === null ? null : contentsOf(context, file.opened.files),
  };
}

function contentsOf(context: Context, files: readonly SampleFile[]): readonly DraftElement[] {
  const folder = onlyFolder(files);
  if (folder === null) return elementsOf(context, files);
  const inside = files.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
  const path = context.generalises ? withoutVersions(folder, context.version) : folder;
  return [{ is: 'directory', path, contents: elementsOf(context, inside) }];
}

/** The folder that everything is in; null: there is none. */
function onlyFolder(files: readonly SampleFile[]): string | null {
  const folders = new Set(files.map(({ path }) => path.slice(0, Math.max(0, path.indexOf('/')))));
  const [folder = ''] = folders;
  return folders.size === 1 && folder !== '' ? folder : null;
}

function elementsOf(context: Context, files: readonly SampleFile[]): readonly DraftElement[] {
  const groups = new Map<string, { readonly treatment: Treatment; readonly files: SampleFile[] }>();
  const others: SampleFile[] = [];
  const containers: DraftElement[] = [];
  const signsAny = files.some((file) => signsIn(file, context));
  for (const file of files) {
    const treatment = treatmentOf(file, context) ?? (signsAny ? listTreatment(file) : null);
    if (file.opened !== null) {
      containers.push(container(context, file, treatment));
    } else if (treatment === null) {
      others.push(file);
    } else {
      const key = JSON.stringify(treatment);
      const group = groups.get(key) ?? { treatment, files: [] };
      group.files.push(file);
      groups.set(key, group);
    }
  }
  const treated = [...groups.values()]
    .sort((a, b) => rank(a.treatment) - rank(b.treatment) || (a.treatment.type < b.treatment.type ? -1 : 1))
    .map((group) => treatedElement(context, group, files));
  return [...treated, ...containers, ...otherElements(context, others)];
}

/** What follows needs something that gets signed in its own container. */
const signsIn = (file: SampleFile, context: Pick<Context, 'own' | 'verifies'>): boolean =>
  (treatmentOf(file, context)?.method ?? null) !== null ||
  (file.opened?.files ?? []).some((inner) => signsIn(inner, context));

const rank = ({ method, verify, opaque }: Treatment): number =>
  opaque ? 3 : method !== null ? 0 : verify ? 1 : 2;

function container(context: Context, file: SampleFile, treatment: Treatment | null): DraftElement {
  return {
    is: 'files',
    comment: 'Opened: what is in it gets signed, and it is packed again around that.',
    patterns: [patternOf(context, { pattern: file.path, items: [file], isExact: true })],
    body: bodyOf(context, file, treatment),
  };
}

function treatedElement(
  context: Context,
  { treatment, files }: { readonly treatment: Treatment; readonly files: readonly SampleFile[] },
  all: readonly SampleFile[],
): DraftElement {
  const covered = cover(files, all);
  const kept = [
    ...covered.filter(({ isExact }) => !isExact),
    ...covered.filter(({ isExact }) => isExact).slice(0, exactMax),
  ];
  const left = covered.length - kept.length;
  const asks = context.asksMetadata && treatment.method !== null;
  const metadata = asks ? commonMetadata(treatment.type, files, context.version) : {};
  const isCommon = Object.keys(metadata).length > 0;
  const patterns = kept.map((one) => ({
    ...patternOf(context, one),
    metadata: asks && !isCommon ? commonMetadata(treatment.type, one.items, context.version) : {},
  }));
  return {
    is: 'files',
    comment: `${treatment.comment}${left === 0 ? '' : ` ${left} more with names of their own are not listed here.`}`,
    patterns: unique(patterns),
    body: {
      ...plainBody(treatment.type),
      metadata,
      verify: treatment.verify,
      method: treatment.method,
      opaque: treatment.opaque,
      follows: treatment.follows,
    },
  };
}

function patternOf(context: Context, { pattern, isExact }: Covered<SampleFile>): DraftPattern {
  const path = context.generalises ? withoutVersions(pattern, context.version) : pattern;
  return { path, min: isExact ? null : 1, metadata: {} };
}

/** Two files may differ in their versions alone. */
function unique(patterns: readonly DraftPattern[]): readonly DraftPattern[] {
  const byPath = new Map<string, DraftPattern>();
  for (const pattern of patterns) {
    const key = pattern.path.toLowerCase();
    const before = byPath.get(key);
    byPath.set(key, before === undefined ? pattern : { ...before, min: 1, metadata: {} });
  }
  return [...byPath.values()];
}

/** What is scanned and released as it is: by ending, so that a file of a new kind is noticed. */
function otherElements(context: Context, files: readonly SampleFile[]): readonly DraftElement[] {
  if (files.length === 0) return [];
  const named = files.filter((file) => isNamed(endingOf(file)));
  const endings = [...new Set(files.map(endingOf))].filter((ending) => !isNamed(ending)).sort();
  const isFew = endings.length <= endingsMax && named.length <= namedMax;
  const paths = isFew
    ? [
        ...endings.map((ending) => `**/*${ending}`),
        ...named.map(({ path }) => (context.generalises ? withoutVersions(path, context.version) : path)),
      ]
    : ['**'];
  const comment = isFew
    ? 'Scanned, and released as they are. What no line expects is refused: that is how an unexpected file is noticed.'
    : 'Everything else is scanned, and released as it is. Narrow this: what no line expects is refused, and that is how an unexpected file is noticed.';
  return [
    {
      is: 'files',
      comment,
      patterns: unique(paths.map((path) => ({ path, min: 0, metadata: {} }))),
      body: plainBody('file'),
    },
  ];
}
