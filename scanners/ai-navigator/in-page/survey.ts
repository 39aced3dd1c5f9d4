import type { CarouselSeen, Control, DialogSeen, FormSeen, Survey, TablistSeen } from '../raw.ts';
import type { Doc, El, Root } from './dom.ts';

declare const document: Doc;
declare const location: { readonly href: string };
declare const CSS: { escape(text: string): string };
declare const getComputedStyle: (element: El) => { readonly cursor: string };

/** Runs inside the page, so it stands alone: what can be acted on as the page stands, widgets among it, and where the focus is. Changes nothing. */
export function survey(limits: { readonly controls: number; readonly elements: number }): Survey {
  const fold = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();
  const rootOf = (element: El) => element.getRootNode();
  const hostOf = (element: El): El | null => {
    let top = element;
    while (top.parentElement) top = top.parentElement;
    return top.parentNode?.host ?? null;
  };
  const selectorOf = (element: El): string => {
    const root = rootOf(element);
    const steps: string[] = [];
    for (let at: El | null = element; at; at = at.parentElement) {
      if (at.id && root.querySelectorAll(`#${CSS.escape(at.id)}`).length === 1) {
        steps.unshift(`#${CSS.escape(at.id)}`);
        break;
      }
      let nth = 1;
      for (let before = at.previousElementSibling; before; before = before.previousElementSibling)
        if (before.localName === at.localName) nth++;
      const alone = at.localName === 'html' || at.localName === 'body' || at.localName === 'head';
      steps.unshift(alone ? at.localName : `${at.localName}:nth-of-type(${nth})`);
    }
    const host = hostOf(element);
    return (host ? `${selectorOf(host)} >>> ` : '') + steps.join(' > ');
  };
  const shown = (element: El) => {
    const { width, height } = element.getBoundingClientRect();
    const visible = element.checkVisibility?.({ visibilityProperty: true, opacityProperty: true }) ?? true;
    return visible && width > 0 && height > 0 && element.closest('[inert]') === null;
  };
  const byIds = (element: El, attribute: string) =>
    (element.getAttribute(attribute) ?? '')
      .split(/\s+/)
      .flatMap((id) => (id === '' ? [] : (rootOf(element).getElementById(id) ?? [])));
  const nameOf = (element: El): string => {
    const labelled = byIds(element, 'aria-labelledby').map((one) => fold(one.textContent));
    const labels = Array.from(element.labels ?? []).map((one) => fold(one.textContent));
    const image = element.querySelector('img[alt], svg title');
    const button = element.localName === 'input' && /^(?:submit|button|reset)$/.test(String(element.type));
    const candidates = [
      labelled.join(' '),
      fold(element.getAttribute('aria-label')),
      labels.join(' '),
      button ? fold(String(element.value ?? '')) || 'Submit' : '',
      element.localName === 'select' || element.localName === 'textarea' ? '' : fold(element.textContent),
      fold(image?.getAttribute('alt') ?? image?.textContent),
      fold(element.getAttribute('title')),
      fold(element.getAttribute('placeholder')),
    ];
    return (candidates.find((text) => text !== '') ?? '').slice(0, 120);
  };
  const roleOf = (element: El): string => {
    const given = fold(element.getAttribute('role')).split(' ')[0];
    if (given) return given;
    const tag = element.localName;
    if (tag === 'a') return element.hasAttribute('href') ? 'link' : 'generic';
    if (tag === 'button' || tag === 'summary') return 'button';
    if (tag === 'select') return 'combobox';
    if (tag === 'textarea') return 'textbox';
    if (tag !== 'input') return 'generic';
    const type = String(element.type);
    if (/^(?:submit|button|reset|image)$/.test(type)) return 'button';
    if (type === 'checkbox' || type === 'radio') return type;
    return type === 'range' ? 'slider' : type === 'number' ? 'spinbutton' : 'textbox';
  };
  const snippetOf = (element: El) => {
    const html = element.outerHTML;
    const end = html.indexOf('>') + 1;
    return (html.slice(0, end) + fold(element.textContent).slice(0, 60)).slice(0, 300);
  };
  const pieces = { natural: 'a[href],button,summary,input,select,textarea', roles: '' };
  pieces.roles = [
    'button',
    'link',
    'tab',
    'menuitem',
    'menuitemcheckbox',
    'menuitemradio',
    'checkbox',
    'radio',
    'switch',
    'option',
    'combobox',
    'treeitem',
    'slider',
  ]
    .map((role) => `[role="${role}"]`)
    .join();
  const real = `${pieces.natural},${pieces.roles},[tabindex]:not([tabindex="-1"]),[contenteditable="true"]`;

  const all: El[] = [];
  const collectFrom = (root: Pick<Root, 'querySelectorAll'>) => {
    for (const element of Array.from(root.querySelectorAll('*'))) {
      if (all.length >= limits.elements) return;
      all.push(element);
      if (element.shadowRoot) collectFrom(element.shadowRoot);
    }
  };
  collectFrom(document);
  const visible = all.filter(shown);

  const isDialog = (e: El) =>
    e.matches('[role="dialog"],[role="alertdialog"],[aria-modal="true"]') ||
    (e.localName === 'dialog' && e.open === true);
  const dialogOf = (element: El | null) =>
    element?.closest('[role="dialog"],[role="alertdialog"],[aria-modal="true"],dialog[open]') ?? null;
  const fake = (element: El) => {
    if (element.matches('label,label *,option,html,body') || element.closest(real) !== null) return false;
    if (element.querySelector(real) !== null) return false;
    if (element.hasAttribute('onclick')) return true;
    const parent = element.parentElement;
    return (
      getComputedStyle(element).cursor === 'pointer' &&
      (parent === null || getComputedStyle(parent).cursor !== 'pointer')
    );
  };
  const controlOf = (element: El, isFake: boolean): Control => {
    const form = element.closest('form');
    const dialog = dialogOf(element);
    const group = element.closest(
      '[role="tablist"],[role="menu"],[role="menubar"],[role="radiogroup"],[role="listbox"],[role="toolbar"],[role="tree"]',
    );
    const looks = Array.from(element.parentElement?.children ?? []).map((one) => one.localName);
    return {
      selector: selectorOf(element),
      role: roleOf(element),
      name: nameOf(element),
      tag: element.localName,
      type: element.localName === 'input' || element.localName === 'button' ? String(element.type) : null,
      href: element.localName === 'a' ? element.getAttribute('href') : null,
      snippet: snippetOf(element),
      fake: isFake,
      tabbable: element.tabIndex >= 0,
      disabled: element.disabled === true || element.getAttribute('aria-disabled') === 'true',
      expanded:
        element.localName === 'summary'
          ? element.parentElement?.hasAttribute('open')
            ? 'true'
            : 'false'
          : element.getAttribute('aria-expanded'),
      selected:
        element.getAttribute('aria-selected') ??
        element.getAttribute('aria-pressed') ??
        (typeof element.checked === 'boolean' ? String(element.checked) : null),
      current: element.hasAttribute('aria-current'),
      form: form === null ? null : selectorOf(form),
      dialog: dialog === null ? null : selectorOf(dialog),
      group: group === null ? null : selectorOf(group),
      alike:
        `${element.localName}.${fold(element.getAttribute('class'))}|${roleOf(element)}|${nameOf(element)}|${looks.join()}`.slice(
          0,
          300,
        ),
    };
  };
  const controls: Control[] = [];
  for (const element of visible) {
    if (controls.length >= limits.controls) break;
    if (element.matches(real)) controls.push(controlOf(element, false));
    else if (fake(element)) controls.push(controlOf(element, true));
  }

  const dialogs = visible.filter(isDialog).map(
    (e): DialogSeen => ({
      selector: selectorOf(e),
      name: nameOf(e).slice(0, 80),
      snippet: snippetOf(e),
      modal: e.getAttribute('aria-modal') === 'true' || e.matches(':modal'),
    }),
  );
  const panelOf = (tab: El) => byIds(tab, 'aria-controls')[0] ?? null;
  const tablists = visible
    .filter((e) => e.matches('[role="tablist"]'))
    .map((e): TablistSeen => {
      const tabs = Array.from(e.querySelectorAll('[role="tab"]'));
      return {
        selector: selectorOf(e),
        tabs: tabs.map((tab) => {
          const panel = panelOf(tab);
          return {
            selector: selectorOf(tab),
            name: nameOf(tab),
            snippet: snippetOf(tab),
            selected: tab.getAttribute('aria-selected') === 'true',
            panel: panel === null ? null : selectorOf(panel),
            panelShown: panel !== null && shown(panel),
          };
        }),
      };
    });
  const fieldOf = (e: El) => ({
    selector: selectorOf(e),
    name: nameOf(e),
    tag: e.localName,
    type: String(e.type ?? ''),
    about: [e.getAttribute('name'), e.id, e.getAttribute('autocomplete'), nameOf(e)]
      .map(fold)
      .join(' ')
      .toLowerCase()
      .slice(0, 300),
    required: e.hasAttribute('required') || e.getAttribute('aria-required') === 'true',
  });
  const forms = visible
    .filter((e) => e.localName === 'form')
    .map((e): FormSeen => {
      const inside = Array.from(e.querySelectorAll('input,select,textarea')).filter(
        (one) =>
          shown(one) && one.disabled !== true && !/^(?:hidden|submit|button|reset|image|file)$/.test(String(one.type)),
      );
      const submit = Array.from(e.querySelectorAll('button,input')).find(
        (one) => shown(one) && /^(?:submit|image)$/.test(String(one.type)),
      );
      return {
        selector: selectorOf(e),
        snippet: snippetOf(e),
        method: (e.getAttribute('method') ?? 'get').toLowerCase(),
        action: fold(e.getAttribute('action')),
        validates: e.noValidate !== true,
        search: e.matches('[role="search"], [role="search"] *') || e.querySelector('input[type="search"]') !== null,
        fields: inside.slice(0, 40).map(fieldOf),
        submit: submit === undefined ? null : { selector: selectorOf(submit), name: nameOf(submit) },
      };
    });
  const NEXT = /(?:^|\b)(?:next|forward|weiter|vor|nächste\w*|suivant|siguiente)(?:\b|$)|^[›»→>]$/i;
  const STOP = /\b(?:pause|stop|anhalten|halt|arrêter|parar)\b/i;
  const carousels: CarouselSeen[] = [];
  for (const e of visible) {
    const said = `${fold(e.getAttribute('class'))} ${e.id}`;
    const named =
      fold(e.getAttribute('aria-roledescription')).toLowerCase() === 'carousel' ||
      /(?:^|[\s_-])(?:carousel|slider|slideshow|swiper)(?:$|[\s_-])/i.test(said);
    if (!named || carousels.some((one) => e.closest(one.selector.split(' >>> ').at(-1) ?? '*') !== null)) continue;
    const inner = Array.from(e.querySelectorAll('button,[role="button"],a[href]'));
    const next = inner.find((one) => shown(one) && NEXT.test(nameOf(one)));
    if (next === undefined) continue;
    carousels.push({
      selector: selectorOf(e),
      name: nameOf(e).slice(0, 40),
      snippet: snippetOf(e),
      next: selectorOf(next),
      pause: inner.some((one) => STOP.test(nameOf(one))),
    });
  }

  const footer = visible.find(
    (e) =>
      e.matches('footer,[role="contentinfo"]') &&
      e.querySelector('a[href],button') !== null &&
      e.closest('article,section,main') === null,
  );
  return {
    url: location.href,
    title: document.title.slice(0, 200),
    controls,
    dialogs,
    tablists,
    forms,
    carousels,
    footer: footer === undefined ? null : { selector: selectorOf(footer), snippet: snippetOf(footer) },
  };
}
