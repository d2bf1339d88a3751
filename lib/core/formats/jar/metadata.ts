/** What the main section of a manifest says of the archive, and what a configuration asks of it. */
import type { JarMetadata } from '../../generated/index.ts';
import type { Sha256Hex } from '../../ids/index.ts';
import { fail, pass, type Finding, type PolicyLocation } from '../../wire/finding/index.ts';
import { factTextMax, type FactName } from '../format.ts';
import { matchesText, nearText } from '../match-text.ts';
import { attributeOf, type Manifest } from './manifest.ts';

/** Keys of the configuration → attributes of the manifest. */
export const metadataNames: Readonly<Record<keyof JarMetadata, string>> = {
  implementationTitle: 'Implementation-Title',
  implementationVersion: 'Implementation-Version',
  implementationVendor: 'Implementation-Vendor',
  mainClass: 'Main-Class',
  bundleSymbolicName: 'Bundle-SymbolicName',
  bundleVersion: 'Bundle-Version',
  automaticModuleName: 'Automatic-Module-Name',
};
/** From the main section of the manifest. */
export const factNames: readonly FactName[] = [
  { name: 'Implementation-Title', words: 'Implementation title' },
  { name: 'Implementation-Version', words: 'Implementation version' },
  { name: 'Implementation-Vendor', words: 'Implementation vendor' },
  { name: 'Main-Class', words: 'Main class' },
  { name: 'Bundle-SymbolicName', words: 'Bundle name' },
  { name: 'Bundle-Version', words: 'Bundle version' },
  { name: 'Automatic-Module-Name', words: 'Module name' },
];
export const metadataKeys = Object.keys(metadataNames) as readonly (keyof JarMetadata)[];

/** By the manifest's own names, as facts keep them. */
export type ManifestTexts = Readonly<Record<string, string>>;

export function manifestTexts(manifest: Manifest | null): ManifestTexts {
  if (manifest === null) return {};
  const texts = metadataKeys.flatMap((key) => {
    const name = metadataNames[key];
    const text = attributeOf(manifest.main, name);
    if (text === null) return [];
    // OSGi puts directives behind the name (OSGi Core, "Bundle-SymbolicName").
    const said = key === 'bundleSymbolicName' ? (text.split(';')[0] ?? '').trim() : text;
    return [[name, said.slice(0, factTextMax)] as const];
  });
  return Object.fromEntries(texts);
}

interface MetadataContext {
  readonly path: readonly string[];
  readonly sha256?: Sha256Hex;
  readonly policy: PolicyLocation | null;
}

/** One finding (`jar.metadata`) for each key. */
export function checkMetadata(
  metadata: JarMetadata,
  texts: ManifestTexts,
  about: MetadataContext,
): readonly Finding[] {
  return metadataKeys.flatMap((key) => {
    const pattern = metadata[key];
    return pattern === undefined ? [] : [checkLine(key, pattern, texts[metadataNames[key]] ?? null, about)];
  });
}

function checkLine(
  key: keyof JarMetadata,
  pattern: string,
  text: string | null,
  about: MetadataContext,
): Finding {
  const name = metadataNames[key];
  const shared = {
    ...about,
    rule: 'jar.metadata',
    expected: `${name} ${show(pattern)}`,
    found: text === null ? 'nothing' : show(text),
  };
  if (text !== null && matchesText(pattern, text)) {
    return pass({ ...shared, message: `The manifest’s ${name} matches the configuration.` });
  }
  const says = text === null ? `states no ${name}` : `states ${name} ${show(text)}`;
  return fail({
    ...shared,
    message: `The manifest ${says}; ${show(pattern)} is required.${nearText(pattern, text)}`,
    fix: `Set ${name} in the manifest that the build writes, or change \`metadata.${key}\`.`,
  });
}

/** From a hostile file: as JSON, so that nothing in it is hidden. */
function show(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}
