const byId = (id) => document.getElementById(id);

const menuButton = byId('menu-button');
const menu = byId('menu');
const openMenu = (open) => {
  menu.hidden = !open;
  menuButton.setAttribute('aria-expanded', String(open));
};
menuButton.addEventListener('click', () => {
  openMenu(menu.hidden);
  if (!menu.hidden) menu.querySelector('a').focus();
});
menu.addEventListener('keydown', (event) => {
  {{#menu-trap}}if (event.key !== 'Tab') return;
  event.preventDefault();
  const links = [...menu.querySelectorAll('a')];
  links[(links.indexOf(document.activeElement) + 1) % links.length].focus();{{or}}if (event.key !== 'Escape') return;
  openMenu(false);
  menuButton.focus();{{/}}
});

byId('note-button').addEventListener('click', () => {
  byId('times').hidden = false;
});

const letter = byId('letter');
const openLetter = (open) => {
  letter.hidden = !open;
  if (open) byId('letter-close').focus();
  {{#dialog-without-focus-return}}{{or}}else byId('letter-button').focus();{{/}}
};
byId('letter-button').addEventListener('click', () => openLetter(true));
byId('letter-close').addEventListener('click', () => openLetter(false));
letter.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') openLetter(false);
  if (event.key === 'Tab') event.preventDefault();
});

const tabs = [byId('tab-old'), byId('tab-new')];
const showTab = (tab) => {
  for (const one of tabs) {
    one.setAttribute('aria-selected', String(one === tab));
    one.tabIndex = one === tab ? 0 : -1;
    byId(one.getAttribute('aria-controls')).hidden = one !== tab;
  }
};
for (const tab of tabs) tab.addEventListener('click', () => showTab(tab));
{{#tab-panel-unreachable}}{{or}}document.querySelector('[role=tablist]').addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowRight' && event.key !== 'ArrowLeft') return;
  const other = tabs[1 - tabs.indexOf(document.activeElement)];
  showTab(other);
  other.focus();
});{{/}}

const slides = byId('slides');
const CAPTIONS = ['The pier at dawn', 'The old ferry', 'Gulls over the island'];
let shown = 0;
const slide = (text) => {
  const element = document.createElement('p');
  element.className = 'slide';
  element.textContent = text;
  return element;
};
slides.append(slide(CAPTIONS[0]));
byId('next').addEventListener('click', () => {
  shown += 1;
  {{#infinite-carousel}}slides.prepend(slide(`Picture number ${shown + 1}`));{{or}}slides.replaceChildren(slide(CAPTIONS[shown % CAPTIONS.length]));{{/}}
});

byId('question').addEventListener('submit', (event) => {
  event.preventDefault();
  byId('mail-error').textContent = byId('mail').value === '' ? 'Please enter your e-mail address.' : '';
  byId('mail').setAttribute('aria-invalid', String(byId('mail').value === ''));
});
