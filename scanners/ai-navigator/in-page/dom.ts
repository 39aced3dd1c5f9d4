/** The part of the DOM that the in-page functions use; the rest of the project is typed without a browser's globals. */
export interface El {
  readonly localName: string;
  readonly id: string;
  readonly textContent: string | null;
  readonly parentElement: El | null;
  readonly parentNode: { readonly host?: El } | null;
  readonly previousElementSibling: El | null;
  readonly childNodes: ArrayLike<{ readonly nodeType: number; readonly nodeValue: string | null }>;
  readonly children: ArrayLike<El>;
  readonly shadowRoot: Root | null;
  readonly outerHTML: string;
  readonly tabIndex: number;
  readonly value?: unknown;
  readonly checked?: unknown;
  readonly type?: unknown;
  readonly disabled?: unknown;
  readonly open?: unknown;
  readonly noValidate?: unknown;
  readonly scrollLeft: number;
  readonly scrollTop: number;
  readonly scrollHeight: number;
  readonly labels?: ArrayLike<El> | null;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  matches(selector: string): boolean;
  closest(selector: string): El | null;
  contains(other: El | null): boolean;
  querySelector(selector: string): El | null;
  querySelectorAll(selector: string): ArrayLike<El>;
  getRootNode(): Root;
  getBoundingClientRect(): Rect;
  scrollIntoView(options: object): void;
  checkVisibility?(options: Record<string, boolean>): boolean;
}

export interface Rect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Root {
  readonly activeElement: El | null;
  querySelector(selector: string): El | null;
  querySelectorAll(selector: string): ArrayLike<El>;
  getElementById(id: string): El | null;
  elementFromPoint(x: number, y: number): El | null;
}

export interface Doc extends Root {
  readonly title: string;
  readonly body: El | null;
  readonly documentElement: El;
  getAnimations(): {
    readonly playState: string;
    readonly effect: { getComputedTiming(): { endTime?: unknown } } | null;
  }[];
}
