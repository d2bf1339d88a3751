/**
 * tsyringe, which @peculiar/x509 is built on, refuses to load without the metadata functions of the
 * withdrawn Reflect proposal. These few are all that it calls; they keep what decorators record about
 * classes, by key, and change nothing where another polyfill is there already.
 */
interface MetadataReflect {
  defineMetadata?: (key: unknown, value: unknown, target: object) => void;
  getMetadata?: (key: unknown, target: object) => unknown;
  getOwnMetadata?: (key: unknown, target: object) => unknown;
}

const recorded = new WeakMap<object, Map<unknown, unknown>>();
const reflect = Reflect as typeof Reflect & MetadataReflect;

function getOwnMetadata(key: unknown, target: object): unknown {
  return recorded.get(target)?.get(key);
}

/** The nearest value up the prototype chain, as the proposal has it. */
function getMetadata(key: unknown, target: object): unknown {
  for (let at: object | null = target; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    if (recorded.get(at)?.has(key) === true) return getOwnMetadata(key, at);
  }
  return undefined;
}

function defineMetadata(key: unknown, value: unknown, target: object): void {
  const ofTarget = recorded.get(target) ?? new Map<unknown, unknown>();
  recorded.set(target, ofTarget.set(key, value));
}

reflect.defineMetadata ??= defineMetadata;
reflect.getMetadata ??= getMetadata;
reflect.getOwnMetadata ??= getOwnMetadata;
