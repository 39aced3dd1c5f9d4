import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { EventEmitter } from 'node:events';
import { knownOptions, strict } from './strict.ts';
import type { Question, Template, World } from './world.ts';

interface Box {
  readonly message: string;
  readonly detail?: string;
  readonly buttons: string[];
}

/** `dialog`: a person who answers as the test says; a question nobody foresaw is refused. */
export function createDialog(world: World) {
  return strict('dialog', {
    showMessageBox: async (...given: [Box] | [object, Box]) => {
      const box = given.at(-1) as Box;
      knownOptions('showMessageBox', box, ['type', 'message', 'detail', 'buttons', 'defaultId', 'cancelId', 'noLink']);
      const question: Question = { message: box.message, detail: box.detail ?? '', buttons: box.buttons };
      world.questions.push(question);
      if (world.answer === null) throw new Error(`nobody foresaw the question: ${box.message}`);
      const response = box.buttons.indexOf(world.answer(question));
      if (response < 0) throw new Error(`no such button among ${box.buttons.join(', ')}`);
      return { response, checkboxChecked: false };
    },
    showOpenDialog: async (options: object) => {
      knownOptions('showOpenDialog', options, ['title', 'properties', 'filters']);
      const filePaths = world.chosen.shift();
      return { canceled: filePaths === undefined, filePaths: filePaths ?? [] };
    },
    showErrorBox: (title: string, content: string) => void world.errorBoxes.push(`${title}: ${content}`),
  });
}

/** `Notification`, whose clicks are the test's. */
export function createNotification(world: World) {
  class Notification extends EventEmitter {
    static isSupported = () => true;
    readonly #title: string;
    readonly #body: string;
    constructor(options: { title: string; body: string }) {
      super();
      knownOptions('Notification', options, ['title', 'body']);
      this.#title = options.title;
      this.#body = options.body;
    }
    show() {
      world.notifications.push({ title: this.#title, body: this.#body, click: () => void this.emit('click', {}) });
      this.emit('show', {});
    }
  }
  return Notification;
}

interface Image {
  readonly png: Buffer;
}

/** `Tray`, `Menu` and `nativeImage`. */
export function createTray(world: World) {
  class Tray extends EventEmitter {
    readonly #shown;
    constructor(image: Image) {
      super();
      if (world.noTray) throw new Error('there is no tray');
      this.#shown = {
        tooltip: '',
        menu: [] as Template,
        image: image.png,
        removed: false,
        click: () => void this.emit('click', {}),
        drop: (...paths: string[]) => void this.emit('drop-files', {}, paths),
      };
      world.trays.push(this.#shown);
    }
    setImage(image: Image) {
      this.#shown.image = image.png;
    }
    setToolTip(text: string) {
      this.#shown.tooltip = text;
    }
    setContextMenu(menu: { readonly template: Template }) {
      this.#shown.menu = menu.template;
    }
    destroy() {
      this.#shown.removed = true;
    }
  }
  const Menu = strict('Menu', {
    buildFromTemplate: (template: Template) => {
      const check = (entries: Template) => {
        for (const entry of entries) {
          knownOptions('Menu', entry, ['label', 'click', 'type', 'enabled', 'role', 'submenu', 'accelerator']);
          check(entry.submenu ?? []);
        }
      };
      check(template);
      return { template };
    },
    setApplicationMenu: ({ template }: { readonly template: Template }) => {
      world.applicationMenu = template;
    },
  });
  const nativeImage = strict('nativeImage', {
    createFromBuffer: (png: Buffer, options: object = {}): Image => {
      knownOptions('createFromBuffer', options, ['scaleFactor']);
      if (png.toString('latin1', 1, 4) !== 'PNG') throw new Error('this is no PNG');
      return { png };
    },
  });
  return { Tray, Menu, nativeImage };
}

/** `safeStorage`: a key that lives as long as this machine, or none. */
export function createSafeStorage(world: World) {
  const key = randomBytes(32);
  return strict('safeStorage', {
    isEncryptionAvailable: () => world.hasVault,
    getSelectedStorageBackend: () => (world.hasVault ? 'gnome_libsecret' : 'basic_text'),
    encryptString: (text: string) => {
      if (!world.isReady) throw new Error('safeStorage cannot be used before app is ready');
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce);
      return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    decryptString: (locked: Buffer) => {
      const decipher = createDecipheriv('aes-256-gcm', key, locked.subarray(0, 12));
      decipher.setAuthTag(locked.subarray(-16));
      return decipher.update(locked.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
    },
  });
}

/** What else the system does for an app. */
export function createShell(world: World) {
  return {
    shell: strict('shell', {
      openExternal: async (address: string) => void world.openedOutside.push(address),
      openPath: async (path: string) => {
        world.openedPaths.push(path);
        return '';
      },
    }),
    clipboard: strict('clipboard', {
      readText: async () => world.clipboard,
      writeText: async (text: string) => void (world.clipboard = text),
    }),
    crashReporter: strict('crashReporter', {
      start: (options: { uploadToServer: boolean }) => {
        knownOptions('crashReporter', options, ['uploadToServer']);
        world.crashDumps = options.uploadToServer ? 'sent' : 'kept';
      },
    }),
    powerMonitor: strict('powerMonitor', new EventEmitter()),
    screen: strict('screen', {
      getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
    }),
  };
}
