/** What Node, promises and assertions look for on any object without meaning anything by it. */
const HARMLESS = new Set<string>([
  'then',
  'toJSON',
  'constructor',
  'asymmetricMatch',
  'nodeType',
  'prototype',
  '$$typeof',
]);

/** An object of the stand-in that has nothing but what was written for it: the rest of Electron is refused by name, so that no test passes on a call that does nothing. */
export function strict<T extends object>(name: string, object: T): T {
  return new Proxy(object, {
    get: (target, key, receiver) => {
      if (typeof key === 'string' && !(key in target) && !key.startsWith('_') && !HARMLESS.has(key))
        throw new Error(`the stand-in knows no ${name}.${key}`);
      return Reflect.get(target, key, receiver) as unknown;
    },
  });
}

/** Refuses options that the stand-in does not know, or that Electron would take for something else. */
export function knownOptions(name: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options))
    if (!known.includes(key)) throw new Error(`the stand-in knows no option ${key} of ${name}`);
}

/** An event that can be prevented, with what else it bears. */
export function preventable<T extends object>(more: T): T & { defaultPrevented: boolean; preventDefault(): void } {
  const event = {
    ...more,
    defaultPrevented: false,
    preventDefault: () => {
      event.defaultPrevented = true;
    },
  };
  return event;
}
