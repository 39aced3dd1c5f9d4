/** One rule: what a page does that breaks it, what one does that keeps it, and where the fault is. */
export interface RulePages {
  readonly rule: string;
  /** Body of the page; `<script>` at its end. */
  readonly fails: string;
  readonly passes: string;
  /** Selector of the finding, and words of its message. */
  readonly at: string;
  readonly says: string;
  readonly outcome?: 'needs-review';
  /** What a stand-in for a model does; see `Script`. */
  readonly script?: readonly string[];
}

const link = '<a href="/elsewhere">Elsewhere</a>';
const menu = (
  keys: string,
) => `<button id="open" aria-expanded="false">Tours</button><ul id="menu" hidden><li><a id="a" href="/a">A</a></li><li><a id="b" href="/b">B</a></li></ul>${link}
<script>open_ = document.querySelector('#open'); menu_ = document.querySelector('#menu');
const show = (on) => { menu_.hidden = !on; open_.setAttribute('aria-expanded', on); };
open_.onclick = () => { show(menu_.hidden); if (!menu_.hidden) a.focus(); };
menu_.onkeydown = (e) => { ${keys} };</script>`;
const dialog = (open: string, close: string, keys = "if (e.key === 'Escape') shut();") =>
  `<button id="news">Newsletter</button>${link}
<div id="box" role="dialog" aria-modal="true" aria-label="Newsletter" hidden><p>Monthly.</p><button id="shut">Close</button></div>
<script>const shut = () => { box.hidden = true; ${close} };
news.onclick = () => { box.hidden = false; ${open} };
document.querySelector('#shut').onclick = shut;
document.onkeydown = (e) => { if (box.hidden) return; ${keys} };</script>`;
const KEEP_IN =
  "if (e.key === 'Escape') shut(); if (e.key === 'Tab') { e.preventDefault(); document.querySelector('#shut').focus(); }";
const FOCUS_IN = "document.querySelector('#shut').focus();";
const BACK = 'news.focus();';
const tabs = (
  keys: string,
) => `<div role="tablist" aria-label="Boats"><button role="tab" id="one" aria-selected="true" aria-controls="p1">One</button><button role="tab" id="two" aria-selected="false" aria-controls="p2" tabindex="-1">Two</button></div>
<div role="tabpanel" id="p1">First</div><div role="tabpanel" id="p2" hidden>Second</div>
<script>const show = (n) => { one.setAttribute('aria-selected', n === 1); two.setAttribute('aria-selected', n === 2); p1.hidden = n !== 1; p2.hidden = n !== 2; };
one.onclick = () => show(1); two.onclick = () => show(2); ${keys}</script>`;
const form = (
  live: string,
) => `<form id="ask" novalidate><label>E-mail <input id="mail" name="mail" type="email"></label><p id="said" ${live}></p><button id="send">Send</button></form>
<script>ask.onsubmit = (e) => { e.preventDefault(); said.textContent = mail.value ? '' : 'Please enter your e-mail address.'; };</script>`;
const carousel = (
  next: string,
  more = '',
  control = '',
) => `<section id="shots" class="carousel" aria-label="Pictures"><div id="slides"><p>Picture 0</p></div><button id="next">Next</button>${control}</section>
<script>let n = 0; const slide = (text) => Object.assign(document.createElement('p'), { textContent: text });
next.onclick = () => { n += 1; ${next} }; ${more}</script>`;
const RECYCLES = "slides.replaceChildren(slide('Picture ' + n % 3));";
const AUTO = 'setInterval(() => next.click(), 800);';
const feed = (ends: string) => `<main id="feed"></main><footer id="foot"><a href="/imprint">Imprint</a></footer>
<script>let parts = 0; const more = () => { if (parts >= ${ends}) return; parts += 1; const p = document.createElement('p'); p.style.height = '1500px'; p.textContent = 'Part ' + parts; feed.append(p); };
more(); addEventListener('scroll', () => { if (scrollY + innerHeight > document.documentElement.scrollHeight - 100) more(); });</script>`;
const late = (
  room: string,
) => `<button id="go">Show the map</button><div id="map" style="${room}"></div><p id="text">${'Text below the map. '.repeat(200)}</p>
<script>go.onclick = () => { setTimeout(() => { map.style.height = '500px'; }, 650); setTimeout(() => {}, 0); for (let i = 0; i < 9; i++) setTimeout(() => map.setAttribute('data-n', i), i * 80); };</script>`;

export const PAGES: readonly RulePages[] = [
  {
    rule: 'keyboard-trap',
    fails: menu("if (e.key === 'Tab') { e.preventDefault(); (document.activeElement === a ? b : a).focus(); }"),
    passes: menu("if (e.key === 'Escape') { show(false); open_.focus(); }"),
    at: '#open',
    says: 'Tab goes round among 2 places',
  },
  {
    rule: 'control-not-reachable',
    fails: `<div id="more" onclick="text.hidden = false" style="cursor: pointer">More</div><p id="text" hidden>Text</p>${link}`,
    passes: `<button id="more" onclick="text.hidden = false">More</button><p id="text" hidden>Text</p>${link}`,
    at: '#more',
    says: 'no key leads to it',
  },
  {
    rule: 'control-not-operable',
    fails: `<div id="more" role="button" tabindex="0" onclick="text.hidden = false">More</div><p id="text" hidden>Text</p>`,
    passes: `<div id="more" role="button" tabindex="0" onclick="text.hidden = false" onkeydown="if (event.key === 'Enter') text.hidden = false">More</div><p id="text" hidden>Text</p>`,
    at: '#more',
    says: 'Enter and Space do nothing',
  },
  {
    rule: 'tab-panel-unreachable',
    fails: tabs(''),
    passes: tabs("one.parentElement.onkeydown = (e) => { if (e.key === 'ArrowRight') { two.focus(); show(2); } };"),
    at: '#two',
    says: 'a click shows the panel of tab “Two”',
  },
  {
    rule: 'focus-lost',
    fails: `<button id="gone" onclick="this.remove(); text.hidden = false">Accept</button><p id="text" hidden>Thanks</p>${link}`,
    passes: `<button id="gone" onclick="this.remove(); text.hidden = false; text.focus()">Accept</button><p id="text" tabindex="-1" hidden>Thanks</p>${link}`,
    at: '#gone',
    says: 'since the control is gone',
  },
  {
    rule: 'dialog-focus-not-moved',
    fails: dialog('', BACK),
    passes: dialog(FOCUS_IN, BACK, KEEP_IN),
    at: '#box',
    says: 'the focus stays outside it',
  },
  {
    rule: 'dialog-focus-escapes',
    fails: dialog(FOCUS_IN, BACK),
    passes: dialog(FOCUS_IN, BACK, KEEP_IN),
    at: '#box',
    says: 'Tab leads out of it to',
  },
  {
    rule: 'dialog-cannot-be-closed',
    fails: dialog(FOCUS_IN, BACK, "if (e.key === 'Tab' || e.key === 'Enter') e.preventDefault();"),
    passes: dialog(FOCUS_IN, BACK, "if (e.key === 'Tab') e.preventDefault();"),
    at: '#box',
    says: 'neither Escape nor a button that Tab reaches closes the dialog',
  },
  {
    rule: 'dialog-focus-not-returned',
    fails: dialog(FOCUS_IN, '', KEEP_IN),
    passes: `<button id="news" onclick="box.showModal()">Newsletter</button><dialog id="box" aria-label="Newsletter"><p>Monthly.</p><button onclick="box.close()">Close</button></dialog>${link}`,
    at: '#box',
    says: 'closed by Escape, the dialog leaves the focus nowhere',
  },
  {
    rule: 'form-error-not-announced',
    fails: form(''),
    passes: form('role="alert"'),
    at: '#ask',
    says: 'Please enter your e-mail address.',
  },
  {
    rule: 'carousel-endless',
    fails: carousel("slides.prepend(slide('Picture ' + n));"),
    passes: carousel(RECYCLES),
    at: '#shots',
    says: 'it still adds new ones',
  },
  {
    rule: 'carousel-moves',
    fails: carousel(RECYCLES, AUTO),
    passes: carousel(RECYCLES, AUTO, '<button>Pause</button>'),
    at: '#shots',
    says: 'nothing pauses it',
  },
  { rule: 'infinite-scroll-footer', fails: feed('99'), passes: feed('3'), at: '#foot', says: 'the footer moves away' },
  {
    rule: 'dead-click',
    fails: `<button id="idle">Show prices</button>${link}`,
    passes: `<button id="idle" onclick="text.hidden = false">Show prices</button><p id="text" hidden>Ten</p>${link}`,
    at: '#idle',
    says: 'changes nothing that can be seen',
    outcome: 'needs-review',
  },
  {
    rule: 'error-after-action',
    fails: `<button id="sum" onclick="text.hidden = false; totals.add()">Add up</button><p id="text" hidden>Sum</p>`,
    passes: `<button id="sum" onclick="text.hidden = false">Add up</button><p id="text" hidden>Sum</p>`,
    at: '#sum',
    says: 'totals is not defined',
  },
  {
    rule: 'request-failed-after-action',
    fails: `<button id="load" onclick="fetch('/missing').then(() => { text.hidden = false })">Load</button><p id="text" hidden>Loaded</p>`,
    passes: `<button id="load" onclick="fetch('/').then(() => { text.hidden = false })">Load</button><p id="text" hidden>Loaded</p>`,
    at: '#load',
    says: 'the server answered 404',
  },
  {
    rule: 'layout-jump',
    fails: late('height: 0'),
    passes: late('height: 500px'),
    at: '#go',
    says: 'the layout jumps by',
  },
  {
    rule: 'goal-not-reached',
    script: ['Prices', 'see: Ten a head'],
    fails: `<button id="go" onclick="text.hidden = false">Prices</button><p id="text" hidden>Ask us</p>`,
    passes: `<button id="go" onclick="text.hidden = false">Prices</button><p id="text" hidden>Ten a head</p>`,
    at: '',
    says: '“see the price” was not reached in 1 step',
    outcome: 'needs-review',
  },
  {
    rule: 'goal-needs-pointer',
    script: ['Prices', 'see: Ten a head'],
    fails: `<a id="go" href="#price" tabindex="-1" onclick="price.hidden = false; return false">Prices</a><p id="price" hidden>Ten a head</p>${link}`,
    passes: `<a id="go" href="#price" onclick="price.hidden = false; return false">Prices</a><p id="price" hidden>Ten a head</p>${link}`,
    at: '#go',
    says: 'by keyboard alone the way ends at link “Prices”',
  },
];
