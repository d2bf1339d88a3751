/** The version of what was released: in its name, in folders and in what its files say of themselves. */
import { valueProblem } from '../wire/parameters/index.ts';
import type { Own } from './own.ts';
import type { SampleFile } from './sample.ts';
import { treatmentOf, type Treatment } from './treatment.ts';

/** Stands for the version while a configuration is made. No archive with such a name is opened. */
export const versionMark = '\0';

/** `1.4.2`, and `1.4.2-rc.1`. */
const token = /\d+(?:[.]\d+)+(?:-(?:alpha|beta|pre|preview|rc|dev)[.]?\d*(?![A-Za-z0-9]))?/g;
const numbers = /\d+(?:[.]\d+)+/g;

/** Texts that state the version of a file, by type. */
const versionTexts: Readonly<Record<string, readonly string[]>> = {
  pe: ['ProductVersion', 'FileVersion'],
  msi: ['ProductVersion'],
  nuget: ['Version'],
  jar: ['Implementation-Version'],
};

/** So much has to speak for a version: two names, or what a file says of itself. */
const weightMin = 2;
const weights = { root: 1, topFolder: 2, signedName: 1, metadata: 2 } as const;

interface Context {
  readonly own: Own;
  readonly verifies: boolean;
}

/** null: nothing is sure enough, or nothing in a configuration would depend on it. */
export function findVersion(root: SampleFile, context: Context): string | null {
  const found = new Map<string, { weight: number; isUsed: boolean }>();
  const count = (version: string, weight: number, isUsed: boolean): void => {
    if (valueProblem(version) !== null) return;
    const known = found.get(version) ?? { weight: 0, isUsed: false };
    found.set(version, { weight: known.weight + weight, isUsed: known.isUsed || isUsed });
  };
  for (const version of versionsIn(root.name)) count(version, weights.root, false);
  for (const folder of topFolders(root))
    for (const version of versionsIn(folder)) count(version, weights.topFolder, true);
  for (const { file, treatment } of signedIn(root, context)) {
    if (file.path !== '')
      for (const version of versionsIn(file.path.slice(file.path.lastIndexOf('/') + 1)))
        count(version, weights.signedName, true);
    for (const name of versionTexts[treatment.type] ?? []) {
      const stated = statedVersion(file.facts?.texts?.[name] ?? '');
      for (const version of stated) count(version, weights.metadata, name !== 'FileVersion');
    }
  }
  const [best] = [...found]
    .filter(([, { weight, isUsed }]) => isUsed && weight >= weightMin)
    .sort(([a, x], [b, y]) => y.weight - x.weight || b.length - a.length || (a < b ? 1 : -1));
  return best?.[0] ?? null;
}

const versionsIn = (text: string): ReadonlySet<string> => new Set(text.match(token) ?? []);

/** `1.4.2.0` says 1.4.2, too: Windows has four numbers. */
function statedVersion(text: string): readonly string[] {
  const stated = text.trim();
  if (stated.replace(token, '') !== '' || stated === '') return [];
  return [...new Set([stated, stated.replace(/^(\d+[.]\d+[.]\d+)[.]0$/, '$1')])];
}

function topFolders({ opened }: SampleFile): readonly string[] {
  const folders = new Set(
    (opened?.files ?? []).map(({ path }) => path.slice(0, Math.max(0, path.indexOf('/')))),
  );
  return folders.size === 1 ? [...folders] : [];
}

function* signedIn(
  file: SampleFile,
  context: Context,
): Generator<{ readonly file: SampleFile; readonly treatment: Treatment }> {
  const treatment = treatmentOf(file, context);
  if (treatment !== null && treatment.method !== null) yield { file, treatment };
  for (const inner of file.opened?.files ?? []) yield* signedIn(inner, context);
}

export const hasMark = ({ path, opened }: SampleFile): boolean =>
  path.includes(versionMark) || (opened?.files ?? []).some(hasMark);

/** Versions in a pattern: the one that was found becomes the parameter, others `*`, since the next release has others. */
export function withoutVersions(pattern: string, version: string | null): string {
  return pattern
    .split('/')
    .map((part) =>
      part === '**'
        ? part
        : part
            .replaceAll(token, (found) => (found === version ? versionMark : found.replaceAll(numbers, '*')))
            .replaceAll(/[*]{2,}/g, '*'),
    )
    .join('/');
}

/** What files say of their version: the parameter; what comes behind it is another build. null: they say another. */
export function asParameter(texts: readonly (string | null)[], version: string): string | null {
  if (texts.length === 0) return null;
  if (texts.every((text) => text === version)) return versionMark;
  return texts.every((text) => text?.startsWith(`${version}.`) === true) ? `${versionMark}.*` : null;
}
