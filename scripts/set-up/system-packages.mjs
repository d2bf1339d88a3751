import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pinnedNode, projectDirectory } from './npm-packages.mjs';
import { runLogged, SetUpError, step } from './steps.mjs';

const log = join(projectDirectory, '.countersign', 'logs', 'set-up.log');

/**
 * Names of the browser; the first two are Debian's, and the one without windows is the faster for tests. Ubuntu's
 * chromium-browser only fetches a snap, so it isn't one.
 */
const browsers = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

function hasCommand(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...folders, '/usr/sbin', '/usr/local/sbin', '/sbin', '/opt/homebrew/sbin'].some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

const command = (name) => () => hasCommand(name);
const oneOf =
  (...paths) =>
  () =>
    paths.some((path) => existsSync(path));

/**
 * What the project needs of the operating system: package on Debian and Ubuntu, package of Homebrew (null where macOS
 * has it), how to see that it is there, and whether only tests need it.
 */
const packages = [
  {
    apt: 'softhsm2',
    brew: 'softhsm',
    present: () => hasCommand('softhsm2-util') && softhsmModule(),
  },
  { apt: 'clamav-daemon', brew: 'clamav', present: command('clamd') },
  { apt: 'clamav-freshclam', brew: 'clamav', present: command('freshclam') },
  // What opens installers and 7z archives, in a sandbox that exists for Linux only.
  { apt: 'bubblewrap', brew: null, present: command('bwrap') },
  { apt: '7zip', brew: 'sevenzip', present: command('7zz') },
  { apt: 'innoextract', brew: null, present: command('innoextract') },
  // Of Prometheus, only promtool: it judges metrics and alert rules in tests.
  { apt: 'prometheus', brew: 'prometheus', present: command('promtool'), testOnly: true },
  // Sets a process's clock, for tests of clocks that jump.
  { apt: 'faketime', brew: 'libfaketime', present: command('faketime'), testOnly: true },
  // OpenStack Swift, the S3 server that the object store is tested against.
  ...['proxy', 'account', 'container', 'object'].map((part) => ({
    apt: `swift-${part}`,
    brew: null,
    present: command(`swift-${part}-server`),
    testOnly: true,
  })),
  { apt: 'memcached', brew: null, present: command('memcached'), testOnly: true },
  { apt: 'git', brew: 'git', present: command('git') },
  { apt: 'openssh-client', brew: null, present: command('ssh-keygen') },
  { apt: 'osslsigncode', brew: 'osslsigncode', present: command('osslsigncode') },
  {
    apt: 'ca-certificates',
    brew: null,
    present: oneOf(
      '/etc/ssl/certs/ca-certificates.crt',
      '/etc/ssl/cert.pem',
      '/etc/pki/tls/certs/ca-bundle.crt',
    ),
  },
  // pkcs11js is compiled when npm installs it.
  { apt: 'python3', brew: null, present: command('python3') },
  { apt: 'make', brew: null, present: command('make') },
  { apt: 'g++', brew: null, present: command('g++') },
  { apt: 'openssl', brew: 'openssl', present: command('openssl'), testOnly: true },
  { apt: 'sbsigntool', brew: 'sbsigntools', present: command('sbverify') },
  // Tools that judge the archive readers and writers.
  { apt: 'zip', brew: null, present: command('zip'), testOnly: true },
  { apt: 'unzip', brew: null, present: command('unzip'), testOnly: true },
  { apt: 'libarchive-tools', brew: null, present: command('bsdtar'), testOnly: true },
  { apt: 'xz-utils', brew: 'xz', present: command('xz'), testOnly: true },
  { apt: 'bzip2', brew: null, present: command('bzip2'), testOnly: true },
  // Installers for tests, and what reads them.
  { apt: 'wixl', brew: 'msitools', present: command('wixl'), testOnly: true },
  { apt: 'msitools', brew: 'msitools', present: command('msiinfo'), testOnly: true },
  { apt: 'default-jdk-headless', brew: null, present: command('jarsigner'), testOnly: true },
  { apt: 'gcab', brew: 'gcab', present: command('gcab'), testOnly: true },
  { apt: 'cabextract', brew: 'cabextract', present: command('cabextract'), testOnly: true },
  { apt: 'nsis', brew: 'makensis', present: command('makensis'), testOnly: true },
  // Shells that the command's completions are for, beside bash.
  { apt: 'zsh', brew: 'zsh', present: command('zsh'), testOnly: true },
  { apt: 'fish', brew: 'fish', present: command('fish'), testOnly: true },
  // The oldest that is said to do, where the system has that very version.
  ...(hasDebian12()
    ? [
        {
          apt: 'postgresql-15',
          brew: null,
          present: oneOf('/usr/lib/postgresql/15/bin/postgres'),
          testOnly: true,
        },
      ]
    : []),
  // What deploy/ is for, to read it.
  { apt: 'systemd', brew: null, present: command('systemd-analyze'), testOnly: true },
  { apt: 'nginx-light', brew: 'nginx', present: command('nginx'), testOnly: true },
  { apt: 'caddy', brew: 'caddy', present: command('caddy'), testOnly: true },
  { apt: 'python3-seccomp', brew: null, present: () => seccompForPython().length > 0, testOnly: true },
  // Readers of OpenPGP. Debian has the client of web key directories where no search for programs looks.
  // Reads envelopes of signatures as the page of a release says.
  { apt: 'jq', brew: 'jq', present: command('jq'), testOnly: true },
  { apt: 'curl', brew: null, present: command('curl'), testOnly: true },
  { apt: 'gnupg', brew: 'gnupg', present: command('gpg'), testOnly: true },
  { apt: 'sqv', brew: null, present: command('sqv'), testOnly: true },
  {
    apt: 'gpg-wks-client',
    brew: null,
    present: oneOf('/usr/lib/gnupg/gpg-wks-client', '/usr/libexec/gpg-wks-client', '/usr/bin/gpg-wks-client'),
    testOnly: true,
  },
  // Windows programs for tests, freshly compiled.
  {
    apt: 'gcc-mingw-w64-x86-64-win32',
    brew: 'mingw-w64',
    present: command('x86_64-w64-mingw32-gcc'),
    testOnly: true,
  },
  {
    apt: 'gcc-mingw-w64-i686-win32',
    brew: 'mingw-w64',
    present: command('i686-w64-mingw32-gcc'),
    testOnly: true,
  },
  {
    apt: 'chromium-headless-shell',
    brew: '--cask chromium',
    present: oneOf(...browsers),
    testOnly: true,
  },
];

/** Its file has Python's version and the system's name in it. */
function seccompForPython() {
  const folder = '/usr/lib/python3/dist-packages';
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => /^seccomp\..*\.so$/.test(name))
    .map((name) => join(folder, name));
}

function hasDebian12() {
  const file = '/etc/os-release';
  return existsSync(file) && /^VERSION_CODENAME=bookworm$/m.test(readFileSync(file, 'utf8'));
}

function softhsmModule() {
  return oneOf(
    '/usr/lib/softhsm/libsofthsm2.so',
    '/usr/lib64/softhsm/libsofthsm2.so',
    '/opt/homebrew/lib/softhsm/libsofthsm2.so',
    '/usr/local/lib/softhsm/libsofthsm2.so',
  )();
}

function missingPackages(purpose) {
  return packages.filter((each) => (purpose === 'test' || each.testOnly !== true) && !each.present());
}

/** Installs what is missing: with apt-get as root or with sudo that asks nothing; else says the exact command. */
export async function ensureSystemPackages(purpose) {
  let missing = missingPackages(purpose);
  if (missing.length === 0) return;
  if (process.platform === 'darwin') {
    // sbsigntools has no formula: the tests that use sbverify say so and are skipped.
    const names = [
      ...new Set(missing.flatMap(({ brew }) => (brew === null || brew === 'sbsigntools' ? [] : [brew]))),
    ];
    if (names.length === 0) return;
    const casks = names.filter((name) => name.startsWith('--cask '));
    const formulas = names.filter((name) => !name.startsWith('--cask '));
    const commands = [
      formulas.length > 0 ? `brew install ${formulas.join(' ')}` : '',
      ...casks.map((cask) => `brew install ${cask}`),
    ];
    throw new SetUpError(
      `These Homebrew packages are missing. Run:\n\n  ${commands.filter(Boolean).join(' && ')}`,
    );
  }
  if (!hasCommand('apt-get')) {
    const names = missing.map(({ apt }) => apt).join(', ');
    throw new SetUpError(`This system has no apt-get. Install what Debian calls: ${names}`);
  }
  if (isUbuntu()) {
    missing = missing.filter(({ apt }) => apt !== 'chromium-headless-shell'); // there only a snap; ensureBrowser sees to it
    if (missing.length === 0) return;
  }
  const names = missing.map(({ apt }) => apt);
  const prefix = rootPrefix();
  if (prefix === null) {
    throw new SetUpError(
      `System packages are missing, and this isn't root and sudo asks for a password. Run:\n\n` +
        `  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names.join(' ')}\n\n` +
        `and then the same command again.`,
    );
  }
  await step(`Installing system packages: ${names.join(' ')}`, (report) => aptInstall(names, prefix, report));
  const still = missingPackages(purpose).filter(({ apt }) => names.includes(apt));
  if (still.length > 0) {
    throw new SetUpError(
      `apt-get installed ${still.map(({ apt }) => apt).join(', ')}, but not where expected.`,
      log,
    );
  }
}

function isUbuntu() {
  const file = '/etc/os-release';
  return existsSync(file) && /^ID=ubuntu$/m.test(readFileSync(file, 'utf8'));
}

/** What to put before a command to run it as root: nothing, or sudo; null where neither works. */
function rootPrefix() {
  if (process.getuid() === 0) return [];
  try {
    execFileSync('sudo', ['-n', 'true'], { stdio: 'ignore' });
    return ['sudo', '-n'];
  } catch {
    return null;
  }
}

const policyFile = '/usr/sbin/policy-rc.d';
const policyMark = '# countersign: no service is started while its packages are installed';

async function aptInstall(names, prefix, report) {
  const asRoot = (...args) => {
    const [program, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', ...args];
    return runLogged(program, rest, { log, report });
  };
  const options = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Acquire::Retries=3', '-q'];
  // The stack runs its own clamd. invoke-rc.d(8): with this file and exit code 101, packages start no services.
  const guarded = !existsSync(policyFile) || readFileSync(policyFile, 'utf8').includes(policyMark);
  if (guarded)
    await asRoot(
      'sh',
      '-c',
      `printf '%s\\n' '#!/bin/sh' '${policyMark}' 'exit 101' > ${policyFile}; chmod 755 ${policyFile}`,
    );
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await asRoot('apt-get', ...options, 'update');
        await asRoot('apt-get', ...options, 'install', '-y', '--no-install-recommends', ...names);
        return;
      } catch (error) {
        if (attempt >= 3) throw error;
        report(`attempt ${attempt} failed; once more in 5 s`);
        await new Promise((resolve) => setTimeout(resolve, 5000));
      }
    }
  } finally {
    if (guarded) await asRoot('rm', '-f', policyFile);
  }
}

/** On Ubuntu Chromium is only a snap, which containers can't install: there Playwright's own build is fetched. */
export async function ensureBrowser() {
  if (browsers.some((path) => existsSync(path))) return;
  const cache = process.env.PLAYWRIGHT_BROWSERS_PATH ?? join(homedir(), '.cache', 'ms-playwright');
  const stamp = join(cache, '.countersign-chromium');
  if (existsSync(stamp)) return;
  const cli = join(projectDirectory, 'node_modules', '@playwright', 'test', 'cli.js');
  const withSystemPackages = rootPrefix() === null ? [] : ['--with-deps'];
  await step('Fetching Chromium for the browser tests', (report) =>
    runLogged(pinnedNode, [cli, 'install', ...withSystemPackages, 'chromium'], { log, report }),
  );
  writeFileSync(stamp, '');
}
