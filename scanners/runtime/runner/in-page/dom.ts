/** The part of the DOM that the in-page functions use; the rest of the project is typed without a browser's globals. */
export interface PageElement extends PageNode {
  readonly tagName: string;
  readonly localName: string;
  readonly id: string;
  readonly attributes: ArrayLike<{ readonly name: string; readonly value: string }>;
  readonly children: ArrayLike<PageElement>;
  readonly parentElement: PageElement | null;
  readonly previousElementSibling: PageElement | null;
  readonly shadowRoot: PageRoot | null;
  readonly contentDocument?: PageDocument | null;
  readonly outerHTML: string;
  readonly textContent: string | null;
  readonly href?: unknown;
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  checkVisibility(options: { readonly visibilityProperty: boolean; readonly opacityProperty: boolean }): boolean;
  getBoundingClientRect(): { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
}

export interface PageNode {
  readonly isConnected: boolean;
}

export interface PageRoot extends PageNode {
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
}

export interface PageDocument extends PageRoot {
  readonly documentElement: PageElement | null;
  readonly body: PageElement | null;
  readonly title: string;
  readonly baseURI: string;
  readonly contentType: string;
  readonly readyState: string;
  readonly fonts: { readonly ready: Promise<unknown> };
}
