/** Whether users start an archive, or programs load it: by what Java, a server or a store finds in it. */
import type { ToldKind } from '../kind/index.ts';
import { attributeOf, type Manifest } from './manifest.ts';
import type { Jar } from './read-jar.ts';

/** Java starts these classes: `java -jar`, `java -javaagent`, the launcher (java.lang.instrument, JAR File Specification). */
const startedClasses = ['Main-Class', 'Launcher-Agent-Class', 'Premain-Class', 'Agent-Class'];

/** Places that make a whole application of an archive. */
const applications: readonly (readonly [RegExp, string])[] = [
  [/^WEB-INF\//i, 'it is a web application (WEB-INF)'],
  [/^META-INF\/application\.xml$/i, 'it is an enterprise application (META-INF/application.xml)'],
  [/^(?:BundleConfig\.pb|(?:[^/]+\/manifest\/)?AndroidManifest\.xml)$/, 'it is an app for Android'],
];

export function jarKind(manifest: Manifest | null, { entries }: Jar): ToldKind {
  const started = startedClasses.find(
    (name) => manifest !== null && attributeOf(manifest.main, name) !== null,
  );
  if (started !== undefined)
    return { kind: 'program', because: `its manifest has ${started}, which Java starts` };
  for (const [place, because] of applications) {
    if (entries.some(({ path }) => place.test(path))) return { kind: 'program', because };
  }
  return {
    kind: 'library',
    because:
      'its manifest names no class that Java starts, and it is no web, enterprise or Android application',
  };
}

/** Whoever unpacks it may start what is in it. */
export const zipKind: ToldKind = { kind: 'program', because: 'it is a zip archive, which users unpack' };
