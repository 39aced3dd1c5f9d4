/** Runs in every frame of the window before its scripts, with the built preload in it: what a preload finds behind `require('electron')`. Text, since it runs in the browser. */
export function pageSide(preload: string): string {
  return `(() => {
  const listeners = new Map();
  const paths = (globalThis.__paths ??= new Map());
  const clone = (value) => {
    if (typeof value === 'function') return (...given) => {
      const answer = value(...given.map(clone));
      return answer instanceof Promise ? answer.then(clone) : clone(answer);
    };
    // A File keeps its identity, so that its path can be told; everything else is copied.
    if (value instanceof File) return value;
    if (Array.isArray(value)) return Object.freeze(value.map(clone));
    if (value !== null && typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
      return Object.freeze(Object.fromEntries(Object.entries(value).map(([key, one]) => [key, clone(one)])));
    return structuredClone(value);
  };
  const refusing = (name, object) => new Proxy(object, {
    get: (target, key) => {
      if (typeof key === 'string' && !(key in target)) throw new Error('the stand-in knows no ' + name + '.' + key);
      return target[key];
    },
  });
  globalThis.__deliver = (channel, told) => {
    for (const listener of listeners.get(channel) ?? []) listener({}, structuredClone(told));
  };
  const electron = refusing('electron', {
    contextBridge: refusing('contextBridge', {
      exposeInMainWorld: (name, api) => Object.defineProperty(globalThis, name, { value: clone(api), enumerable: true }),
    }),
    ipcRenderer: refusing('ipcRenderer', {
      // Functions and nodes cannot be cloned and are refused here, as in Electron.
      invoke: async (channel, ...input) => globalThis.__invoke({ channel, input: structuredClone(input) }),
      on: (channel, listener) => void listeners.set(channel, [...(listeners.get(channel) ?? []), listener]),
      off: (channel, listener) => void listeners.set(channel, (listeners.get(channel) ?? []).filter((one) => one !== listener)),
    }),
    webUtils: refusing('webUtils', {
      getPathForFile: (file) => {
        if (!(file instanceof File)) throw new TypeError('getPathForFile wants a File');
        return paths.get(file.name + ':' + file.size) ?? paths.get(file.name + ':folder') ?? '';
      },
    }),
  });
  if (globalThis !== globalThis.top) return;
  (function (require, module, exports) {${preload}
  })((name) => {
    if (name !== 'electron') throw new Error('a sandboxed preload cannot require ' + name);
    return electron;
  }, { exports: {} }, {});
})();`;
}
