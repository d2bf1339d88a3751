/** What belongs to the whole process, and so to every test file that a worker runs. */
import { vi } from 'vitest';

const shared: Readonly<Record<string, object>> = {
  globalThis,
  Object,
  'Object.prototype': Object.prototype,
  'Array.prototype': Array.prototype,
  Promise,
  Date,
  Math,
  JSON,
};

interface Held {
  readonly value?: unknown;
  readonly get?: unknown;
}

/** By name. Of a getter the function itself: asking it could load things. */
function presentState(): ReadonlyMap<string, unknown> {
  const members = Object.entries(shared).flatMap(([owner, object]) =>
    Object.entries(Object.getOwnPropertyDescriptors(object) as Record<string, Held>)
      .filter(([name]) => !name.startsWith('__')) // vitest's own
      .map(([name, { value, get }]) => [`${owner}.${name}`, value ?? get] as const),
  );
  return new Map<string, unknown>([
    ...members,
    ['working folder', process.cwd()],
    ['fake timers', vi.isFakeTimers()],
    ['exit code', process.exitCode],
  ]);
}

/** → names what has changed since, when it is asked. Globals may be added: libraries do that when they are loaded. */
export function rememberProcessState(): () => readonly string[] {
  const [before, environment] = [presentState(), { ...process.env }];
  return () => {
    const now = presentState();
    const variables = new Set([...Object.keys(environment), ...Object.keys(process.env)]);
    return [
      ...[...before].filter(([name, was]) => !Object.is(now.get(name), was)).map(([name]) => name),
      ...[...variables].filter((name) => process.env[name] !== environment[name]),
    ];
  };
}
