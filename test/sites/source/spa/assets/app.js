import { draw } from '/assets/views.js';

// Follows links to own pages without loading a document.
const app = document.querySelector('#app');
const show = async () => {
  const view = await draw(location.pathname);
  document.title = view.title;
  document.querySelector('meta[name="description"]').content = view.description;
  document.querySelector('link[rel="canonical"]').href = `https://plotbook.example${location.pathname}`;
  for (const old of document.querySelectorAll('script[type="application/ld+json"]')) old.remove();
  if (view.data) {
    const block = document.createElement('script');
    block.type = 'application/ld+json';
    block.textContent = JSON.stringify(view.data);
    document.head.append(block);
  }
  app.innerHTML = `<header><nav aria-label="Main"><ul>
    <li><a href="/">Diary</a></li><li><a href="/plots">Plots</a></li><li><a href="/tasks">Tasks</a></li>
    <li><a href="/members">Members</a></li><li><a href="/settings">Settings</a></li><li><a href="/help">Help</a></li>
    </ul></nav></header><main>${view.body}</main>`;
  view.start?.(app);
};

document.addEventListener('click', (event) => {
  const link = event.target.closest('a[href^="/"]');
  if (!link || event.defaultPrevented || event.metaKey || event.ctrlKey) return;
  event.preventDefault();
  history.pushState(null, '', link.getAttribute('href'));
  void show();
});
addEventListener('popstate', show);
await show();
