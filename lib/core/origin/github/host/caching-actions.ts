/** Actions that are known to restore what an earlier run left, and inputs by which any action is told to. */

/** By owner and repository: whatever of it is used, but for what is named after it. */
const always: Readonly<Record<string, readonly string[]>> = {
  'actions/cache': ['actions/cache/save'],
  'swatinem/rust-cache': [],
  'hendrikmuhs/ccache-action': [],
  'pre-commit/action': [],
};

/** Actions that restore one unless an input says no. */
const unlessSwitchedOff: Readonly<Record<string, readonly [input: string, off: string]>> = {
  'actions/setup-go': ['cache', 'false'],
  'actions/setup-node': ['package-manager-cache', 'false'],
  'actions-rust-lang/setup-rust-toolchain': ['cache', 'false'],
  'astral-sh/setup-uv': ['enable-cache', 'false'],
  'docker/setup-buildx-action': ['cache-binary', 'false'],
  'docker/setup-qemu-action': ['cache-image', 'false'],
  'golangci/golangci-lint-action': ['skip-cache', 'true'],
  'gradle/actions/setup-gradle': ['cache-disabled', 'true'],
  'gradle/gradle-build-action': ['cache-disabled', 'true'],
  'jdx/mise-action': ['cache', 'false'],
  'msys2/setup-msys2': ['cache', 'false'],
  'oven-sh/setup-bun': ['no-cache', 'true'],
};

const cacheInputs = [
  'cache',
  'cache-from',
  'enable-cache',
  'bundler-cache',
  'cache-binary',
  'cache-image',
  'use-cache',
];

/** `action`: owner, repository and path in lower case, without the commit. `given`: what it is given, as pairs. */
export function restoresCache(
  action: string,
  given: readonly (readonly [name: string, value: unknown])[],
): boolean {
  const repository = action.split('/').slice(0, 2).join('/');
  const but = Object.hasOwn(always, repository) ? always[repository] : undefined;
  if (but !== undefined && !but.includes(action)) return true;
  // An expression as the name of an input inserts inputs that nobody sees.
  if (given.some(([name]) => name.includes('${{'))) return true;
  const inputs = new Map(
    given.map(([name, value]) => [name.toLowerCase(), String(value).trim().toLowerCase()]),
  );
  const exception = Object.hasOwn(unlessSwitchedOff, action) ? unlessSwitchedOff[action] : undefined;
  if (exception !== undefined && inputs.get(exception[0]) !== exception[1]) return true;
  return cacheInputs.some((input) => {
    const value = inputs.get(input);
    return value !== undefined && value !== '' && value !== 'false' && value !== 'null';
  });
}
