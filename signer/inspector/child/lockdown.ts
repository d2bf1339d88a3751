/**
 * Runs before anything else in the inspector child (node --import) and removes what a parser never needs.
 * Node's permission model guards files, processes, workers and addons; the network is guarded by an empty
 * network namespace where the system has one and by this everywhere. A second fence, not the first.
 */
import { registerHooks } from 'node:module';

export const allowedBuiltins: ReadonlySet<string> = new Set([
  'node:buffer',
  'node:crypto',
  'node:events',
  'node:fs/promises',
  'node:path',
  'node:stream',
  'node:url',
  'node:zlib',
]);

export function refuse(what: string): never {
  throw new Error(`refused in the inspector: ${what}`);
}

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    if (
      resolved.url.startsWith('node:')
        ? !allowedBuiltins.has(resolved.url)
        : !resolved.url.startsWith('file:')
    ) {
      refuse(`module ${specifier}`);
    }
    return resolved;
  },
});

const networkGlobals = [
  'fetch',
  'WebSocket',
  'EventSource',
  'XMLHttpRequest',
  'BroadcastChannel',
  'navigator',
];
for (const name of networkGlobals) Reflect.deleteProperty(globalThis, name);

const lockedMembers = [
  'getBuiltinModule',
  'binding',
  '_linkedBinding',
  'dlopen',
  'kill',
  '_kill',
  'chdir',
  'umask',
];
for (const name of lockedMembers) {
  Object.defineProperty(process, name, {
    value: () => refuse(`process.${name}`),
    writable: false,
    configurable: false,
  });
}
