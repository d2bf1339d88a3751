/** Whether somebody starts or installs what a package holds, or programs alone use it. */
import type { ToldKind } from '../kind/index.ts';
import type { Nuspec } from './nuspec.ts';
import type { PackageFile } from './package-names.ts';

/** Package types that nobody starts; others, such as DotnetTool and McpServer, are programs, and so is what isn't known. */
const libraryTypes = new Set(['dependency', 'symbolspackage', 'template', 'msbuildsdk']);
/** What NuGet's console, Chocolatey or people run from a package. */
const started = /^tools\/.*\.(?:ps1|exe|com|bat|cmd|vbs|js|wsf|msi|sh)$/i;

export function packageKind({ packageTypes }: Nuspec, files: readonly PackageFile[]): ToldKind {
  const type = packageTypes.find((name) => !libraryTypes.has(name.toLowerCase()));
  if (type !== undefined)
    return {
      kind: 'program',
      because: `its package type ${JSON.stringify(type.slice(0, 100))} is one that users start`,
    };
  if (files.some(({ name }) => started.test(name)))
    return { kind: 'program', because: 'it has scripts or programs to start in tools/' };
  return { kind: 'library', because: 'it is a package that projects refer to' };
}
