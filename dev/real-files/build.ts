/** Files made with the tools that this machine has, for formats of which packages hold few. */
import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cache } from './sources.ts';

const built = join(cache, 'built');
const has = (program: string): boolean => spawnSync('sh', ['-c', 'command -v -- "$0"', program]).status === 0;

/** Into the cache, anew. A tool that fails makes nothing; what it says is told. */
export function buildFiles(say: (line: string) => void): void {
  rmSync(built, { recursive: true, force: true });
  const at = (tool: string, name: string): string => {
    mkdirSync(join(built, tool), { recursive: true });
    return join(built, tool, name);
  };
  const run = (
    what: string,
    program: string,
    args: readonly string[],
    options: { cwd?: string; env?: Record<string, string> } = {},
  ): void => {
    const cwd = options.cwd ?? built;
    try {
      const env = { ...process.env, ...options.env };
      execFileSync(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], timeout: 120_000 });
    } catch (error) {
      say(
        `${what} could not be built: ${error instanceof Error ? error.message.split('\n').slice(0, 3).join(' ') : ''}`,
      );
    }
  };
  const text = (tool: string, name: string, content: string): string => {
    const file = at(tool, name);
    writeFileSync(file, content);
    return file;
  };

  const main = text('sources', 'main.c', 'int main(void) { return 0; }\n');
  for (const target of ['x86_64', 'i686']) {
    const compiler = `${target}-w64-mingw32-gcc`;
    if (!has(compiler)) continue;
    for (const [name, flags] of [
      ['plain.exe', []],
      ['stripped.exe', ['-s', '-O2']],
      ['debug.exe', ['-g']],
      ['library.dll', ['-shared']],
      ['unaligned.exe', ['-s', '-Wl,--file-alignment=512,--section-alignment=4096']],
    ] as const)
      run(`${compiler} ${name}`, compiler, ['-o', at(`mingw-${target}`, name), main, ...flags]);
  }
  if (has('clang') && has('lld-link')) {
    const object = at('sources', 'main.obj');
    run('clang', 'clang', ['--target=x86_64-pc-windows-msvc', '-ffreestanding', '-c', main, '-o', object]);
    for (const [name, flags] of [
      ['plain.exe', []],
      ['efi.efi', ['/subsystem:efi_application']],
      ['library.dll', ['/dll', '/noentry']],
    ] as const)
      run(`lld-link ${name}`, 'lld-link', [
        `/out:${at('lld', name)}`,
        '/entry:main',
        '/nodefaultlib',
        ...(flags[0] === undefined ? ['/subsystem:console'] : flags),
        object,
      ]);
  }
  if (has('go')) {
    const source = text('sources', 'main.go', 'package main\nfunc main() { println("x") }\n');
    for (const architecture of ['amd64', '386', 'arm64'])
      run(`go ${architecture}`, 'go', ['build', '-o', at('go', `${architecture}.exe`), source], {
        env: { GOOS: 'windows', GOARCH: architecture, CGO_ENABLED: '0', GOFLAGS: '-mod=mod' },
      });
  }
  if (has('mcs')) {
    const source = text(
      'sources',
      'main.cs',
      'class P { static void Main() { System.Console.WriteLine("x"); } }\n',
    );
    run('mcs', 'mcs', [`-out:${at('mcs', 'plain.exe')}`, source]);
    run('mcs', 'mcs', ['-target:library', `-out:${at('mcs', 'library.dll')}`, source]);
  }
  if (has('makensis')) {
    const source = (lines: string): string =>
      `Name x\nOutFile "${at('nsis', `${lines.length}.exe`)}"\nUnicode true\n${lines}\nSection\nSetOutPath $TEMP\nFile "${main}"\nSectionEnd\n`;
    for (const lines of [
      'SetCompressor lzma',
      'SetCompressor /SOLID zlib',
      'SetCompressor bzip2',
      'CRCCheck off\nSetCompressor lzma',
    ])
      run(`makensis ${lines}`, 'makensis', ['-V1', text('sources', `${lines.length}.nsi`, source(lines))]);
  }
  if (has('wixl'))
    for (const source of [...globSync('source/msitools/*/tests/data/wixl/*.wxs', { cwd: cache })]) {
      const file = join(cache, source);
      run(`wixl ${basename(file)}`, 'wixl', ['-o', at('wixl', `${basename(file, '.wxs')}.msi`), file], {
        cwd: join(file, '..'),
      });
    }
  if (has('gcab')) {
    const inputs = [main, process.execPath].map((file, index) =>
      index === 0 ? file : text('sources', 'large.txt', 'countersign '.repeat(200_000)),
    );
    for (const [name, flags] of [
      ['stored.cab', ['-c']],
      ['mszip.cab', ['-zc']],
      ['flat.cab', ['-zcn']],
      ['one.cab', ['-zc']],
    ] as const)
      run(`gcab ${name}`, 'gcab', [...flags, at('gcab', name), ...(name === 'one.cab' ? [main] : inputs)], {
        cwd: '/',
      });
  }
  if (has('javac') && has('jar')) {
    const source = text('sources', 'A.java', 'public class A { public static void main(String[] a) {} }\n');
    run('javac', 'javac', ['-d', at('sources', 'classes'), source]);
    for (const [name, flags] of [
      ['plain.jar', ['cf']],
      ['stored.jar', ['c0f']],
      ['bare.jar', ['cfM']],
    ] as const)
      run(`jar ${name}`, 'jar', [...flags, at('jdk', name), '-C', at('sources', 'classes'), '.']);
    if (has('zip')) run('zip', 'zip', ['-qr', at('zip', 'zip.jar'), '.'], { cwd: at('sources', 'classes') });
  }
  // As its build would, before the archive is packed.
  for (const source of globSync('{.countersign/real-files/npm,node_modules}/**/*.{ps1,vbs,wsf}', {
    cwd: join(cache, '../..'),
  })) {
    const bytes = readFileSync(join(cache, '../..', source), 'latin1');
    if (/^[\x00-\x7f]*$/.test(bytes) && /(?<!\r)\n/.test(bytes))
      text('scripts by unix2dos', basename(source), bytes.replaceAll(/\r?\n/g, '\r\n'));
  }
  buildPackages();

  function buildPackages(): void {
    const packers: (readonly [string, string, readonly string[]])[] = has('nuget')
      ? [['nuget-debian', 'nuget', []]]
      : [];
    if (has('mono'))
      for (const file of globSync('npm/{nuget-exe,electron-winstaller}/**/nuget*.exe', { cwd: cache }))
        packers.push([`nuget-${file.split('/')[1] ?? ''}`, 'mono', [join(cache, file)]]);
    for (const [tool, program, first] of packers) {
      text(`${tool}-specs`, 'main.c', '// countersign\n');
      mkdirSync(join(built, tool), { recursive: true });
      for (const [id, files, more] of [
        ['Plain', `<file src="main.c" target="content"/>`, ''],
        [
          'Tool',
          `<file src="main.c" target="tools"/>`,
          '<packageTypes><packageType name="DotnetTool"/></packageTypes>',
        ],
        [
          'Tags',
          `<file src="main.c" target="content/a b+c.txt"/>`,
          '<tags>one two</tags><language>de-DE</language>',
        ],
        [
          'Many',
          [1, 2, 3, 4, 5, 6, 7, 8].map((one) => `<file src="main.c" target="content/${one}.c"/>`).join(''),
          '',
        ],
        ['Umlaut', `<file src="main.c" target="content/ä.c"/>`, '<summary>Grüße</summary>'],
        [
          'Depends',
          `<file src="main.c" target="lib/net40"/>`,
          '<dependencies><dependency id="Other" version="1.0"/></dependencies>',
        ],
      ] as const) {
        const spec = text(
          `${tool}-specs`,
          `${id}.nuspec`,
          `<?xml version="1.0"?>\n<package><metadata><id>${id}</id><version>1.2.3</version><authors>A</authors><description>D</description>${more}</metadata><files>${files}</files></package>\n`,
        );
        run(`${tool} ${id}`, program, [
          ...first,
          'pack',
          spec,
          '-OutputDirectory',
          join(built, tool),
          '-NoPackageAnalysis',
        ]);
      }
    }
  }
}
